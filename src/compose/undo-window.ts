import { ConfigError } from '../config/error.ts';
import type { Env } from '../config/secrets.ts';
import { parsePositiveDuration } from '../domain/plan/duration.ts';

/** For how long a proof lets an undo go back to a version, ms; undefined: as the worker has it by itself. */
export function undoWindow(env: Env): number | undefined {
  const given = env['UNDO_WINDOW'];
  if (given === undefined || given === '') return undefined;
  const ms = parsePositiveDuration(given);
  if (typeof ms === 'number') return ms;
  throw new ConfigError([{ name: 'UNDO_WINDOW', message: `is "${given}"; expected a duration such as 30d` }]);
}
