/** How far the candidate is from the baseline, with its interval, in the whole rollout and lately. */
import { rateText, rowText, valueText } from '../../metrics/format.ts';
import type { Measured } from '../../metrics/format.ts';
import { countText } from './odds.ts';
import type { Effect, GuardrailReport } from '../types.ts';

/**
 * For people, beside a guardrail's sentence; null where the latest cards say nothing else than all of them: each of the
 * two estimates lies within the other's interval.
 */
export function recentText(row: GuardrailReport): string | null {
  const { recent, effect } = row;
  if (recent === undefined || effect == null) return null;
  if (isWithin(effect.estimate, recent.effect) && isWithin(recent.effect.estimate, effect)) return null;
  return (
    `the latest ${countText(recent.n.candidate)} / ${countText(recent.n.baseline)} cards: candidate ` +
    `${rowText(row, recent.candidateValue)} vs baseline ${rowText(row, recent.baselineValue)}, ` +
    `${effectText(row, recent.effect)}; the whole rollout: ${effectText(row, effect)}`
  );
}

/** "-28.8 % (-44.1 % to -12.0 %)", "+310 ms (+120 ms or more)". */
export function effectText(row: Measured, { estimate, low, high, unit }: Effect): string {
  const textOf = {
    ofBaseline: shareText,
    share: (size: number): string => rateText(size).replace('%', 'pp'),
    ms: (size: number): string => valueText(row, size, size / 100),
    own: (size: number): string => valueText(row, size, size / 100),
  };
  const text = (value: number): string => {
    const size = Math.abs(value);
    return `${value < 0 ? '-' : '+'}${textOf[unit](size)}`;
  };
  return `${text(estimate)} (${limitsText(low === null ? null : text(low), high === null ? null : text(high))})`;
}

function limitsText(low: string | null, high: string | null): string {
  if (low === null) return high === null ? 'no interval' : `${high} or less`;
  return high === null ? `${low} or more` : `${low} to ${high}`;
}

function shareText(share: number): string {
  const percent = Math.abs(share) * 100;
  return `${percent >= 100 ? String(Math.round(percent)) : percent.toFixed(1)} %`;
}

function isWithin(value: number, { low, high }: Effect): boolean {
  return (low === null || value >= low) && (high === null || value <= high);
}
