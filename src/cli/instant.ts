/** An instant on the command line: itself, or how long ago. */
import { AssistError } from '../configurator/errors.ts';
import { parseDuration } from '../domain/plan/duration.ts';

/** In ms since the epoch. */
export function instantOf(text: string, option: string, nowMs: number): number {
  const ago = parseDuration(text);
  if (typeof ago === 'number') return nowMs - ago;
  const instant = isDay(/^(\d{4}-\d{2}-\d{2})(T|$)/.exec(text)?.[1]) ? Date.parse(text) : Number.NaN;
  if (Number.isFinite(instant)) return instant;
  throw new AssistError(
    'usage',
    `${option} is "${text}", which is neither an instant nor a duration.`,
    'Write 2026-03-01T09:00:00Z, 2026-03-01, or how long ago: 7d, 12h.',
  );
}

/** Date.parse takes the 30th of February for the 2nd of March. */
function isDay(day: string | undefined): boolean {
  const atMs = day === undefined ? Number.NaN : Date.parse(day);
  return Number.isFinite(atMs) && new Date(atMs).toISOString().startsWith(`${day}T`);
}
