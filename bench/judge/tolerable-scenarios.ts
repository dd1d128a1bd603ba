/**
 * Candidates that are worse by no more than the tolerance, half of each margin, or better by as much: nothing to roll
 * back for, at any volume, however the day moves and however alike the cards of an agent are.
 */
import type { ArmModel, Scenario } from './scenario.ts';
import { TOLERANCE } from './scenario.ts';
import { base, daily, HIGH, LOW, rising, tolerable, worsening } from './scenario-parts.ts';

/** All three metrics of an arm as much worse as is tolerated: the hardest of these laws. */
export function atTolerance({ accept, dismiss, medianMs }: ArmModel = base): Partial<ArmModel> {
  return {
    accept: accept * (1 - TOLERANCE.accept),
    dismiss: dismiss * (1 + TOLERANCE.dismiss),
    medianMs: medianMs * (1 + TOLERANCE.p95),
  };
}

const alike = { outcomes: 0.03, latency: 0.03 };
const better: Partial<ArmModel> = { accept: 0.21, dismiss: 0.19, medianMs: 360 };
const rare: ArmModel = { ...base, accept: 0.05 };
const frequent: ArmModel = { ...base, accept: 0.4 };
const heavy: ArmModel = { ...base, sigma: 1.2 };

export const tolerableScenarios: readonly Scenario[] = [
  tolerable('tolerable-accept-3', 'acceptance -3 %', { accept: 0.194 }),
  tolerable('tolerable-accept-5', 'acceptance -5 %', { accept: 0.19 }),
  tolerable('tolerable-dismiss-5', 'dismissal +5 %', { dismiss: 0.21 }),
  tolerable('tolerable-latency-1.05', 'latency x1.05', { medianMs: 420 }),
  tolerable('tolerable-latency-1.1', 'latency x1.1', { medianMs: 440 }),
  tolerable('tolerable-latency-edge', 'latency x1.125', { medianMs: 450 }),
  tolerable('tolerable-48ms', '48 ms more on every card', { plusMs: 48 }),
  tolerable('tolerable-edge', 'all three at the tolerance', atTolerance()),
  tolerable('tolerable-low', 'all three, 3 candidate exposures a minute', atTolerance(), { perMinute: LOW }),
  tolerable('tolerable-high', 'all three, 300 candidate exposures a minute', atTolerance(), { perMinute: HIGH }),
  tolerable('tolerable-5', 'all three, acceptance 5 %', atTolerance(rare), { base: rare }),
  tolerable('tolerable-40', 'all three, acceptance 40 %', atTolerance(frequent), { base: frequent }),
  tolerable('tolerable-tail', 'latency x1.1, a heavier tail (sigma 1.2)', { medianMs: 440 }, { base: heavy }),
  tolerable('tolerable-drift', 'all three, drift through the day', atTolerance(), { moment: daily }),
  tolerable('tolerable-rising', 'all three, the split rises while the day gets worse', atTolerance(), {
    share: rising,
    moment: worsening,
  }),
  tolerable('tolerable-agents', 'all three, outcomes and latency cluster by agent (0.03)', atTolerance(), {
    icc: alike,
    burst: 0.5,
  }),
  tolerable('tolerable-better', 'acceptance +5 %, dismissal -5 %, latency x0.9', better),
  tolerable('tolerable-better-agents', 'as much better, both cluster by agent', better, { icc: alike }),
];
