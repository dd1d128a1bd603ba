/**
 * GrowthBook's one-sided sequential test, as its safe rollouts use it: an asymptotic confidence sequence for the
 * relative difference of means,
 * tightest at `TUNING` units, one for each guardrail, pooled over the whole step; a guardrail whose interval lies
 * beyond zero on the bad
 * side rolls back. alpha is shared among the three guardrails (`/3`), as a careful user would.
 *
 * Source: github.com/growthbook/growthbook packages/stats/gbstats/frequentist/tests.py (SequentialOneSided...TTest,
 * sequential_rho,
 * sequential_interval_halfwidth_one_sided), after eq. 134 and 161 of I. Waudby-Smith, D. Arbour, R. Sinha, E. Kennedy,
 * A. Ramdas,
 * "Time-uniform central limit theory and asymptotic confidence sequences", arXiv 2103.06476v7. With n units in both
 * arms together, standard
 * error s of the difference, rho^2 = (-2 ln 2a + ln(-2 ln 2a + 1)) / 5000 and k = n rho^2 + 1:
 * half-width = s sqrt(2 k / (n rho^2) ln(1 + sqrt(k) / (2 a))).
 *
 * A metric says nothing before either arm's total reaches 150 (the default minimum sample size) or while one is zero
 * (packages/shared/src/experiments, hasEnoughData).
 *
 * `zero` is the documented rule: any deterioration that is proven rolls back. `tolerance` reads the same bound against
 * what the plan tolerates, as others let a rollout be guarded: LaunchDarkly's regression threshold, "the level of
 * underperformance you are willing to tolerate" (launchdarkly.com/docs/home/releases/regression-thresholds), Statsig's
 * rollout alerts (docs.statsig.com, metrics/rollout-alerts: the delta is significantly beyond the threshold).
 *
 * Unit of analysis: the exposure (`event`), or the agent with ratio metrics and the delta method (`agent`). Latency is
 * judged by its mean.
 */
import type { Answer, ArmLook, BenchJudge } from '../protocol.ts';
import { TOLERANCE } from '../scenario.ts';

const TUNING = 5000;
const MIN_UNITS = 2;
const MIN_TOTAL = 150;
const METRICS = [
  ['accept', -1, TOLERANCE.accept],
  ['dismiss', 1, TOLERANCE.dismiss],
  ['latency', 1, TOLERANCE.p95],
] as const;
type Metric = (typeof METRICS)[number][0];

export function growthbook(unit: 'event' | 'agent', against: 'zero' | 'tolerance' = 'zero'): BenchJudge {
  let alpha = 0;
  let [base, cand] = [newArm(), newArm()];
  const estimate = unit === 'event' ? perEvent : perAgent;
  return {
    reset(config) {
      alpha = config.alpha / METRICS.length;
      [base, cand] = [newArm(), newArm()];
    },
    look(look): Answer {
      fill(base, look.base);
      fill(cand, look.cand);
      const worse = METRICS.some(
        ([metric, sign, tolerance]) =>
          provenWorse(estimate(base, metric), estimate(cand, metric), sign, alpha) >
          (against === 'tolerance' ? tolerance : 0),
      );
      if (worse) return 'rollback';
      return look.final && cand.size > 0 && base.size > 0 ? 'promote' : 'continue';
    },
  };
}

interface Estimate {
  readonly units: number;
  /** Sum of the metric: conversions, or milliseconds. */
  readonly total: number;
  readonly mean: number;
  /** Squared standard error of the mean. */
  readonly error2: number;
}

/** By how much the candidate is worse at least, as a share of the baseline's mean. */
function provenWorse(base: Estimate, cand: Estimate, sign: 1 | -1, alpha: number): number {
  if (Math.min(base.units, cand.units) < MIN_UNITS || Math.min(base.total, cand.total) === 0) return -Infinity;
  if (Math.max(base.total, cand.total) < MIN_TOTAL) return -Infinity;
  const difference = (cand.mean - base.mean) / base.mean;
  const error2 = cand.error2 / base.mean ** 2 + (base.error2 * cand.mean ** 2) / base.mean ** 4;
  return sign * difference - halfWidth(error2, base.units + cand.units, alpha);
}

/** Worked number: standard error 0.05, n = 1000, alpha = 0.05: rho^2 = 0.0012658, half-width 0.1576. */
export function halfWidth(error2: number, n: number, alpha: number): number {
  const log = -2 * Math.log(2 * alpha);
  const rho2 = (log + Math.log(log + 1)) / TUNING;
  const k = n * rho2 + 1;
  return Math.sqrt(error2 * ((2 * k) / (n * rho2)) * Math.log(1 + Math.sqrt(k) / (2 * alpha)));
}

interface Sums {
  cards: number;
  accept: number;
  dismiss: number;
  delivered: number;
  latency: number;
  latency2: number;
}

type Arm = Map<number, Sums>;

function newArm(): Arm {
  return new Map();
}

function fill(arm: Arm, { out, lat, agent }: ArmLook): void {
  for (const [i, who] of agent.entries()) {
    const sums = arm.get(who) ?? { cards: 0, accept: 0, dismiss: 0, delivered: 0, latency: 0, latency2: 0 };
    arm.set(who, sums);
    sums.cards++;
    if (out[i] === 1) sums.accept++;
    if (out[i] === 2) sums.dismiss++;
    const ms = lat[i] ?? null;
    if (ms === null) continue;
    sums.delivered++;
    sums.latency += ms;
    sums.latency2 += ms * ms;
  }
}

function perEvent(arm: Arm, metric: Metric): Estimate {
  let [n, sum, squares] = [0, 0, 0];
  for (const sums of arm.values()) {
    n += metric === 'latency' ? sums.delivered : sums.cards;
    sum += sums[metric];
    squares += metric === 'latency' ? sums.latency2 : sums[metric];
  }
  const mean = sum / n;
  return { units: n, total: sum, mean, error2: (squares / n - mean * mean) / n };
}

function perAgent(arm: Arm, metric: Metric): Estimate {
  let [weight, sum] = [0, 0];
  const cards = (sums: Sums): number => (metric === 'latency' ? sums.delivered : sums.cards);
  for (const sums of arm.values()) {
    weight += cards(sums);
    sum += sums[metric];
  }
  const mean = sum / weight;
  let residuals = 0;
  for (const sums of arm.values()) residuals += (sums[metric] - mean * cards(sums)) ** 2;
  const k = arm.size;
  return { units: k, total: sum, mean, error2: (residuals * k) / ((k - 1) * weight ** 2) };
}
