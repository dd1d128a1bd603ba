/** What each agent's cards were like, compared with the others' at the same time: for cards that cluster by agent. */
import { RATES } from '../../metrics/index.ts';
import type { RateName } from '../../metrics/index.ts';
import { AGENT_CELLS, cellOf, signOf } from './agent-key.ts';
import type { AgentTally, ArmTally, Block } from './block.ts';
import { effectiveCards } from './block.ts';
import type { Arm } from '../types.ts';

/** The scores in which agents may differ; location and tail are of the latency. */
export type AgentScore = RateName | 'location' | 'tail' | CustomScore;
/** Of a custom metric, by its name: filled whenever that has been compared (custom-ledger.ts). */
export type CustomScore = `custom ${string}`;

/** Of a cell's numbers, before the residuals. */
const [BASELINE, CANDIDATE, CONTRAST, RESIDUALS] = [0, 1, 2, 3] as const;

export interface AgentLedger {
  /** What it keeps, by name; everything below that has a number for each score has them in this order. */
  readonly scores: readonly AgentScore[];
  /**
   * For each cell in turn, the sums over its agents with their signs (agent-key.ts): baseline cards, candidate cards,
   * contrast m, then the residual of each score. The contrast is how far an agent's candidate cards exceed the
   * candidate's share of all the agent's cards: an agent effect b moves the comparison of the arms by m b, so an agent
   * who sees both arms alike has m near 0. Contrast and residuals are whole 256ths, so that sums do not depend on their
   * order.
   */
  readonly cells: readonly number[];
  /** Sum of block-wise baseline x candidate / both. */
  readonly effectiveCards: number;
  readonly cards: { readonly baseline: number; readonly candidate: number };
  /** Per arm, the sum of the residuals of each score, in its parts of one. */
  readonly residuals: { readonly baseline: readonly number[]; readonly candidate: readonly number[] };
  /** Per score, the sum of squares about the block's mean. */
  readonly squares: readonly number[];
}

const UNIT = 256;
/** Of a custom metric's residuals, to keep the ledger small: rounding to eighths of a score is not felt. */
const CUSTOM_UNIT = 8;

/** In what parts of one the residuals of a score are kept. */
export function unitOf(score: AgentScore): number {
  return score in BLOCK_SCORES ? UNIT : CUSTOM_UNIT;
}

/** Into which of how many cells a tally goes by its key, and with which sign. */
export interface CellKeys {
  readonly cells: number;
  readonly cellOf: (key: number) => number;
  readonly signOf: (key: number) => number;
}

export const AGENTS_BY_KEY: CellKeys = { cells: AGENT_CELLS, cellOf, signOf };

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
    cells: [],
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

/** Where the residual of a score stands in a cell; in the one numbered 0 without a cell. */
export function placeOf({ scores }: AgentLedger, cell: number, score: AgentScore): number {
  return cell * (RESIDUALS + scores.length) + RESIDUALS + scores.indexOf(score);
}

/** The ledger's numbers with so many cells at least, to be added to. */
export function copyCells({ cells, scores }: AgentLedger, count: number): number[] {
  const copy = [...cells];
  for (let at = copy.length; at < count * (RESIDUALS + scores.length); at++) copy.push(0);
  return copy;
}

/** What one cell holds, in whole ones; `residuals` is where they begin. */
interface Cell {
  readonly baseline: number;
  readonly candidate: number;
  readonly contrast: number;
  readonly residuals: number;
}

/** Every cell that an agent has fallen into. */
export function eachCell({ cells, scores }: AgentLedger, visit: (cell: Cell) => void): void {
  for (let at = 0; at < cells.length; at += RESIDUALS + scores.length) {
    const [baseline = 0, candidate = 0, contrast = 0] = [cells[at], cells[at + CANDIDATE], cells[at + CONTRAST]];
    if (baseline !== 0 || candidate !== 0 || contrast !== 0)
      visit({ baseline, candidate, contrast: contrast / UNIT, residuals: at + RESIDUALS });
  }
}

/** The ledger after a block of both arms. */
export function addToLedger(ledger: AgentLedger, block: Block, keys: CellKeys = AGENTS_BY_KEY): AgentLedger {
  const { baseline, candidate } = block;
  const cards = baseline.cards + candidate.cards;
  const columns = ledger.scores.flatMap((score, at): Column[] => {
    const tallied = BLOCK_SCORES[score];
    if (tallied === undefined) return [];
    const sum = tallied.sum(baseline) + tallied.sum(candidate);
    const squares = tallied.squares(baseline) + tallied.squares(candidate);
    return [{ at, sumOf: tallied.sum, mean: sum / cards, squares: Math.max(0, squares - (sum * sum) / cards) }];
  });
  const cells = copyCells(ledger, keys.cells);
  const context = { columns, share: candidate.cards / cards, size: RESIDUALS + ledger.scores.length, keys };
  addArm(cells, block, 'baseline', context);
  addArm(cells, block, 'candidate', context);
  const residuals = {
    baseline: addResiduals(ledger.residuals.baseline, baseline, columns),
    candidate: addResiduals(ledger.residuals.candidate, candidate, columns),
  };
  const squares = [...ledger.squares];
  for (const column of columns) squares[column.at] = (squares[column.at] ?? 0) + column.squares;
  return {
    ...ledger,
    cells,
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
  /** Numbers of a cell. */
  readonly size: number;
  readonly keys: CellKeys;
}

/** Adds the arm's agents in place. */
function addArm(cells: number[], block: Block, arm: Arm, { columns, share, size, keys }: BlockContext): void {
  const add = (place: number, more: number): void => {
    cells[place] = (cells[place] ?? 0) + more;
  };
  const tallies = block[arm].agents;
  for (const key in tallies) {
    const tally = tallies[key];
    if (tally === undefined) continue;
    const sign = keys.signOf(Number(key));
    const cards = tally.cards * sign;
    const first = keys.cellOf(Number(key)) * size;
    add(first + (arm === 'baseline' ? BASELINE : CANDIDATE), cards);
    add(first + CONTRAST, Math.round(UNIT * cards * ((arm === 'candidate' ? 1 : 0) - share)));
    for (const { at, sumOf, mean } of columns)
      add(first + RESIDUALS + at, Math.round(UNIT * (sign * sumOf(tally) - cards * mean)));
  }
}

/** The sums of an arm's residuals, with those of the block's arm. */
function addResiduals(before: readonly number[], tally: ArmTally, columns: readonly Column[]): readonly number[] {
  const sums = [...before];
  for (const { at, sumOf, mean } of columns)
    sums[at] = (sums[at] ?? 0) + Math.round(UNIT * (sumOf(tally) - tally.cards * mean));
  return sums;
}
