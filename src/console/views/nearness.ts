/** How near a guardrail is to each of its two verdicts. */
import { html } from 'hono/html';
import { isProvenOtherwise } from '../../domain/judge/report/needed.ts';
import type { Needed } from '../../domain/judge/report/needed.ts';
import type { GuardrailReport } from '../../domain/judge/types.ts';
import type { Markup } from './markup.ts';

export interface Nearness {
  /** Shares of the evidence that is needed, 0 to 1. */
  readonly harm: number;
  readonly safe: number;
}

/** `needed`: of the same guardrail. Null: it is not known. */
export function nearnessOf(
  row: Pick<GuardrailReport, 'verdict' | 'logEvidence'>,
  needed: Needed | undefined,
): Nearness | null {
  if (needed === undefined) return null;
  const share = (side: 'harm' | 'safe'): number =>
    isProvenOtherwise(row, side, needed) ? 1 : Math.min(1, Math.max(0, row.logEvidence[side] / needed[side]));
  return { harm: share('harm'), safe: share('safe') };
}

export function nearnessText({ harm, safe }: Nearness): string {
  return `harm\u00a0${wholePercent(harm)}, safe\u00a0${wholePercent(safe)}`;
}

/** What is not reached never reads as if it were. */
function wholePercent(share: number): string {
  return `${share >= 1 ? 100 : Math.min(99, Math.round(share * 100))} %`;
}

const HALF = 60;
const HEIGHT = 10;

/** From the middle to the left towards harm, to the right towards safe. */
export function nearnessBar(near: Nearness): Markup {
  const [left, right] = [near.harm * HALF, near.safe * HALF];
  return html`<svg class="near" viewBox="0 0 ${2 * HALF} ${HEIGHT}" role="img" aria-label="${nearnessText(near)}">
    <rect class="track" x="0" y="3" width="${2 * HALF}" height="4" rx="2" />
    <rect class="harm" x="${(HALF - left).toFixed(1)}" y="1" width="${left.toFixed(1)}" height="8" />
    <rect class="safe" x="${HALF}" y="1" width="${right.toFixed(1)}" height="8" />
    <path class="middle" d="M${HALF},0V${HEIGHT}" />
  </svg>`;
}
