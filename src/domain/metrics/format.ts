/**
 * Values of metrics as a release manager reads them, the same in tables, sentences and on the command line. Without
 * locales, so that the same record always gives the same text.
 */
import type { Margin } from './definition.ts';
import { definitionOf } from './index.ts';
import type { MetricName } from './index.ts';

/** What the text of a value depends on. */
export interface Measured {
  readonly metric: MetricName;
  /** Of a custom metric. */
  readonly unit?: string | undefined;
}

/** `step`: a difference that matters, which the text must not hide. */
export function valueText({ metric, unit }: Measured, value: number, step?: number): string {
  switch (definitionOf(metric).unit) {
    case 'share':
      return rateText(value);
    case 'ms':
      return msText(value);
    case 'own':
      return customText(value, unit, step);
  }
}

/** A row of a report; `–` without data. */
export function rowText(
  row: Measured & { readonly baselineValue: number | null; readonly limit: number | null },
  value: number | null,
): string {
  return value === null ? '–' : valueText(row, value, Math.abs((row.limit ?? 0) - (row.baselineValue ?? 0)));
}

/** "10 %", "1 pp", "200 ms", "15 s". */
export function marginText({ metric, unit, margin }: Measured & { readonly margin: Margin }): string {
  const { unit: measure } = definitionOf(metric);
  if (margin.kind === 'relative') return `${shortened(margin.value * 100)} %`;
  if (measure === 'own') return customText(margin.value, unit);
  return measure === 'ms' ? `${shortened(margin.value)} ms` : `${shortened(margin.value * 100)} pp`;
}

/** As a plan says it: "10%", "1pp", "200ms", "15". */
export function writtenMargin(metric: MetricName, { kind, value }: Margin): string {
  const { unit } = definitionOf(metric);
  if (kind === 'relative') return `${Number((value * 100).toPrecision(6))}%`;
  if (unit === 'own') return `${value}`;
  return unit === 'ms' ? `${value}ms` : `${Number((value * 100).toPrecision(6))}pp`;
}

/** 0.2614 -> "26.1 %", 0.00043 -> "0.043 %". */
export function rateText(share: number): string {
  const percent = share * 100;
  return `${percent >= 1 || percent === 0 ? percent.toFixed(1) : String(Number(percent.toPrecision(2)))} %`;
}

function msText(ms: number): string {
  return ms >= 10 ? `${Math.round(ms)} ms` : `${ms.toFixed(1)} ms`;
}

const MAX_WHOLE = 1e7;

/**
 * In its unit, to four digits, and to more where differences of `step` matter: 312.47, "s" -> "312.5 s"; 1000000.26,
 * "s", 0.1 -> "1000000.26 s".
 */
function customText(value: number, unit?: string, step = Infinity): string {
  // A whole number is a value that there was, such as 99999.
  if (Number.isInteger(value) && Math.abs(value) < MAX_WHOLE)
    return unit === undefined ? `${value}` : `${value} ${unit}`;
  const digits = step > 0 && step < Math.abs(value) ? Math.ceil(Math.log10(Math.abs(value) / step)) + 2 : 4;
  const number = Number(value.toPrecision(Math.min(15, Math.max(4, digits))));
  return unit === undefined ? String(number) : `${number} ${unit}`;
}

function shortened(value: number): string {
  return String(Number(value.toPrecision(4)));
}
