/**
 * Agents' habits in a custom metric: one more column of the ledger for each custom metric of the plan, filled whenever the metric has
 * been compared.
 */
import { FIRST_LEVEL_SCORE, emptyLedger, unitOf } from './agent-ledger.ts';
import type { AgentLedger, AgentRecord } from './agent-ledger.ts';

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
const BEFORE_SCORES = 3;

export function ledgerFor(levels: number): AgentLedger {
  const zeros = Array.from({ length: FIRST_LEVEL_SCORE + levels }, () => 0);
  return { ...emptyLedger, residuals: { baseline: zeros, candidate: zeros }, squares: zeros };
}

/** The ledger after a comparison of the plan's custom metric number `place` (0, 1, ...). */
export function addCustomToLedger(
  ledger: AgentLedger,
  place: number,
  arms: { readonly baseline: CustomScores; readonly candidate: CustomScores },
): AgentLedger {
  const score = FIRST_LEVEL_SCORE + place;
  const cards = arms.baseline.cards + arms.candidate.cards;
  const sum = (arms.baseline.location + arms.candidate.location) / SCALE;
  const agents: Record<string, AgentRecord> = { ...ledger.agents };
  const residuals = { baseline: [...ledger.residuals.baseline], candidate: [...ledger.residuals.candidate] };
  for (const arm of ['baseline', 'candidate'] as const) {
    for (const [drawer, [own, location]] of Object.entries(arms[arm].agents)) {
      const residual = Math.round(unitOf(score) * (location / SCALE - (own * sum) / cards));
      agents[drawer] = withAdded(
        agents[drawer] ?? [],
        BEFORE_SCORES + score,
        BEFORE_SCORES + ledger.squares.length,
        residual,
      );
      residuals[arm][score] = (residuals[arm][score] ?? 0) + residual;
    }
  }
  const squares = (arms.baseline.locationSquares + arms.candidate.locationSquares) / SCALE ** 2 - (sum * sum) / cards;
  return {
    ...ledger,
    agents,
    residuals,
    squares: withAdded(ledger.squares, score, ledger.squares.length, Math.max(0, squares)),
  };
}

function withAdded(values: readonly number[], at: number, length: number, added: number): readonly number[] {
  return Array.from({ length }, (_, i) => (values[i] ?? 0) + (i === at ? added : 0));
}
