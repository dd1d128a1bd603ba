/** Secrets, and files that the environment names. */
import { readFile } from 'node:fs/promises';
import { AuditError } from '../audit/errors.ts';
import { ConfigError } from '../config/error.ts';
import type { ConfigProblem } from '../config/error.ts';
import { readSecret } from '../config/secrets.ts';
import type { Env } from '../config/secrets.ts';
import type { SecretSetting } from '../config/variables.ts';

/** A secret given by itself, or in a file that `<name>_FILE` names. */
export function readSecretOf({ env }: { readonly env: Env }, name: SecretSetting): string | undefined {
  const problems: ConfigProblem[] = [];
  const secret = readSecret(env, name, (at, message) => void problems.push({ name: at, message }));
  if (problems.length > 0) throw new ConfigError(problems);
  return secret ?? undefined;
}

/** The file that the setting `name` names. */
export async function readNamedFile(name: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new AuditError(
      'audit-file-unreadable',
      `${name} names ${file}, which cannot be read: ${(cause as Error).message}.`,
      'Name a file that you may read.',
      { cause },
    );
  }
}
