/** Who may act here, where the environment names a list of them. */
import type { Env } from '../config/secrets.ts';
import { openOperators } from '../identity/operators-file.ts';
import type { OperatorsLogger, OperatorsSource } from '../identity/operators-file.ts';

/** Null without OPERATORS_FILE: then nobody can be told apart, and every name is but claimed. */
export async function operatorsOf(env: Env, logger: OperatorsLogger): Promise<OperatorsSource | null> {
  const file = operatorsFile(env);
  return file === null ? null : openOperators(file, logger);
}

export function operatorsFile(env: Env): string | null {
  return env['OPERATORS_FILE'] || null;
}
