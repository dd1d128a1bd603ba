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
import { eachCell, unitOf, valueAt } from '../gathering/agent-ledger.ts';
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
  /** Cells in use, in all and by arm. */
  readonly cells: number;
  readonly used: ArmSums;
  /** Over the agents: of the contrasts' squares, and of the squares and cubes of each arm's cards. */
  readonly contrasts: number;
  readonly squares: ArmSums;
  readonly cubes: ArmSums;
}

interface ArmSums {
  readonly baseline: number;
  readonly candidate: number;
}

export function designEffects(ledger: AgentLedger): DesignEffects {
  const moments = momentsOf(ledger);
  const excess = ledger.effectiveCards === 0 ? 0 : Math.max(0, moments.contrasts / ledger.effectiveCards - 1);
  const clusters = Math.min(
    moments.used.baseline,
    moments.used.candidate,
    effective(ledger.cards.baseline, moments.squares.baseline),
    effective(ledger.cards.candidate, moments.squares.candidate),
  );
  const roundedUp = 1 + Math.sqrt(2 / Math.max(2, moments.cells));
  const squares = residualSquares(ledger);
  return {
    byScore: Object.fromEntries(
      ledger.scores.map((score, at) => [
        score,
        1 + excess * roundedUp * correlationRatio(ledger, moments, score, squares[at] ?? 0),
      ]),
    ),
    clusters,
    tooFew: clusters < MIN_CLUSTERS && excess * USUAL_CORRELATION > 1,
    cards: ledger.cards.baseline + ledger.cards.candidate,
  };
}

/** tau^2 / sigma^2 of a score. */
function correlationRatio(ledger: AgentLedger, moments: Moments, score: AgentScore, residuals: number): number {
  const cards = ledger.cards.baseline + ledger.cards.candidate;
  const sigma2 = valueAt(ledger, ledger.squares, score) / Math.max(1, cards);
  if (cards === 0 || sigma2 <= 0) return PRIOR_CORRELATION;
  const { baseline: q0, candidate: q1 } = moments.squares;
  const { baseline: n0, candidate: n1 } = ledger.cards;
  const within = cards - q0 / Math.max(1, n0) - q1 / Math.max(1, n1);
  const between = aboutMean(q0, moments.cubes.baseline, n0) + aboutMean(q1, moments.cubes.candidate, n1);
  const size = (q0 + q1) / cards;
  const prior = PRIOR_AGENTS * size * size;
  const found = residuals / sigma2 - within;
  return Math.max(0, found + prior * PRIOR_CORRELATION) / Math.max(1, Math.max(0, between) + prior);
}

/**
 * What tau^2 is multiplied by in the sum of squares about the mean of an arm, from its sums of squared and cubed
 * cluster sizes.
 */
function aboutMean(squares: number, cubes: number, cards: number): number {
  return cards === 0 ? 0 : squares - (2 * cubes) / cards + (squares / cards) ** 2;
}

/** For each score, the sum over agents of squared residuals about the means of the arms they served. */
function residualSquares(ledger: AgentLedger): readonly number[] {
  const { cells, scores, cards, residuals } = ledger;
  const parts = scores.map(unitOf);
  const meansOf = (served: number): readonly number[] =>
    parts.map((unit, at) => (residuals[at] ?? 0) / unit / Math.max(1, served));
  const [baselineMeans, candidateMeans] = [meansOf(cards.baseline), meansOf(cards.candidate)];
  const sums = scores.map(() => 0);
  eachCell(ledger, ({ baseline, candidate, residuals: first }) => {
    for (let at = 0; at < sums.length; at++) {
      const usual = baseline * (baselineMeans[at] ?? 0);
      const residual = (cells[first + at] ?? 0) / (parts[at] ?? 1) - usual + candidate * (candidateMeans[at] ?? 0);
      sums[at] = (sums[at] ?? 0) + residual * residual;
    }
  });
  return sums;
}

function momentsOf(ledger: AgentLedger): Moments {
  const none: ArmSums = { baseline: 0, candidate: 0 };
  const [used, squares, cubes] = [{ ...none }, { ...none }, { ...none }];
  let [cells, contrasts] = [0, 0];
  eachCell(ledger, ({ baseline, candidate, contrast }) => {
    if (baseline !== 0 || candidate !== 0) cells++;
    contrasts += contrast * contrast;
    if (baseline !== 0) used.baseline++;
    if (candidate !== 0) used.candidate++;
    squares.baseline += baseline * baseline;
    squares.candidate += candidate * candidate;
    cubes.baseline += Math.abs(baseline) ** 3;
    cubes.candidate += Math.abs(candidate) ** 3;
  });
  return { cells, used, contrasts, squares, cubes };
}

function effective(sum: number, squares: number): number {
  return squares === 0 ? 0 : (sum * sum) / squares;
}
