/** Durations in words: as a plan writes them, and as a person reads them. */

const UNIT_MS: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000, ms: 1 };

/** What is read, as a pattern for editors: a number and one unit. */
export const DURATION_PATTERN = '^\\d+(\\.\\d+)?(ms|s|m|h|d)$';

/** Whole milliseconds of `200ms`, `1.5s`, `30m`, `6h` or `7d`; undefined for any other text. */
export function readDuration(text: string): number | undefined {
  const size = UNIT_MS[new RegExp(DURATION_PATTERN).exec(text)?.[2] ?? ''];
  return size === undefined ? undefined : Math.round(Number.parseFloat(text) * size);
}

/** As a plan holds it, read back the same: `90m`, `1.5s`; the largest unit that needs no more than two decimals. */
export function writeDuration(ms: number): string {
  const exact = Object.entries(UNIT_MS).find(([, one]) => ms >= one && Number.isInteger((ms / one) * 100));
  const [unit, size] = exact ?? ['ms', 1];
  return `${ms / size}${unit}`;
}

/** As a person reads it: `850 ms`, `12.4 s`, `1 m 05 s`, `30 m`, `2 h 03 m`, `7 d`; null is a dash. */
export function formatDuration(ms: number | null): string {
  if (ms === null) return '–';
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${Number((ms / 1_000).toFixed(1))} s`;
  const [large, small, times] =
    ms < 3_599_500
      ? (['m', 's', 60] as const)
      : ms < 86_370_000
        ? (['h', 'm', 60] as const)
        : (['d', 'h', 24] as const);
  const inSmall = Math.round(ms / (UNIT_MS[small] ?? 1));
  const rest = inSmall % times;
  return `${Math.floor(inSmall / times)} ${large}${rest === 0 ? '' : ` ${String(rest).padStart(2, '0')} ${small}`}`;
}
