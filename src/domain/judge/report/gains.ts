/** Whether the candidate is better, and by the plan's goal: beside the verdict, which none of it changes. */
import { logGains } from '../bets/evidence.ts';
import type { Gathered } from '../bets/joint-harm.ts';
import { goalProvenAtPlannedEnd } from '../decision/planned-end.ts';
import { thresholdOf } from '../maths/calibration.ts';
import { goalTimes, worsen } from '../maths/margin.ts';
import { marginText, rowText } from '../../metrics/format.ts';
import { guardrailLabel } from '../../plan/guardrail-label.ts';
import type { Guardrail } from '../../plan/plan.ts';
import type { JudgeMemory } from '../state.ts';
import type { GuardrailReport, JudgeReport, Verdict } from '../types.ts';
import { oddsText } from './odds.ts';

export type Gains = Pick<GuardrailReport, 'better' | 'goal'>;

/** Nothing is said of data that are broken or not there, nor of a guardrail that says harm. */
export function gainsOf(
  memory: JudgeMemory,
  { guardrail, plan, evidence, design }: Gathered & Pick<JudgeMemory, 'design'>,
  {
    index,
    verdict,
    baselineValue,
  }: { readonly index: number; readonly verdict: Verdict; readonly baselineValue: number | null },
): Gains {
  const needed = thresholdOf(guardrail.alpha);
  const { better, goal } = logGains(evidence, plan, design);
  const isSaid = verdict === 'safe' || verdict === 'undecided';
  const times = goalTimes(guardrail);
  return {
    ...(isSaid && better >= needed && { better: { logEvidence: better } }),
    ...(goal !== null &&
      times !== null && {
        goal: {
          value: baselineValue === null ? null : worsen(guardrail, baselineValue, -times),
          proven: isSaid && (goal >= needed || goalProvenAtPlannedEnd(memory, index)),
          logEvidence: goal,
        },
      }),
  };
}

/** All goals of the plan together; absent where it has none. */
export function goalsOf(guardrails: readonly GuardrailReport[]): Pick<JudgeReport, 'goals'> {
  const goals = guardrails.flatMap(({ goal }) => goal ?? []);
  return goals.length === 0 ? {} : { goals: goals.every(({ proven }) => proven) ? 'proven' : 'open' };
}

/** "; proven better than the baseline, evidence 1:900; goal 21.0 % (5 % higher) not proven, 1:4 (needed 1:100)". */
export function gainsClause(
  guardrail: Guardrail,
  report: GuardrailReport | Omit<GuardrailReport, 'sentence'>,
  than: string,
): string {
  const { better, goal } = report;
  const isBetter = better === undefined ? '' : `; proven better than ${than}, evidence ${oddsText(better.logEvidence)}`;
  if (goal === undefined || guardrail.goal === undefined) return isBetter;
  const margin = { kind: guardrail.margin.kind, value: guardrail.goal };
  const by = marginText({ metric: guardrail.metric, unit: guardrail.unit, margin });
  const said = goal.proven
    ? goal.logEvidence >= thresholdOf(guardrail.alpha)
      ? `proven, evidence ${oddsText(goal.logEvidence)}`
      : 'proven at the planned end of the step'
    : `not proven, evidence ${oddsText(goal.logEvidence)} (needed ${oddsText(thresholdOf(guardrail.alpha))})`;
  const side = guardrail.worseWhen === 'higher' ? 'lower' : 'higher';
  return `${isBetter}; goal ${rowText(report, goal.value)} (${by} ${side}) ${said}`;
}

/** For the sentence on all of them: "; proven better: acceptanceRate; goal not proven: handleTime p50". */
export function allGainsClause(guardrails: readonly GuardrailReport[]): string {
  const named = (holds: (row: GuardrailReport) => boolean): string =>
    guardrails.filter(holds).map(guardrailLabel).join(', ');
  const better = named((row) => row.better !== undefined);
  const open = named(({ goal }) => goal?.proven === false);
  const reached = named(({ goal }) => goal?.proven === true);
  return [
    ...(better === '' ? [] : [`; proven better: ${better}`]),
    ...(reached === '' ? [] : [`; goal proven: ${reached}`]),
    ...(open === '' ? [] : [`; goal not proven: ${open}`]),
  ].join('');
}
