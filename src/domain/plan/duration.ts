import type { Fault } from './problem.ts';
import { show } from './problem.ts';

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** For editors; the parser below is what decides. */
export const DURATION_PATTERN = '^\\d+(\\.\\d+)?(ms|s|m|h|d)$';

/** No timer of a plan is longer than a year. */
export const LONGEST_MS = 365 * 86_400_000;

/** Milliseconds of `200ms`, `1.5s`, `30m`, `6h` or `7d`: whole milliseconds, at most 365 days. Zero is a duration. */
export function parseDuration(value: unknown): number | Fault {
  const ms = typeof value === 'string' ? durationMs(value.trim()) : undefined;
  if (ms === undefined) return refuse(value, 'is not a duration');
  if (ms > LONGEST_MS) return refuse(value, 'is longer than 365 days');
  return ms;
}

/** As parseDuration, and longer than zero. */
export function parsePositiveDuration(value: unknown): number | Fault {
  const ms = parseDuration(value);
  return ms === 0 ? refuse(value, 'is no time at all') : ms;
}

/** `90m`, `1.5s`: the largest unit that needs no more than two decimals. */
export function formatDuration(ms: number): string {
  const units = Object.entries(UNIT_MS).sort(([, a], [, b]) => b - a);
  const [unit, size] = units.find(([, one]) => ms >= one && Number.isInteger((ms / one) * 100)) ?? ['ms', 1];
  return `${ms / size}${unit}`;
}

function durationMs(text: string): number | undefined {
  const parts = new RegExp(DURATION_PATTERN).exec(text);
  const size = UNIT_MS[parts?.[2] ?? ''];
  if (parts === null || size === undefined) return undefined;
  return Math.round(Number.parseFloat(text) * size);
}

function refuse(value: unknown, what: string): Fault {
  return {
    code: 'plan-duration',
    message: `${show(value)} ${what}; expected a number with its unit (ms, s, m, h or d).`,
    remedy: 'Write for example 30m, 6h, 1.5s or 200ms.',
  };
}
