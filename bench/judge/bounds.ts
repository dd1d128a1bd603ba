/**
 * How few candidate exposures any test could need: the yardstick for a judge's delay.
 *
 * A test that wrongly stops with a chance of at most alpha, whenever it stops, needs on average at least ln(1 / alpha)
 * / I candidate
 * exposures to find a harm, where I is the information of one candidate exposure: Wald's inequality for the expected
 * sample size of
 * a test of power one. A. Wald (1945), "Sequential tests of statistical hypotheses", Ann. Math. Stat. 16, section 4.8;
 * for changes in
 * the course of the stream G. Lorden (1971), "Procedures for reacting to a change in distribution", Ann. Math. Stat.
 * 42(6), theorem 3:
 * asymptotically the same expression, counted from the change, with alpha as the rate of false alarms.
 *
 * Nothing is known of the baseline but its own cards: with `ratio` baseline cards per candidate card, the equal-arms
 * hypothesis closest to
 * (f0, f1) is the pooled distribution m = (ratio f0 + f1) / (ratio + 1), so I = ratio KL(f0 || m) + KL(f1 || m). That
 * is also the best
 * growth of an e-process: R. Turner, A. Ly, P. Grünwald (2024), "Generic e-variables for exact sequential k-sample
 * tests that allow for
 * optional stopping", J. Stat. Plan. Inference 230.
 *
 * Worked number: acceptance 20 % against 10 %, nine baseline cards per candidate card: m = 0.19, I = 9 * 0.000321 +
 * 0.030639 = 0.033525,
 * ln 20 / I = 89.4 candidate exposures.
 */
import type { ArmModel, Scenario } from './scenario.ts';
import { AGENTS, ALPHA, HORIZON, USUAL_SHARE } from './scenario.ts';

const GRID = 4000;
const REACH = 9;

export interface Bound {
  /** Wald's bound in candidate exposures, as a real number. */
  readonly wald: number;
  /**
   * The same, but no less than what arrives in one look: nobody decides between two looks. Delays are measured against
   * this.
   */
  readonly reachable: number;
}

/** null where the scenario has no harm to find. */
export function boundOf(scenario: Scenario): Bound | null {
  const wald = scenario.kind === 'harm' ? harmBound(scenario) : lostBound(scenario);
  if (wald === null) return null;
  const perLook =
    scenario.perMinute * (scenario.share(scenario.onset + 1) / USUAL_SHARE) * (1 - scenario.lost.candidate);
  return { wald, reachable: Math.max(wald, perLook) };
}

/** Information is added up minute by minute, since rates and split may move; the last minute's goes on for ever. */
function harmBound(scenario: Scenario): number {
  const needed = Math.log(1 / ALPHA);
  const latency = memoised((ratio) => latencyInformation(scenario.base, scenario.candidate, ratio));
  let [gathered, exposures] = [0, 0];
  for (let t = scenario.onset + 1; ; t++) {
    const share = scenario.share(Math.min(t, HORIZON));
    const ratio = (1 - share) / share;
    const information = ratesInformation(scenario, Math.min(t, HORIZON), ratio) + latency(ratio);
    const cards = scenario.perMinute * (share / USUAL_SHARE);
    if (information === 0 && t >= HORIZON) return Infinity;
    if (gathered + cards * information >= needed) {
      return clusteredBound(exposures + (needed - gathered) / information, scenario.icc.outcomes, AGENTS * share);
    }
    gathered += cards * information;
    exposures += cards;
  }
}

function ratesInformation({ base, candidate, moment }: Scenario, t: number, ratio: number): number {
  const { accept, dismiss } = moment(t);
  const rates = (of: 'accept' | 'dismiss', factor: number): number =>
    rateInformation(
      base[of] * factor * (1 - base.undelivered),
      candidate[of] * factor * (1 - candidate.undelivered),
      ratio,
    );
  return rates('accept', accept) + rates('dismiss', dismiss);
}

function memoised(measure: (ratio: number) => number): (ratio: number) => number {
  const known = new Map<number, number>();
  return (ratio) => {
    const value = known.get(ratio) ?? measure(ratio);
    known.set(ratio, value);
    return value;
  };
}

/**
 * Lost exposures change the split itself: information per candidate exposure of the candidate's share of what arrives.
 */
function lostBound({ lost, share }: Scenario): number | null {
  const planned = share(1);
  const arriving = planned * (1 - lost.candidate);
  const seen = arriving / (arriving + (1 - planned) * (1 - lost.base));
  if (seen === planned || seen === 0) return null;
  return (Math.log(1 / ALPHA) * seen) / binaryDivergence(seen, planned);
}

/** Per candidate card, for a share of `p0` in the baseline and `p1` in the candidate. */
export function rateInformation(p0: number, p1: number, ratio: number): number {
  const pooled = (ratio * p0 + p1) / (ratio + 1);
  return ratio * binaryDivergence(p0, pooled) + binaryDivergence(p1, pooled);
}

/**
 * Per candidate card, for two log-normal latencies (with a slower share each): the pooled distribution has no closed
 * form, so the
 * divergences are summed over a grid of log latencies. The latencies' clustering is not in it.
 */
export function latencyInformation(base: ArmModel, candidate: ArmModel, ratio: number): number {
  const low = Math.log(base.medianMs) - REACH * base.sigma;
  const slowest = Math.log(
    Math.max(candidate.medianMs, base.medianMs) * Math.max(candidate.tail.times, base.tail.times),
  );
  const high = slowest + REACH * Math.max(base.sigma, candidate.sigma);
  const step = (high - low) / GRID;
  let sum = 0;
  for (let i = 0; i <= GRID; i++) {
    const x = low + i * step;
    const [f0, f1] = [logLatencyDensity(base, x), logLatencyDensity(candidate, x)];
    const pooled = (ratio * f0 + f1) / (ratio + 1);
    sum += ratio * part(f0, pooled) + part(f1, pooled);
  }
  return Math.max(0, sum * step * (1 - candidate.undelivered));
}

/**
 * With a correlation of `icc` within an agent, n cards of k agents say as much as n / (1 + (n / k - 1) icc) independent
 * ones (Kish's design
 * effect). Worked number: 89.36 cards, 20 agents, 0.03: 100.1. Infinite when no number of cards of so few agents can
 * prove it.
 */
export function clusteredBound(independent: number, icc: number, agents: number): number {
  if (icc === 0) return independent;
  const left = 1 - (independent * icc) / agents;
  return left <= 0 ? Infinity : (independent * (1 - icc)) / left;
}

function logLatencyDensity({ medianMs, sigma, tail }: ArmModel, x: number): number {
  const usual = normalDensity(x, Math.log(medianMs), sigma);
  if (tail.share === 0) return usual;
  return (1 - tail.share) * usual + tail.share * normalDensity(x, Math.log(medianMs * tail.times), sigma);
}

function normalDensity(x: number, mean: number, sigma: number): number {
  const z = (x - mean) / sigma;
  return Math.exp((-z * z) / 2) / (sigma * Math.sqrt(2 * Math.PI));
}

function binaryDivergence(p: number, q: number): number {
  return part(p, q) + part(1 - p, 1 - q);
}

function part(p: number, q: number): number {
  return p <= 0 || q <= 0 ? 0 : p * Math.log(p / q);
}
