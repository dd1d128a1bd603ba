/** The values of all variables, each parsed by itself. */
import { z } from 'zod';
import type { ConfigProblem } from './error.ts';
import type { Env } from './secrets.ts';
import { VARIABLES, VARIABLE_LIST } from './variables.ts';
import type { Variables } from './variables.ts';

const schema = z.object(Object.fromEntries(VARIABLE_LIST.map(([name, variable]) => [name, variable.schema])));

/** An empty variable counts as unset: compose files pass `NAME=` for what is not given. */
export function parseVariables(env: Env, problems: ConfigProblem[]): Variables {
  const given = Object.fromEntries(Object.entries(env).filter(([name, value]) => name in VARIABLES && value !== ''));
  const result = schema.safeParse(given);
  if (result.success) return result.data as Variables;
  const wrong = new Set<string>();
  for (const issue of result.error.issues) {
    const name = String(issue.path[0]);
    if (!wrong.has(name)) problems.push({ name, message: issue.message });
    wrong.add(name);
  }
  const rest = Object.fromEntries(Object.entries(given).filter(([name]) => !wrong.has(name)));
  return schema.parse(rest) as Variables;
}
