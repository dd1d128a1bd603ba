/**
 * Agents' habits in a custom metric: a score of its own in the ledger, filled whenever the metric has been compared.
 */
import { AGENT_CELLS, cellOf, signOf } from './agent-key.ts';
import { copyCells, placeOf, unitOf, withMore } from './agent-ledger.ts';
import type { AgentLedger, CustomScore } from './agent-ledger.ts';

/**
 * Of one arm: the sum of the location scores (sixteenths) and of their squares (256ths), and by agent: cards that carry
 * the metric, sum of scores.
 */
export interface CustomScores {
  readonly cards: number;
  readonly location: number;
  readonly locationSquares: number;
  readonly agents: Readonly<Record<string, readonly [cards: number, location: number]>>;
}

const SCALE = 16;

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
  const score = customScore(name);
  const cards = arms.baseline.cards + arms.candidate.cards;
  const sum = (arms.baseline.location + arms.candidate.location) / SCALE;
  const cells = copyCells(ledger, AGENT_CELLS);
  const sums = { baseline: 0, candidate: 0 };
  for (const arm of ['baseline', 'candidate'] as const) {
    for (const [key, [own, location]] of Object.entries(arms[arm].agents)) {
      const residual = Math.round(unitOf(score) * (location / SCALE - (own * sum) / cards));
      const place = placeOf(ledger, cellOf(Number(key)), score);
      cells[place] = (cells[place] ?? 0) + signOf(Number(key)) * residual;
      sums[arm] += residual;
    }
  }
  const squares = (arms.baseline.locationSquares + arms.candidate.locationSquares) / SCALE ** 2 - (sum * sum) / cards;
  const { residuals } = ledger;
  return {
    ...ledger,
    cells,
    residuals: {
      baseline: withMore(ledger, residuals.baseline, score, sums.baseline),
      candidate: withMore(ledger, residuals.candidate, score, sums.candidate),
    },
    squares: withMore(ledger, ledger.squares, score, Math.max(0, squares)),
  };
}
