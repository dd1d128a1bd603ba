/** What each agent's cards were like, compared with the others' at the same time: for cards that cluster by agent. */
import type { ArmTally, Block } from './block.ts';
import { effectiveCards } from './block.ts';

/**
 * The scores in which agents may differ; location and tail are of the latency, the last of up to three custom metrics
 * (custom-ledger.ts).
 */
export const AGENT_SCORES = [
  'accepted',
  'dismissed',
  'undelivered',
  'location',
  'tail',
  'level0',
  'level1',
  'level2',
] as const;
export type AgentScore = (typeof AGENT_SCORES)[number];
export const FIRST_LEVEL_SCORE = 5;

/**
 * Per agent (drawer): baseline cards, candidate cards, contrast m, then the residual of each score. The contrast is how
 * far the agent's
 * candidate cards exceed the candidate's share of all the agent's cards: an agent effect b moves the comparison of the
 * arms by m b, so
 * an agent who sees both arms alike has m near 0. Contrast and residuals are whole 256ths, so that sums do not depend
 * on their order.
 */
export type AgentRecord = readonly number[];

export interface AgentLedger {
  readonly agents: Readonly<Record<string, AgentRecord>>;
  /** Sum of block-wise baseline x candidate / both. */
  readonly effectiveCards: number;
  readonly cards: { readonly baseline: number; readonly candidate: number };
  /** Per arm, the sum of the residuals of each score, in 256ths. */
  readonly residuals: { readonly baseline: readonly number[]; readonly candidate: readonly number[] };
  /** Per score, the sum of squares about the block's mean. */
  readonly squares: readonly number[];
}

export const UNIT = 256;
/** Of a custom metric's residuals, to keep the ledger small: rounding to eighths of a score is not felt. */
const CUSTOM_UNIT = 8;

/** In what parts of one the residuals of a score are kept. */
export function unitOf(score: number): number {
  return score < FIRST_LEVEL_SCORE ? UNIT : CUSTOM_UNIT;
}

const zeros = Array.from({ length: FIRST_LEVEL_SCORE }, () => 0);

export const emptyLedger: AgentLedger = {
  agents: {},
  effectiveCards: 0,
  cards: { baseline: 0, candidate: 0 },
  residuals: { baseline: zeros, candidate: zeros },
  squares: zeros,
};

/** The ledger after a block of both arms. */
export function addToLedger(ledger: AgentLedger, block: Block): AgentLedger {
  const { baseline, candidate } = block;
  const cards = baseline.cards + candidate.cards;
  const share = candidate.cards / cards;
  const sums = scoreSums(baseline).map((sum, j) => sum + (scoreSums(candidate)[j] ?? 0));
  const means = sums.map((sum) => sum / cards);
  const agents: Record<string, AgentRecord> = { ...ledger.agents };
  const residuals = { baseline: [...ledger.residuals.baseline], candidate: [...ledger.residuals.candidate] };
  for (const arm of ['baseline', 'candidate'] as const) {
    const tallies = block[arm].agents;
    for (const drawer in tallies)
      agents[drawer] = addAgent(
        agents[drawer],
        tallies[drawer] ?? [],
        arm === 'candidate',
        share,
        means,
        residuals[arm],
      );
  }
  return {
    agents,
    residuals,
    effectiveCards: ledger.effectiveCards + effectiveCards(baseline.cards, candidate.cards),
    cards: { baseline: ledger.cards.baseline + baseline.cards, candidate: ledger.cards.candidate + candidate.cards },
    squares: ledger.squares.map((square, j) => square + squaresOf(block, j, sums[j] ?? 0, cards)),
  };
}

function addAgent(
  before: AgentRecord | undefined,
  tally: readonly number[],
  isCandidate: boolean,
  share: number,
  means: readonly number[],
  arm: number[],
): AgentRecord {
  const [cards = 0] = tally;
  const record = before === undefined ? Array.from({ length: 3 + means.length }, () => 0) : [...before];
  const add = (i: number, value: number) => (record[i] = (record[i] ?? 0) + value);
  add(isCandidate ? 1 : 0, cards);
  add(2, Math.round(UNIT * cards * ((isCandidate ? 1 : 0) - share)));
  means.forEach((mean, j) => {
    const residual = Math.round(UNIT * ((tally[j + 1] ?? 0) / scaleOf(j) - cards * mean));
    add(3 + j, residual);
    arm[j] = (arm[j] ?? 0) + residual;
  });
  return record;
}

/** Location scores are kept in sixteenths. */
function scaleOf(score: number): number {
  return score === 3 ? 16 : 1;
}

function scoreSums({ accepted, dismissed, undelivered, location, tail }: ArmTally): readonly number[] {
  return [accepted, dismissed, undelivered, location / scaleOf(3), tail];
}

function squaresOf(block: Block, score: number, sum: number, cards: number): number {
  const raw = score === 3 ? (block.baseline.locationSquares + block.candidate.locationSquares) / 256 : sum;
  return Math.max(0, raw - (sum * sum) / cards);
}
