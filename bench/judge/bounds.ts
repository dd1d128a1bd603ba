/**
 * How few candidate exposures any test could need: the yardstick for a judge's delay.
 *
 * A test that wrongly stops with a chance of at most alpha, whenever it stops, needs on average at least ln(1 / alpha)
 * / I candidate exposures to find a harm, where I is the information of one candidate exposure: Wald's inequality for
 * the expected sample size of a test of power one. A. Wald (1945), "Sequential tests of statistical hypotheses", Ann.
 * Math. Stat. 16, section 4.8; for changes in the course of the stream G. Lorden (1971), "Procedures for reacting to a
 * change in distribution", Ann. Math. Stat. 42(6), theorem 3: asymptotically the same expression, counted from the
 * change, with alpha as the rate of false alarms.
 *
 * To stop for what the plan tolerates is wrong, too, so I is what tells the harm from the nearest tolerated law
 * (`nearest-law.ts`); metrics that are independent add up.
 *
 * Worked number: acceptance 20 % against 10 %, nine baseline cards per candidate card, 5 % tolerated: I = 0.028125,
 * ln 20 / I = 106.5 candidate exposures (89.4 if only "no difference" were).
 */
import { binaryDivergence, latencyInformation, rateInformation } from './nearest-law.ts';
import type { Scenario } from './scenario.ts';
import { AGENTS, ALPHA, HORIZON, TOLERANCE, USUAL_SHARE } from './scenario.ts';

export interface Bound {
  /** Wald's bound in candidate exposures, as a real number. */
  readonly wald: number;
  /**
   * The same, but no less than what arrives in one look: nobody decides between two looks. Delays are measured by this.
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
  const latency = memoised((ratio) => latencyInformation(scenario.base, scenario.candidate, ratio, TOLERANCE.p95));
  let [gathered, exposures] = [0, 0];
  for (let t = scenario.onset + 1; ; t++) {
    const share = scenario.share(Math.min(t, HORIZON));
    const ratio = (1 - share) / share;
    const information = ratesInformation(scenario, Math.min(t, HORIZON), ratio) + latency(ratio);
    const cards = scenario.perMinute * (share / USUAL_SHARE);
    if (t >= HORIZON || gathered + cards * information >= needed) {
      return clusteredBound(exposures + (needed - gathered) / information, scenario.icc.outcomes, AGENTS * share);
    }
    gathered += cards * information;
    exposures += cards;
  }
}

function ratesInformation({ base, candidate, moment }: Scenario, t: number, ratio: number): number {
  const { accept, dismiss } = moment(t);
  const rate = (of: 'accept' | 'dismiss', factor: number, worse: 1 | -1): number =>
    rateInformation(
      base[of] * factor * (1 - base.undelivered),
      candidate[of] * factor * (1 - candidate.undelivered),
      ratio,
      worse,
      TOLERANCE[of],
    );
  return rate('accept', accept, -1) + rate('dismiss', dismiss, 1);
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

/**
 * With a correlation of `icc` within an agent, n cards of k agents say as much as n / (1 + (n / k - 1) icc) independent
 * ones (Kish's design effect). Worked number: 89.36 cards, 20 agents, 0.03: 100.1. Infinite when no number of cards of
 * so few agents can prove it.
 */
export function clusteredBound(independent: number, icc: number, agents: number): number {
  if (icc === 0) return independent;
  const left = 1 - (independent * icc) / agents;
  return left <= 0 ? Infinity : (independent * (1 - icc)) / left;
}
