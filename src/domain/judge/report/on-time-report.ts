/** What was found among the cards that came on time, as a part of a guardrail's report. */
import { onTimeRate } from '../gathering/comparison.ts';
import { designEffectOf } from '../bets/evidence.ts';
import { thresholdOf } from '../maths/calibration.ts';
import { boundLog } from '../maths/log-math.ts';
import { engagementOf } from '../bets/on-time.ts';
import { logValueOf } from '../maths/onset-slots.ts';
import type { JudgeMemory } from '../state.ts';
import type { Guardrail } from '../../plan/plan.ts';
import type { OnTimeReport } from '../types.ts';

/** It stops nothing and promotes nothing, so it may speak earlier than a guardrail does. */
const ON_TIME_ALPHA = 0.05;
const EVEN = [0.5, 0.5] as const;

/** null for a guardrail that is not about engagement. */
export function onTimeReportOf(
  memory: JudgeMemory,
  guardrail: Guardrail,
  index: number,
  distrusted: boolean,
): OnTimeReport | null {
  const engaged = engagementOf(guardrail);
  const gathered = memory.onTime.engagement[index] ?? null;
  if (engaged === null || gathered === null) return null;
  const { comparison, design } = memory;
  const temper = designEffectOf(design, engaged);
  const logEvidence = design.tooFew
    ? { harm: 0, safe: 0 }
    : { harm: logValueOf(gathered.harm, EVEN, [temper, temper]), safe: boundLog(gathered.safe / temper) };
  const values = {
    baselineValue: onTimeRate(comparison, 'baseline', engaged),
    candidateValue: onTimeRate(comparison, 'candidate', engaged),
  };
  return {
    verdict: verdictOf(logEvidence, distrusted, values.baselineValue !== null),
    baselineValue: values.baselineValue,
    candidateValue: values.candidateValue,
    logEvidence,
    n: memory.onTime.n,
  };
}

function verdictOf(
  { harm, safe }: OnTimeReport['logEvidence'],
  distrusted: boolean,
  compared: boolean,
): OnTimeReport['verdict'] {
  if (distrusted) return 'untrusted';
  if (!compared) return 'noData';
  if (harm >= thresholdOf(ON_TIME_ALPHA)) return 'harm';
  return safe >= thresholdOf(ON_TIME_ALPHA) ? 'safe' : 'undecided';
}

export interface Lateness {
  /** The candidate's cards are late or missing more often than the baseline's. */
  readonly proven: boolean;
  /** Shares 0..1 of late or missing cards; null without data. */
  readonly baseline: number | null;
  readonly candidate: number | null;
}

export function latenessOf({ onTime: { late, lateShare }, design }: JudgeMemory): Lateness {
  const temper = designEffectOf(design, 'tail');
  const { weight } = lateShare;
  return {
    proven: !design.tooFew && logValueOf(late, EVEN, [temper, temper]) >= thresholdOf(ON_TIME_ALPHA),
    baseline: weight === 0 ? null : lateShare.baseline / weight,
    candidate: weight === 0 ? null : lateShare.candidate / weight,
  };
}
