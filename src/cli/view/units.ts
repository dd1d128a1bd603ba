/** Numbers with their units, and texts of others, as people read them. */
import { excerpt } from '../../domain/text/printable.ts';

/** `850 ms`, `12.4 s`, `1 m 05 s`, `2 h 03 m`. */
export function elapsed(ms: number | null): string {
  if (ms === null) return '–';
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  const [hours, minutes, rest] = [Math.floor(seconds / 3_600), Math.floor((seconds % 3_600) / 60), seconds % 60];
  return hours > 0 ? `${hours} h ${two(minutes)} m` : `${minutes} m ${two(rest)} s`;
}

export function percent(value: number | null, digits = 1): string {
  return value === null ? '–' : `${Number(value.toFixed(digits))} %`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

const LONGEST_TEXT = 500;

/** A reason or a failure: of others, and as long as they like. `--json` has the whole. */
export function shownText(text: string): string {
  return excerpt(text, LONGEST_TEXT);
}
