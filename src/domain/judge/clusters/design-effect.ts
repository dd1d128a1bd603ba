/**
 * By how much the variance of the comparison of the arms exceeds that of independent cards, because an agent's cards
 * are alike.
 *
 * With agent effects of variance tau^2 on top of a card's sigma^2, the arms' contrast has variance sigma^2 I + tau^2
 * (sum m_i^2 - I),
 * I = sum of baseline x candidate / both over the blocks and m_i the agent's contrast (agent-ledger.ts), so
 *
 *     D = 1 + (tau^2 / sigma^2) max(0, sum m_i^2 / I - 1).
 *
 * Where the same agents see both arms, m_i is chance alone and D is 1. tau^2 is estimated by moments from the agents of
 * both arms
 * about their arm's mean (so that harm, which moves a whole arm, is not taken for agents), drawn to a correlation of
 * 0.02 by the
 * weight of a few agents, and rounded up by its own standard error: few agents know little.
 *
 * Reference: L. Kish (1965), "Survey Sampling", section 5.4 (D = 1 + (m - 1) rho); S. R. Searle, G. Casella, C.
 * McCulloch (1992),
 * "Variance Components", section 3.6 (moments with unequal cluster sizes).
 * Worked number: 20 candidate and 180 baseline agents of 50 cards each, correlation 0.03: I = 900, sum m_i^2 = 20 x
 * 45^2 + 180 x 5^2 =
 * 45000, D = 1 + 0.0309 x 49 = 2.5 (Kish: 1 + 49 x 0.03 = 2.5).
 */
import { residualIn, UNIT, unitOf, valueAt } from '../gathering/agent-ledger.ts';
import type { AgentLedger, AgentScore } from '../gathering/agent-ledger.ts';

export interface DesignEffects {
  /** D of each score that the ledger has. */
  readonly byScore: Readonly<Partial<Record<AgentScore, number>>>;
  /** Effective number of agents behind the arm that has fewer. */
  readonly clusters: number;
  /** Whether so few agents could hide an effect as large as the cards': then nothing may be said. */
  readonly tooFew: boolean;
  /** Cards behind it. */
  readonly cards: number;
}

/** Estimated anew after so large a growth of the cards: it changes slowly, and the estimate goes through all agents. */
const GROWTH = 0.02;

export function isStale(design: DesignEffects, ledger: AgentLedger): boolean {
  return ledger.cards.baseline + ledger.cards.candidate > (1 + GROWTH) * design.cards;
}

const PRIOR_AGENTS = 2;
const PRIOR_CORRELATION = 0.02;
const MIN_CLUSTERS = 5;
/** An agent correlation of this size is usual; if it alone would double the variance, agents matter. */
const USUAL_CORRELATION = 0.03;

interface Moments {
  readonly agents: number;
  readonly contrasts: number;
  readonly cubes: readonly [number, number];
  readonly squares: readonly [number, number];
  readonly positive: number;
  readonly positiveSquares: number;
  readonly negative: number;
  readonly negativeSquares: number;
}

export function designEffects(ledger: AgentLedger): DesignEffects {
  const moments = momentsOf(ledger);
  const excess = ledger.effectiveCards === 0 ? 0 : Math.max(0, moments.contrasts / ledger.effectiveCards - 1);
  const clusters = Math.min(
    effective(moments.positive, moments.positiveSquares),
    effective(moments.negative, moments.negativeSquares),
  );
  const roundedUp = 1 + Math.sqrt(2 / Math.max(2, moments.agents));
  return {
    byScore: Object.fromEntries(
      ledger.scores.map((score) => [score, 1 + excess * roundedUp * correlationRatio(ledger, moments, score)]),
    ),
    clusters,
    tooFew: clusters < MIN_CLUSTERS && excess * USUAL_CORRELATION > 1,
    cards: ledger.cards.baseline + ledger.cards.candidate,
  };
}

/** tau^2 / sigma^2 of a score. */
function correlationRatio(ledger: AgentLedger, moments: Moments, score: AgentScore): number {
  const cards = ledger.cards.baseline + ledger.cards.candidate;
  const sigma2 = valueAt(ledger, ledger.squares, score) / Math.max(1, cards);
  if (cards === 0 || sigma2 <= 0) return PRIOR_CORRELATION;
  const [q0, q1] = moments.squares;
  const { baseline: n0, candidate: n1 } = ledger.cards;
  const within = cards - q0 / Math.max(1, n0) - q1 / Math.max(1, n1);
  const between = aboutMean(q0, moments.cubes[0], n0) + aboutMean(q1, moments.cubes[1], n1);
  const size = (q0 + q1) / cards;
  const prior = PRIOR_AGENTS * size * size;
  const found = residualSquares(ledger, score) / sigma2 - within;
  return Math.max(0, found + prior * PRIOR_CORRELATION) / Math.max(1, Math.max(0, between) + prior);
}

/**
 * What tau^2 is multiplied by in the sum of squares about the mean of an arm, from its sums of squared and cubed
 * cluster sizes.
 */
function aboutMean(squares: number, cubes: number, cards: number): number {
  return cards === 0 ? 0 : squares - (2 * cubes) / cards + (squares / cards) ** 2;
}

/** Sum over agents of squared residuals about the means of the arms they served. */
function residualSquares(ledger: AgentLedger, score: AgentScore): number {
  const unit = unitOf(score);
  const mean0 = valueAt(ledger, ledger.residuals.baseline, score) / unit / Math.max(1, ledger.cards.baseline);
  const mean1 = valueAt(ledger, ledger.residuals.candidate, score) / unit / Math.max(1, ledger.cards.candidate);
  const residualOf = residualIn(ledger, score);
  let sum = 0;
  for (const key in ledger.agents) {
    const record = ledger.agents[key];
    if (record === undefined) continue;
    const residual = residualOf(record) / unit - record[0] * mean0 - record[1] * mean1;
    sum += residual * residual;
  }
  return sum;
}

function momentsOf(ledger: AgentLedger): Moments {
  let [agents, contrasts, c0, c1, q0, q1, positive, positiveSquares, negative, negativeSquares] = [
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  ];
  for (const key in ledger.agents) {
    const [n0 = 0, n1 = 0, contrast = 0] = ledger.agents[key] ?? [];
    const m = contrast / UNIT;
    agents++;
    contrasts += m * m;
    q0 += n0 * n0;
    q1 += n1 * n1;
    c0 += n0 * n0 * n0;
    c1 += n1 * n1 * n1;
    if (m > 0) [positive, positiveSquares] = [positive + m, positiveSquares + m * m];
    else [negative, negativeSquares] = [negative - m, negativeSquares + m * m];
  }
  return {
    agents,
    contrasts,
    cubes: [c0, c1],
    squares: [q0, q1],
    positive,
    positiveSquares,
    negative,
    negativeSquares,
  };
}

function effective(sum: number, squares: number): number {
  return squares === 0 ? 0 : (sum * sum) / squares;
}
