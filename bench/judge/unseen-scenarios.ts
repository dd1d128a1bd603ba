/**
 * Steps of other organisations than those of `scenarios.ts`: other rates, volumes, latencies, splits, agents and
 * combinations. Nothing in the judge is chosen by them, so what they measure is not what it was fitted to. Only when
 * they are named.
 */
import type { ArmModel, Moment, Scenario } from './scenario.ts';
import type { Change } from './scenario-parts.ts';
import { base, edge, harm, still, tolerable } from './scenario-parts.ts';
import { atTolerance } from './tolerable-scenarios.ts';

const Z95 = 1.644854;
const bank: ArmModel = { ...base, accept: 0.12, dismiss: 0.3, undelivered: 0.02, medianMs: 250, sigma: 0.5 };
const shop: ArmModel = { ...base, accept: 0.55, dismiss: 0.08, undelivered: 0.004, medianMs: 900, sigma: 0.9 };
const rare: ArmModel = { ...base, accept: 0.03, dismiss: 0.1, medianMs: 150, sigma: 1 };
/** A few cards go a slow way, in both arms. */
const twoWays: ArmModel = { ...bank, tail: { share: 0.03, times: 8 } };

const atBank: Change = { base: bank, perMinute: 12, share: () => 0.2 };
const atShop: Change = { base: shop, perMinute: 50, share: () => 0.2 };
const alike: Change = { icc: { outcomes: 0.05, latency: 0.02 }, burst: 0.3 };
const changed: Change = { icc: { outcomes: 0.03, latency: 0.03 }, habitsChanged: true };
const lunch = (t: number): Moment => (t > 150 && t <= 210 ? { accept: 0.7, dismiss: 1.2, latency: 1.6 } : still);
const twoSteps = (t: number): number => (t <= 120 ? 0.1 : 0.3);

export const unseenScenarios: readonly Scenario[] = [
  tolerable('unseen-tolerable-accept', 'acceptance 12 % -4 %', { accept: 0.1152 }, atBank),
  tolerable('unseen-tolerable-dismiss', 'dismissal 30 % +5 %', { dismiss: 0.315 }, atBank),
  tolerable('unseen-tolerable-latency', 'latency x1.12, sigma 0.5', { medianMs: 280 }, atBank),
  tolerable('unseen-tolerable-quick', 'median +30 %, p95 +12 %', quickerMoved(bank, 1.3, 1.12), atBank),
  tolerable('unseen-tolerable-two-ways', 'all three, 3 % of the cards x8 in both arms', atTolerance(twoWays), {
    ...atBank,
    base: twoWays,
  }),
  tolerable('unseen-tolerable-agents', 'all three, clustered agents (0.05), split 20 %', atTolerance(shop), {
    ...atShop,
    ...alike,
  }),
  tolerable('unseen-tolerable-steps', 'all three, two splits and a lunch hour', atTolerance(shop), {
    ...atShop,
    share: twoSteps,
    moment: lunch,
  }),
  tolerable('unseen-tolerable-rare', 'all three, acceptance 3 %, sigma 1, 8 a minute', atTolerance(rare), {
    base: rare,
    perMinute: 8,
  }),

  tolerable(
    'unseen-tolerable-changed',
    'acceptance -5 %, agents (0.03) whose habits changed',
    { accept: 0.19 },
    changed,
  ),

  edge(
    'unseen-edge-agents',
    'acceptance a margin lower, clustered agents (0.05), split 20 %',
    { accept: 0.495 },
    {
      ...atShop,
      ...alike,
    },
  ),
  edge(
    'unseen-edge-changed',
    'acceptance a margin lower, agents (0.03) whose habits changed',
    { accept: 0.18 },
    changed,
  ),

  harm('unseen-accept-15', 'acceptance 12 % -15 %', { accept: 0.102 }, atBank),
  harm(
    'unseen-accept-35-agents',
    'acceptance 55 % -35 %, clustered agents (0.05)',
    { accept: 0.3575 },
    {
      ...atShop,
      ...alike,
    },
  ),
  harm('unseen-dismiss-40', 'dismissal 30 % +40 %, lunch hour', { dismiss: 0.42 }, { ...atBank, moment: lunch }),
  harm('unseen-latency-1.4', 'latency x1.4, sigma 0.5', { medianMs: 350 }, atBank),
  harm(
    'unseen-latency-1.7-heavy',
    'latency x1.7, sigma 1, 8 a minute',
    { medianMs: 255 },
    { base: rare, perMinute: 8 },
  ),
  harm('unseen-p95-1.8', 'p95 x1.8, same median', { sigma: shop.sigma + Math.log(1.8) / Z95 }, atShop),
  harm(
    'unseen-both',
    'acceptance -20 % and latency x1.3, two splits',
    { accept: 0.44, medianMs: 1170 },
    {
      ...atShop,
      share: twoSteps,
    },
  ),
  harm(
    'unseen-late-tail',
    '3 % of the cards x8 after 100 minutes',
    { tail: { share: 0.03, times: 8 } },
    {
      ...atBank,
      onset: 100,
    },
  ),
];

/** A law whose median is `median` times as slow and whose p95 `p95` times, with a thinner tail. */
function quickerMoved({ medianMs, sigma }: ArmModel, median: number, p95: number): Partial<ArmModel> {
  return { medianMs: medianMs * median, sigma: sigma - Math.log(median / p95) / Z95 };
}
