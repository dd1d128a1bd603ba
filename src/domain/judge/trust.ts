import { rounded, rateText, oddsText } from './figures.ts';
import { hasLost, LOST_OUTCOMES_ALPHA } from './lost-outcomes.ts';
import type { ArmLoss } from './lost-outcomes.ts';
import { isRatioBroken, SAMPLE_RATIO_ALPHA } from './sample-ratio.ts';
import type { JudgeMemory } from './state.ts';

/** Why the data cannot be trusted, in one clause; null when nothing speaks against them. */
export function distrustOf(memory: JudgeMemory): string | null {
  if (isRatioBroken(memory.sampleRatio)) return ratioClause(memory);
  return lostClause(memory);
}

/** How strongly the data speak against themselves, ln: of the sample ratio and of lost outcomes, whichever is more. */
export function distrustEvidence({ sampleRatio, lost }: JudgeMemory): number {
  return Math.max(sampleRatio.peak, lost.baseline.peak, lost.candidate.peak);
}

/**
 * A jump in the candidate alone is harm where undelivered cards are guarded against; anywhere else events are being
 * lost.
 */
function lostClause({ lost, guardrails }: JudgeMemory): string | null {
  const guarded = guardrails.some(({ metric, mode }) => metric === 'undeliveredRate' && mode === 'enforce');
  const [baseline, candidate] = [hasLost(lost.baseline), hasLost(lost.candidate)];
  if (!baseline && (!candidate || guarded)) return null;
  const arms = [
    ...(candidate ? [armLossClause('candidate', lost.candidate)] : []),
    ...(baseline ? [armLossClause('baseline', lost.baseline)] : []),
  ];
  return (
    `cards that nothing is heard of after they were triggered jumped: ${arms.join(', ')}; usual are ` +
    `${rateText(lost.usual ?? 0)}, limit 1:${rounded(2 / LOST_OUTCOMES_ALPHA)}`
  );
}

function armLossClause(arm: string, { recent, peak }: ArmLoss): string {
  return (
    `${arm} ${rateText(recent.lost / recent.cards)} of the last ${rounded(recent.cards)}, evidence ` + oddsText(peak)
  );
}

function ratioClause(memory: JudgeMemory): string {
  const { firstCards, candidate, expected, peak } = memory.sampleRatio;
  return (
    `the arms do not get the conversations that the split asks for: candidate ${rounded(candidate)} of ` +
    `${rounded(firstCards)} conversations` +
    ` (${rateText(candidate / firstCards)}), asked ${rateText(expected / firstCards)}, evidence ` +
    `${oddsText(peak)}, limit 1:${rounded(1 / SAMPLE_RATIO_ALPHA)}`
  );
}
