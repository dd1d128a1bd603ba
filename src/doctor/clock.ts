/** How far this machine's clock is from another's. */
import type { Seen } from './finding.ts';

const WARNING_MS = 30_000;
const ERROR_MS = 5 * 60_000;
export const CLOCK_EXPECTED = `within ${WARNING_MS / 1000} s of each other`;

/** `offMs`: ahead of it; `bound`: before the seconds. */
export function clockSeen(check: string, whose: string, offMs: number, bound = ''): Seen {
  const seconds = Math.round(Math.abs(offMs) / 1000);
  const far = offMs > 0 ? 'ahead of' : 'behind';
  const seen = seconds <= 1 ? `as ${whose}’s` : `${bound}${seconds} s ${far} ${whose}’s`;
  if (Math.abs(offMs) <= WARNING_MS) return { check, level: 'ok', seen };
  const level = Math.abs(offMs) > ERROR_MS ? 'error' : 'warning';
  return { check, level, seen, expected: CLOCK_EXPECTED, wayOut: 'Let this machine keep its time by NTP.' };
}
