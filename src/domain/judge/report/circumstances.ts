/**
 * What else a sentence may say: too few agents to know, proof at the planned end, and whether delivery or content
 * moved.
 */
import type { DesignEffects } from '../clusters/design-effect.ts';
import { rateText } from '../../metrics/format.ts';
import { enforcedAlpha } from '../bets/joint-harm.ts';
import type { JointHarm } from '../bets/joint-harm.ts';
import { harmThresholdOf } from '../maths/calibration.ts';
import type { Guardrail } from '../../plan/plan.ts';
import { oddsText } from './odds.ts';
import type { Lateness } from './on-time-report.ts';
import type { GuardrailReport, OnTimeReport, PlannedEndAnswer } from '../types.ts';

export function fewAgentsClause({ tooFew, clusters }: DesignEffects): string | null {
  if (!tooFew) return null;
  return (
    `one arm has the cards of about ${Math.max(1, Math.round(clusters))} agents, too few to tell their habits ` +
    `from the card's effect`
  );
}

/** How the guardrail of that index passed at the planned end. */
export function plannedEndClause({ n, scores, needed, withoutHabits }: PlannedEndAnswer, index: number): string {
  const known = withoutHabits?.[index] ?? null;
  const habits = known === null ? '' : ` (${rateText(known)} but for what its agents were like before the rollout)`;
  return (
    `proven at the planned end of the step at n ${n.candidate} / ${n.baseline} cards, ` +
    `${(scores[index] ?? 0).toFixed(1)} standard deviations within the margin${habits}, needed ${needed.toFixed(1)}`
  );
}

/** Why the leading one is harm without enough evidence of its own; null where it stands alone. */
export function togetherClause({ peak }: JointHarm, guardrails: readonly Guardrail[]): string | null {
  const enforced = guardrails.filter(({ mode }) => mode === 'enforce').length;
  if (enforced < 2) return null;
  const budget = enforcedAlpha(guardrails);
  return (
    `the ${enforced} enforced guardrails fell together, under the budget of harm that they share: evidence of all ` +
    `${oddsText(peak - Math.log(budget))} (needed ${oddsText(harmThresholdOf(budget, budget))})`
  );
}

/** For people, beside a guardrail on engagement; null for any other, and without data. */
export function onTimeText({ onTime }: GuardrailReport): string | null {
  if (onTime === undefined || onTime.verdict === 'noData') return null;
  const { verdict, candidateValue, baselineValue, n, logEvidence } = onTime;
  return (
    `among cards on time ${verdict}: candidate ${shareText(candidateValue)} vs baseline ` +
    `${shareText(baselineValue)}, n ${n.candidate} / ${n.baseline} cards,` +
    ` evidence of harm ${oddsText(logEvidence.harm)}, of safety ${oddsText(logEvidence.safe)}`
  );
}

/**
 * Which of the two moved, from the verdicts among the cards on time and on being late: content where engagement is
 * worse on time too,
 * delivery where cards are late or missing more often and engagement on time does not show it, and neither as long as
 * neither is proven.
 */
export function movedClause(onTime: OnTimeReport, lateness: Lateness): string {
  if (onTime.candidateValue === null || lateness.candidate === null) return NOT_YET;
  const among = `among cards on time ${shareText(onTime.candidateValue)} vs ${shareText(onTime.baselineValue)}`;
  const late = `late or missing ${shareText(lateness.candidate)} vs ${shareText(lateness.baseline)}`;
  if (onTime.verdict === 'harm')
    return lateness.proven ? `the content moved, and the delivery: ${among}, ${late}` : `the content moved: ${among}`;
  if (!lateness.proven) return `${NOT_YET}: ${among}, ${late}`;
  if (onTime.verdict === 'safe') return `the delivery moved, not the content: ${late}, ${among}`;
  return `the delivery moved: ${late}; whether the content did too cannot be told yet: ${among}`;
}

const NOT_YET = 'whether delivery or content moved cannot be told yet';

function shareText(share: number | null): string {
  return share === null ? 'unknown' : rateText(share);
}
