/** The key of the person at this machine: from the environment, a file that it names, or the configuration folder. */
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Env } from '../config/secrets.ts';
import { IdentityError } from '../identity/errors.ts';
import { parseActorKey } from '../identity/key.ts';
import type { ActorKey } from '../identity/key.ts';
import { readSecretOf } from './secrets.ts';

/** Null when there is none: then acts carry no signature. */
export function findOperatorKey(env: Env): ActorKey | null {
  const given = readSecretOf({ env }, 'ASSIST_OPERATOR_KEY');
  if (given !== undefined) return parseActorKey(given, env['ASSIST_OPERATOR_KEY_FILE'] || 'ASSIST_OPERATOR_KEY');
  const file = operatorKeyFile(env);
  if (!existsSync(file)) return null;
  try {
    return parseActorKey(readFileSync(file, 'utf8'), file);
  } catch (cause) {
    if (cause instanceof IdentityError) throw cause;
    throw new IdentityError(
      'operator-key-invalid',
      `${file} cannot be read: ${(cause as Error).message}.`,
      'Give yourself the right to read it, or name another file in ASSIST_OPERATOR_KEY_FILE.',
      { cause },
    );
  }
}

/** Whose key it is; null when there is none, or none that can be used: acting with it says why. */
export function operatorName(env: Env): string | null {
  try {
    return findOperatorKey(env)?.name ?? null;
  } catch {
    return null;
  }
}

/** Where a person's key is kept unless they say otherwise. */
export function operatorKeyFile(env: Env): string {
  return join(configFolder(env), 'operator-key.json');
}

/** Of what is kept for the person at this machine. */
export function configFolder(env: Env): string {
  const base = env['XDG_CONFIG_HOME'] || (process.platform === 'win32' ? env['APPDATA'] : undefined);
  return join(base ?? join(homedir(), '.config'), 'assist-rollouts');
}
