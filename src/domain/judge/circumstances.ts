/** What else a sentence may say: too few agents to know, proof at the planned end, and whether delivery or content moved. */
import { outcomeOf } from './bets.ts';
import { onTimeRate, shownRate } from './comparison.ts';
import type { Comparison } from './comparison.ts';
import type { DesignEffects } from './design-effect.ts';
import { rateText } from './figures.ts';
import type { PlannedEndAnswer } from './planned-end.ts';
import type { Guardrail } from '../plan/plan.ts';

export function fewAgentsClause({ tooFew, clusters }: DesignEffects): string | null {
  if (!tooFew) return null;
  return `one arm has the cards of about ${Math.max(1, Math.round(clusters))} agents, too few to tell their habits from the card's effect`;
}

/** How the guardrail of that index passed at the planned end. */
export function plannedEndClause({ n, scores, needed }: PlannedEndAnswer, index: number): string {
  return `proven at the planned end of the step at n ${n.candidate} / ${n.baseline} cards, ${(scores[index] ?? 0).toFixed(1)} standard deviations within the margin, needed ${needed.toFixed(1)}`;
}

/**
 * A card that comes late is dismissed for being late. If the arms differ at least half as much among the cards that came on time (no later
 * than 95 % of the baseline's), the content moved; if not, the delivery did.
 */
export function movedClause(guardrail: Guardrail, comparison: Comparison): string | null {
  const outcome = outcomeOf(guardrail.metric);
  if (outcome === null || outcome === 'undelivered') return null;
  const [all0, all1] = [shownRate(comparison, 'baseline', outcome), shownRate(comparison, 'candidate', outcome)];
  const [onTime0, onTime1] = [onTimeRate(comparison, 'baseline', outcome), onTimeRate(comparison, 'candidate', outcome)];
  if (all0 === null || all1 === null || onTime0 === null || onTime1 === null || all0 === all1) return null;
  const content = (onTime1 - onTime0) / (all1 - all0) >= 0.5;
  return `${content ? 'the content moved' : 'the delivery moved'}: among cards on time ${rateText(onTime1)} vs ${rateText(onTime0)}`;
}
