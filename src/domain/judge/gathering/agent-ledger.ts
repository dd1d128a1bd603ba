/** What each agent's cards were like, compared with the others' at the same time: for cards that cluster by agent. */
import { RATES } from '../../metrics/index.ts';
import type { RateName } from '../../metrics/index.ts';
import { round } from '../maths/rounding.ts';
import { AGENT_CELLS, cellOf, signOf } from './agent-key.ts';
import { effectiveCards, TALLIED } from './block.ts';
import type { ArmTally, Block, Tallied } from './block.ts';
import { HABIT_UNIT, HABITUAL_RATES, ownScore } from './habits.ts';
import type { OwnScore } from './habits.ts';
import type { Arm } from '../types.ts';

/** The scores in which agents may differ; location and tail are of the latency. */
export type AgentScore = RateName | OwnScore | 'location' | 'tail' | CustomScore;
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
  /** Per score, the sum of the baseline's residuals, in its parts of one; the candidate's is the opposite. */
  readonly residuals: readonly number[];
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

const AGENTS_BY_KEY: CellKeys = { cells: AGENT_CELLS, cellOf, signOf };

interface BlockScore {
  /** Which of the tallied numbers, in what parts of one, and the sum of their squares over the cards in those parts. */
  readonly tallied: Tallied;
  readonly parts: number;
  readonly squares: (tally: ArmTally) => number;
}

/** What a block tallies. */
const BLOCK_SCORES: Readonly<Record<string, BlockScore>> = {
  ...Object.fromEntries(
    RATES.map(({ name }): [string, BlockScore] => [
      name,
      { tallied: name, parts: 1, squares: ({ hits }) => hits[name] },
    ]),
  ),
  ...Object.fromEntries(
    HABITUAL_RATES.map((rate): [string, BlockScore] => [
      ownScore(rate),
      { tallied: ownScore(rate), parts: HABIT_UNIT, squares: ({ hits }) => hits[rate] * HABIT_UNIT ** 2 },
    ]),
  ),
  location: { tallied: 'location', parts: 16, squares: ({ locationSquares }) => locationSquares },
  tail: { tallied: 'tail', parts: 1, squares: ({ tail }) => tail },
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
    residuals: zeros,
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

/** Every cell up to the last that an agent has fallen into. */
export function eachCell({ cells, scores }: AgentLedger, visit: (cell: Cell) => void): void {
  for (let at = 0; at < cells.length; at += RESIDUALS + scores.length) {
    const [baseline = 0, candidate = 0, contrast = 0] = [cells[at], cells[at + CANDIDATE], cells[at + CONTRAST]];
    visit({ baseline, candidate, contrast: contrast / UNIT, residuals: at + RESIDUALS });
  }
}

/** The ledger after a block of both arms. */
export function addToLedger(ledger: AgentLedger, block: Block, keys: CellKeys = AGENTS_BY_KEY): AgentLedger {
  const { baseline, candidate } = block;
  const cards = baseline.cards + candidate.cards;
  const columns = ledger.scores.flatMap((score, at): Column[] => {
    const known = BLOCK_SCORES[score];
    if (known === undefined) return [];
    const { tallied, parts } = known;
    const ofBaseline = sumOf(baseline, tallied) / parts;
    const sum = ofBaseline + sumOf(candidate, tallied) / parts;
    const squares = (known.squares(baseline) + known.squares(candidate)) / parts ** 2 - (sum * sum) / cards;
    return [
      { at, field: TALLIED.indexOf(tallied), parts, ofBaseline, mean: sum / cards, squares: Math.max(0, squares) },
    ];
  });
  const cells = copyCells(ledger, keys.cells);
  const context = { columns, share: candidate.cards / cards, size: RESIDUALS + ledger.scores.length, keys };
  addArm(cells, block, 'baseline', context);
  addArm(cells, block, 'candidate', context);
  const [residuals, squares] = [[...ledger.residuals], [...ledger.squares]];
  for (const { at, ofBaseline, mean, squares: more } of columns) {
    residuals[at] = (residuals[at] ?? 0) + Math.round(UNIT * (ofBaseline - baseline.cards * mean));
    squares[at] = round((squares[at] ?? 0) + more, 4);
  }
  return {
    scores: ledger.scores,
    cells,
    residuals,
    effectiveCards: round(ledger.effectiveCards + effectiveCards(baseline.cards, candidate.cards), 4),
    cards: { baseline: ledger.cards.baseline + baseline.cards, candidate: ledger.cards.candidate + candidate.cards },
    squares,
  };
}

/** One score over a block. */
interface Column {
  /** Its place among the ledger's scores. */
  readonly at: number;
  /** Its place among the tallied numbers, and in what parts of one they are. */
  readonly field: number;
  readonly parts: number;
  /** The baseline's sum, in whole ones. */
  readonly ofBaseline: number;
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
  const { agents } = block[arm];
  const [served, excess] = arm === 'baseline' ? [BASELINE, -share] : [CANDIDATE, 1 - share];
  for (let key = 0, from = 0; from < agents.length; key++, from += TALLIED.length) {
    const own = agents[from] ?? 0;
    if (own === 0 && keys === AGENTS_BY_KEY) continue;
    const sign = keys.signOf(key);
    const first = keys.cellOf(key) * size;
    cells[first + served] = (cells[first + served] ?? 0) + sign * own;
    cells[first + CONTRAST] = (cells[first + CONTRAST] ?? 0) + sign * Math.round(UNIT * own * excess);
    for (const { at, field, parts, mean } of columns) {
      const residual = Math.round(UNIT * ((agents[from + field] ?? 0) / parts - own * mean));
      const place = first + RESIDUALS + at;
      cells[place] = (cells[place] ?? 0) + sign * residual;
    }
  }
}

function sumOf(tally: ArmTally, tallied: Tallied): number {
  if (tallied in tally.own) return tally.own[tallied as OwnScore];
  return tallied in tally.hits
    ? tally.hits[tallied as RateName]
    : tally[tallied as Exclude<Tallied, RateName | OwnScore>];
}
