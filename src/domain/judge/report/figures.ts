/** Numbers as a release manager reads them. Without locales, so that the same record always gives the same text. */
import type { GuardrailReport } from '../types.ts';

export function rounded(value: number): string {
  return String(Math.round(value));
}

/** 0.2614 -> "26.1 %", 0.00043 -> "0.043 %". */
export function rateText(share: number): string {
  const percent = share * 100;
  return `${percent >= 1 || percent === 0 ? percent.toFixed(1) : String(Number(percent.toPrecision(2)))} %`;
}

export function msText(ms: number): string {
  return ms >= 10 ? `${rounded(ms)} ms` : `${ms.toFixed(1)} ms`;
}

/**
 * A level in its unit, to four digits, and to more where differences of `step` matter: 312.47, "s" -> "312.5 s";
 * 1000000.26, "s", 0.1 ->
 * "1000000.26 s".
 */
export function levelText(value: number, unit?: string, step = Infinity): string {
  const digits = step > 0 && step < Math.abs(value) ? Math.ceil(Math.log10(Math.abs(value) / step)) + 2 : 4;
  const number = Number(value.toPrecision(Math.min(15, Math.max(4, digits))));
  return unit === undefined ? String(number) : `${number} ${unit}`;
}

type Row = Pick<GuardrailReport, 'metric' | 'unit' | 'baselineValue' | 'limit'>;

/** A guardrail's value as its metric is counted. */
export function valueText({ metric, unit, baselineValue, limit }: Row, value: number): string {
  if (metric === 'level') return levelText(value, unit, Math.abs((limit ?? 0) - (baselineValue ?? 0)));
  return metric === 'deliveryLatency' ? msText(value) : rateText(value);
}

const MOST_ODDS = 1e9;

/** e^7.3 -> "1:1500": one chance in so many that a candidate without this effect would look like this. */
export function oddsText(logEvidence: number): string {
  if (logEvidence >= Math.log(MOST_ODDS)) return 'beyond 1:1000000000';
  const odds = Math.exp(Math.max(0, logEvidence));
  return `1:${odds < 10 ? String(Number(odds.toPrecision(2))) : String(Math.round(Number(odds.toPrecision(3))))}`;
}
