/** What each agent's cards were like, compared with the others' at the same time: for cards that cluster by agent. */
import { RATES } from '../../metrics/index.ts';
import type { RateName } from '../../metrics/index.ts';
import type { AgentTally, ArmTally, Block } from './block.ts';
import { effectiveCards } from './block.ts';

/** The scores in which agents may differ; location and tail are of the latency. */
export type AgentScore = RateName | 'location' | 'tail' | CustomScore;
/** Of a custom metric, by its name: filled whenever that has been compared (custom-ledger.ts). */
export type CustomScore = `custom ${string}`;

/**
 * Per agent (key): baseline cards, candidate cards, contrast m, then the residual of each score in the ledger's
 * order. The contrast is how
 * far the agent's
 * candidate cards exceed the candidate's share of all the agent's cards: an agent effect b moves the comparison of the
 * arms by m b, so
 * an agent who sees both arms alike has m near 0. Contrast and residuals are whole 256ths, so that sums do not depend
 * on their order.
 */
export type AgentRecord = readonly [baseline: number, candidate: number, contrast: number, ...residuals: number[]];
const BEFORE_RESIDUALS = 3;

export interface AgentLedger {
  /** What it keeps, by name; everything below that has a number for each score has them in this order. */
  readonly scores: readonly AgentScore[];
  readonly agents: Readonly<Record<string, AgentRecord>>;
  /** Sum of block-wise baseline x candidate / both. */
  readonly effectiveCards: number;
  readonly cards: { readonly baseline: number; readonly candidate: number };
  /** Per arm, the sum of the residuals of each score, in its parts of one. */
  readonly residuals: { readonly baseline: readonly number[]; readonly candidate: readonly number[] };
  /** Per score, the sum of squares about the block's mean. */
  readonly squares: readonly number[];
}

export const UNIT = 256;
/** Of a custom metric's residuals, to keep the ledger small: rounding to eighths of a score is not felt. */
const CUSTOM_UNIT = 8;

/** In what parts of one the residuals of a score are kept. */
export function unitOf(score: AgentScore): number {
  return score in BLOCK_SCORES ? UNIT : CUSTOM_UNIT;
}

interface BlockScore {
  /** Both in whole ones. */
  readonly sum: (tally: AgentTally) => number;
  readonly squares: (tally: ArmTally) => number;
}

/** What a block tallies. */
const BLOCK_SCORES: Readonly<Record<string, BlockScore>> = {
  ...Object.fromEntries(
    RATES.map(({ name }): [string, BlockScore] => [
      name,
      { sum: ({ hits }) => hits[name], squares: ({ hits }) => hits[name] },
    ]),
  ),
  // Location scores are kept in sixteenths.
  location: { sum: ({ location }) => location / 16, squares: ({ locationSquares }) => locationSquares / 256 },
  tail: { sum: ({ tail }) => tail, squares: ({ tail }) => tail },
};

/** Without custom metrics. */
export const CARD_SCORES = Object.keys(BLOCK_SCORES) as readonly AgentScore[];

export function emptyLedger(scores: readonly AgentScore[]): AgentLedger {
  const zeros = scores.map(() => 0);
  return {
    scores,
    agents: {},
    effectiveCards: 0,
    cards: { baseline: 0, candidate: 0 },
    residuals: { baseline: zeros, candidate: zeros },
    squares: zeros,
  };
}

/** A number of a score, among those of the ledger. */
export function valueAt({ scores }: AgentLedger, values: readonly number[], score: AgentScore): number {
  return values[scores.indexOf(score)] ?? 0;
}

/** The numbers of the ledger with so much more of a score. */
export function withMore(
  { scores }: AgentLedger,
  values: readonly number[],
  score: AgentScore,
  more: number,
): readonly number[] {
  return values.map((value, at) => (scores[at] === score ? value + more : value));
}

/** Reads the residual of a score, in its parts of one, from an agent's record. */
export function residualIn({ scores }: AgentLedger, score: AgentScore): (record: AgentRecord) => number {
  const at = BEFORE_RESIDUALS + scores.indexOf(score);
  return (record) => record[at] ?? 0;
}

/** An agent's record with so much more of a score's residual. */
export function withResidual(
  ledger: AgentLedger,
  record: AgentRecord | undefined,
  score: AgentScore,
  more: number,
): AgentRecord {
  const [baseline, candidate, contrast, ...residuals] = copyOf(record, ledger.scores.length);
  return [baseline, candidate, contrast, ...withMore(ledger, residuals, score, more)];
}

/** The ledger after a block of both arms. */
export function addToLedger(ledger: AgentLedger, block: Block): AgentLedger {
  const { baseline, candidate } = block;
  const cards = baseline.cards + candidate.cards;
  const columns = ledger.scores.flatMap((score, at): Column[] => {
    const tallied = BLOCK_SCORES[score];
    if (tallied === undefined) return [];
    const sum = tallied.sum(baseline) + tallied.sum(candidate);
    const squares = tallied.squares(baseline) + tallied.squares(candidate);
    return [{ at, sumOf: tallied.sum, mean: sum / cards, squares: Math.max(0, squares - (sum * sum) / cards) }];
  });
  const context = { columns, share: candidate.cards / cards, scores: ledger.scores.length };
  const agents: Record<string, AgentRecord> = { ...ledger.agents };
  const residuals = { baseline: [...ledger.residuals.baseline], candidate: [...ledger.residuals.candidate] };
  for (const arm of ['baseline', 'candidate'] as const) {
    const tallies = block[arm].agents;
    for (const key in tallies) {
      const tally = tallies[key];
      if (tally !== undefined) agents[key] = addAgent(agents[key], tally, arm, context, residuals[arm]);
    }
  }
  const squares = [...ledger.squares];
  for (const column of columns) squares[column.at] = (squares[column.at] ?? 0) + column.squares;
  return {
    ...ledger,
    agents,
    residuals,
    effectiveCards: ledger.effectiveCards + effectiveCards(baseline.cards, candidate.cards),
    cards: { baseline: ledger.cards.baseline + baseline.cards, candidate: ledger.cards.candidate + candidate.cards },
    squares,
  };
}

/** One score over a block. */
interface Column {
  /** Its place among the ledger's scores. */
  readonly at: number;
  readonly sumOf: (tally: AgentTally) => number;
  readonly mean: number;
  readonly squares: number;
}

interface BlockContext {
  readonly columns: readonly Column[];
  /** The candidate's, of the block's cards. */
  readonly share: number;
  /** How many the ledger has. */
  readonly scores: number;
}

function addAgent(
  before: AgentRecord | undefined,
  tally: AgentTally,
  arm: 'baseline' | 'candidate',
  { columns, share, scores }: BlockContext,
  sums: number[],
): AgentRecord {
  const { cards } = tally;
  const record = copyOf(before, scores);
  if (arm === 'baseline') record[0] += cards;
  else record[1] += cards;
  record[2] += Math.round(UNIT * cards * ((arm === 'candidate' ? 1 : 0) - share));
  for (const { at, sumOf, mean } of columns) {
    const residual = Math.round(UNIT * (sumOf(tally) - cards * mean));
    record[BEFORE_RESIDUALS + at] = (record[BEFORE_RESIDUALS + at] ?? 0) + residual;
    sums[at] = (sums[at] ?? 0) + residual;
  }
  return record;
}

function copyOf(record: AgentRecord | undefined, scores: number): [number, number, number, ...number[]] {
  return record === undefined ? [0, 0, 0, ...Array.from({ length: scores }, () => 0)] : [...record];
}
