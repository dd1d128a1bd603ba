/**
 * Agents' own history: one who accepted a third of the cards before the rollout, where all together accepted a fifth,
 * will go on so whatever version is shown. What is known of that beforehand need not be counted as noise of the
 * comparison (regression adjustment, CUPED), so that a harmless version is proven with fewer agents.
 *
 * A habit is by how much an agent's rate is expected to differ from that of all: with p_i of n_i cards, p of all,
 *
 *     habit_i = B_i (p_i - p),   B_i = tau^2 / (tau^2 + p (1 - p) / n_i),
 *
 * tau^2 the variance between agents by moments (the empirical Bayes estimate, so that its coefficient in a regression
 * on it is 1). It is fixed before the rollout: a wrong one adds noise, which is counted, and moves nothing to one side.
 *
 * Reference: A. Deng, Y. Xu, R. Kohavi, T. Walker (2013), "Improving the Sensitivity of Online Controlled Experiments
 * by Utilizing Pre-Experiment Data", WSDM, section 3; C. Morris (1983), "Parametric Empirical Bayes Inference", JASA 78.
 * Worked number: two agents of 100 cards, 30 and 10 accepted: p = 0.2, tau^2 = (2 - 0.16) / 100 = 0.0184, B = 0.92,
 * habits +-0.092.
 */
import { RATES } from '../../metrics/index.ts';
import type { RateName } from '../../metrics/index.ts';
import type { Habits } from '../types.ts';

/** An agent's cards before the rollout, and how many of them count towards each rate. */
export interface AgentHistory {
  readonly cards: number;
  readonly hits: Readonly<Partial<Record<RateName, number>>>;
}

/** The rates in which agents have habits: what they make of a card. */
export const HABITUAL_RATES: readonly RateName[] = RATES.filter(({ isEngagement }) => isEngagement).map(
  ({ name }) => name,
);

/** A rate without the agents' habits: what their own history does not tell. */
export type OwnScore = `own ${RateName}`;

export function ownScore(rate: RateName): OwnScore {
  return `own ${rate}`;
}

const OWN_SCORES = HABITUAL_RATES.map(ownScore);

/** A value for each of them. */
export function byOwnScore<T>(value: (score: OwnScore) => T): Readonly<Record<OwnScore, T>> {
  const values: Partial<Record<OwnScore, T>> = {};
  for (const score of OWN_SCORES) values[score] = value(score);
  return values as Record<OwnScore, T>;
}

/** Habits are kept in whole 1024ths, so that sums do not depend on their order. */
export const HABIT_UNIT = 1024;

/** The habits of each agent in whole 1024ths, those that are not 0. */
export function habitsOf(history: ReadonlyMap<string, AgentHistory>): ReadonlyMap<string, Habits> {
  const agents = [...history].filter(([, { cards }]) => cards > 0);
  const between = HABITUAL_RATES.map((rate) => ({
    rate,
    ...spreadOf(
      agents.map(([, own]) => own),
      rate,
    ),
  }));
  return new Map(
    agents.map(([agent, own]) => [
      agent,
      Object.fromEntries(
        between
          .map(({ rate, mean, variance }): [RateName, number] => [rate, habitOf(own, rate, mean, variance)])
          .filter(([, habit]) => habit !== 0),
      ),
    ]),
  );
}

function habitOf({ cards, hits }: AgentHistory, rate: RateName, mean: number, variance: number): number {
  const kept = variance === 0 ? 0 : variance / (variance + (mean * (1 - mean)) / cards);
  return Math.round(HABIT_UNIT * kept * ((hits[rate] ?? 0) / cards - mean)) / HABIT_UNIT;
}

/** The rate of all agents together, and the variance between theirs. */
function spreadOf(
  agents: readonly AgentHistory[],
  rate: RateName,
): { readonly mean: number; readonly variance: number } {
  const cards = agents.reduce((sum, own) => sum + own.cards, 0);
  if (cards === 0) return { mean: 0, variance: 0 };
  const mean = agents.reduce((sum, { hits }) => sum + (hits[rate] ?? 0), 0) / cards;
  const squares = agents.reduce((sum, own) => sum + own.cards * ((own.hits[rate] ?? 0) / own.cards - mean) ** 2, 0);
  const scale = cards - agents.reduce((sum, own) => sum + own.cards ** 2, 0) / cards;
  return {
    mean,
    variance: scale <= 0 ? 0 : Math.max(0, squares - (agents.length - 1) * mean * (1 - mean)) / scale,
  };
}

/** In whole 1024ths; what is no share is not known. */
export function habitUnits(habits: Habits | undefined, rate: RateName): number {
  const habit = habits?.[rate];
  return typeof habit === 'number' && Math.abs(habit) <= 1 ? Math.round(HABIT_UNIT * habit) : 0;
}
