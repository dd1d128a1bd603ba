import type { Scenario } from './scenario.ts';
import type { Change } from './scenario-parts.ts';
import { base, daily, harm, LOW, nothing } from './scenario-parts.ts';

/**
 * The stage after the last step: 95 % see the candidate, the rest is held back. Only when they are named
 * (docs/judge.md, "After the promotion"); the scarce cards are the baseline's, of 10 agents.
 */
const heldBack: Change = { share: () => 0.95 };
export const holdbackScenarios: readonly Scenario[] = [
  nothing('holdback-null', 'holdback: harmless', heldBack),
  nothing('holdback-null-drift', 'holdback: drift through the day', { ...heldBack, moment: daily }),
  nothing('holdback-null-agents', 'holdback: outcomes and latency cluster by agent', {
    ...heldBack,
    icc: { outcomes: 0.03, latency: 0.03 },
  }),
  nothing('holdback-null-low', 'holdback: 1.5 baseline exposures a minute', { ...heldBack, perMinute: LOW }),
  harm('holdback-accept-50', 'holdback: acceptance -50 %', { accept: 0.1 }, heldBack),
  harm(
    'holdback-accept-50-agents',
    'holdback: acceptance -50 %, clustered agents',
    { accept: 0.1 },
    { ...heldBack, icc: { outcomes: 0.03, latency: 0.03 } },
  ),
  harm('holdback-latency-2', 'holdback: latency x2', { medianMs: 800 }, heldBack),
  harm(
    'holdback-latency-2-low',
    'holdback: latency x2, 1.5 baseline exposures a minute',
    { medianMs: 800 },
    { ...heldBack, perMinute: LOW },
  ),
  harm('holdback-p95-2', 'holdback: p95 doubled, same median', { sigma: base.sigma + Math.LN2 / 1.644854 }, heldBack),
];
