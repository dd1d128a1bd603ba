import { readDuration } from '../shared/duration.ts';
import type { Fault } from './problem.ts';
import { show } from './problem.ts';

/** No timer of a plan is longer than a year. */
export const MAX_DURATION_MS = 365 * 86_400_000;

/** Milliseconds of `200ms`, `1.5s`, `30m`, `6h` or `7d`: whole milliseconds, at most 365 days. Zero is a duration. */
export function parseDuration(value: unknown): number | Fault {
  const ms = typeof value === 'string' ? readDuration(value.trim()) : undefined;
  if (ms === undefined) return refuse(value, 'is not a duration');
  if (ms > MAX_DURATION_MS) return refuse(value, 'is longer than 365 days');
  return ms;
}

/** As parseDuration, and longer than zero. */
export function parsePositiveDuration(value: unknown): number | Fault {
  const ms = parseDuration(value);
  return ms === 0 ? refuse(value, 'is no time at all') : ms;
}

function refuse(value: unknown, what: string): Fault {
  return {
    code: 'plan-duration',
    message: `${show(value)} ${what}; expected a number with its unit (ms, s, m, h or d).`,
    remedy: isBare(value) ? `Write ${value}m, ${value}h or ${value}s.` : 'Write for example 30m, 6h, 1.5s or 200ms.',
  };
}

/** A number that lacks its unit alone. */
function isBare(value: unknown): value is string | number {
  return (
    /^\d{1,6}$/.test(typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '') &&
    Number(value) > 0
  );
}
