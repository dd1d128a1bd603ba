import { bettingPlanOf, outcomeOf } from './bets.ts';
import { shownLatencyMs, shownRate } from './comparison.ts';
import { isHarm, logHarm, logSafe, thresholdOf } from './evidence.ts';
import type { GuardrailEvidence } from './evidence.ts';
import { statisticOf } from './latency-bets.ts';
import { worsened } from './margin.ts';
import { guardrailSentence, overallSentence } from './sentences.ts';
import { memoryOf } from './state.ts';
import type { JudgeMemory } from './state.ts';
import { distrustOf } from './trust.ts';
import type { Guardrail } from '../plan/plan.ts';
import type { Arm, ArmCounts, GuardrailReport, JudgeReport, JudgeState, Verdict } from './types.ts';

/** What the judge says now. Throws JudgeStateError for a state that is not the judge's. */
export function reportOf(state: JudgeState): JudgeReport {
  const memory = memoryOf(state);
  const distrust = distrustOf(memory);
  const guardrails = memory.guardrails.flatMap((guardrail, i) => {
    const evidence = memory.evidence[i];
    return evidence === undefined ? [] : [reportGuardrail(memory, guardrail, evidence, distrust)];
  });
  const verdict = overallVerdict(guardrails, distrust !== null, memory.cards);
  return { verdict, reason: overallSentence(verdict, guardrails, memory.cards, distrust), guardrails, n: memory.cards };
}

function reportGuardrail(memory: JudgeMemory, guardrail: Guardrail, evidence: GuardrailEvidence, distrust: string | null): GuardrailReport {
  const plan = bettingPlanOf(guardrail);
  const latency = outcomeOf(guardrail.metric) === null;
  const baselineValue = valueOf(memory, guardrail, 'baseline');
  const candidateValue = valueOf(memory, guardrail, 'candidate');
  const compared = baselineValue !== null && candidateValue !== null;
  const logEvidence = { harm: logHarm(evidence, plan, guardrail), safe: logSafe(evidence, plan) };
  const report = {
    metric: guardrail.metric,
    ...(latency ? { statistic: statisticOf(guardrail) } : {}),
    mode: guardrail.mode,
    verdict: verdictOf(guardrail, evidence, logEvidence.safe, distrust !== null, compared),
    baselineValue,
    candidateValue,
    limit: baselineValue === null ? null : worsened(guardrail, baselineValue),
    logEvidence,
    n: latency ? memory.delivered : memory.cards,
  };
  return { ...report, sentence: guardrailSentence(guardrail, report, distrust) };
}

function verdictOf(guardrail: Guardrail, evidence: GuardrailEvidence, safe: number, distrusted: boolean, compared: boolean): Verdict {
  if (isHarm(evidence, guardrail)) return 'harm';
  if (distrusted) return 'untrusted';
  if (!compared) return 'noData';
  return safe >= thresholdOf(guardrail.alpha) ? 'safe' : 'undecided';
}

/** Without an enforced guardrail nothing can be proven: undecided, never safe. */
function overallVerdict(guardrails: readonly GuardrailReport[], distrusted: boolean, cards: ArmCounts): Verdict {
  const enforced = guardrails.filter((guardrail) => guardrail.mode === 'enforce').map((guardrail) => guardrail.verdict);
  if (enforced.includes('harm')) return 'harm';
  if (distrusted) return 'untrusted';
  if (cards.baseline === 0 || cards.candidate === 0 || enforced.includes('noData')) return 'noData';
  return enforced.length > 0 && enforced.every((verdict) => verdict === 'safe') ? 'safe' : 'undecided';
}

function valueOf(memory: JudgeMemory, guardrail: Guardrail, arm: Arm): number | null {
  const outcome = outcomeOf(guardrail.metric);
  if (outcome === null) return shownLatencyMs(memory.comparison, arm, statisticOf(guardrail));
  return shownRate(memory.comparison, arm, outcome);
}
