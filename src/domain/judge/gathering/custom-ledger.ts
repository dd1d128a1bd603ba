/**
 * Agents' habits in a custom metric: a score of its own in the ledger, filled whenever the metric has been compared.
 */
import { round } from '../maths/rounding.ts';
import { AGENT_CELLS, cellOf, signOf } from './agent-key.ts';
import { copyCells, placeOf, unitOf, withMore } from './agent-ledger.ts';
import type { AgentLedger, CustomScore } from './agent-ledger.ts';

/**
 * Of one arm: the sum of the location scores (sixteenths) and of their squares (256ths), and by cell of agents
 * with their signs: cards that carry the metric, sum of scores.
 */
export interface CustomScores {
  readonly cards: number;
  readonly location: number;
  readonly locationSquares: number;
  readonly cells: readonly number[];
}

const SCALE = 16;

/** Adds a card with its score to the cell of an agent's key, in place. */
export function addToCells(cells: number[], key: number, score: number): void {
  const first = 2 * cellOf(key);
  while (cells.length < first + 2) cells.push(0);
  cells[first] = (cells[first] ?? 0) + signOf(key);
  cells[first + 1] = (cells[first + 1] ?? 0) + signOf(key) * score;
}

/** In what score of agents a custom metric is kept. */
export function customScore(name: string): CustomScore {
  return `custom ${name}`;
}

/** The ledger after a comparison of the custom metric. */
export function addCustomToLedger(
  ledger: AgentLedger,
  name: string,
  arms: { readonly baseline: CustomScores; readonly candidate: CustomScores },
): AgentLedger {
  const custom = customScore(name);
  const cards = arms.baseline.cards + arms.candidate.cards;
  const sum = (arms.baseline.location + arms.candidate.location) / SCALE;
  const cells = copyCells(ledger, AGENT_CELLS);
  const residualOf = (own: number, score: number): number =>
    Math.round(unitOf(custom) * (score / SCALE - (own * sum) / cards));
  for (const arm of ['baseline', 'candidate'] as const) {
    const { cells: seen } = arms[arm];
    for (let cell = 0; cell < seen.length / 2; cell++) {
      const [own = 0, score = 0] = [seen[2 * cell], seen[2 * cell + 1]];
      const place = placeOf(ledger, cell, custom);
      cells[place] = (cells[place] ?? 0) + residualOf(own, score);
    }
  }
  const squares = (arms.baseline.locationSquares + arms.candidate.locationSquares) / SCALE ** 2 - (sum * sum) / cards;
  const { cards: own, location } = arms.baseline;
  return {
    ...ledger,
    cells,
    residuals: withMore(ledger, ledger.residuals, custom, residualOf(own, location)),
    squares: withMore(ledger, ledger.squares, custom, round(Math.max(0, squares), 4)),
  };
}
