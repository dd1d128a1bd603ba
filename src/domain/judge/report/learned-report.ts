/** What was found among the cards of agents who know the candidate, as a part of a guardrail's report. */
import { shownFigure } from '../decision/compared-quantity.ts';
import { logSafe } from '../bets/evidence.ts';
import { engagementOf } from '../bets/on-time.ts';
import { rowText } from '../../metrics/format.ts';
import type { Learning } from '../../plan/learning.ts';
import { formatDuration } from '../../shared/duration.ts';
import { gatheredOf } from '../state.ts';
import type { JudgeMemory } from '../state.ts';
import type { GuardrailReport } from '../types.ts';
import type { Gathered } from '../bets/joint-harm.ts';
import { countText, oddsText } from './odds.ts';

/** The same guardrail as those cards have it; null where the plan does not ask, or it is not about engagement. */
export function learnedOf(
  memory: JudgeMemory,
  index: number,
): { readonly of: JudgeMemory; readonly gathered: Gathered } | null {
  const { learned } = memory;
  const guardrail = memory.guardrails[index];
  if (learned === null || guardrail === undefined || engagementOf(guardrail) === null) return null;
  const gathered = gatheredOf(learned.judge)[index];
  return gathered === undefined ? null : { of: learned.judge, gathered };
}

export function learnedReport(memory: JudgeMemory, index: number): GuardrailReport['learned'] {
  const { learning } = memory;
  const found = learnedOf(memory, index);
  if (found === null || learning === null) return undefined;
  const { of, gathered } = found;
  return {
    first: firstText(learning),
    decides: learning.do === 'leaveOut',
    baselineValue: shownFigure(gathered.guardrail, of.comparison, 'baseline'),
    candidateValue: shownFigure(gathered.guardrail, of.comparison, 'candidate'),
    logEvidence: { safe: logSafe(gathered.evidence, gathered.plan, of.design) },
    n: of.cards,
  };
}

/** `20 cards`, `2 d`. */
function firstText({ first }: Learning): string {
  return 'ms' in first ? formatDuration(first.ms) : `${first.cards} ${first.cards === 1 ? 'card' : 'cards'}`;
}

/** For people, beside a guardrail on engagement; null for any other. */
export function learnedText(row: GuardrailReport): string | null {
  const { learned } = row;
  if (learned === undefined) return null;
  const { first, decides, candidateValue, baselineValue, logEvidence, n } = learned;
  return (
    `after each agent's first ${first}${decides ? ' (what safe goes by)' : ''}: candidate ` +
    `${rowText(row, candidateValue)} vs baseline ${rowText(row, baselineValue)}, n ${countText(n.candidate)} / ` +
    `${countText(n.baseline)} cards, evidence of safety ${oddsText(logEvidence.safe)}`
  );
}
