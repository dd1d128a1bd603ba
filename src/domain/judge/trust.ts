import { rounded, rateText, oddsText } from './figures.ts';
import { isRatioBroken, SAMPLE_RATIO_ALPHA } from './sample-ratio.ts';
import type { JudgeMemory } from './state.ts';

/** At-least-once delivery doubles an event now and then; more than one a card means that the source itself is broken. */
const MOST_DUPLICATES_PER_CARD = 1;
const LEAST_CARDS = 500;

/** Why the data cannot be trusted, in one clause; null when nothing speaks against them. */
export function distrustOf(memory: JudgeMemory): string | null {
  if (isRatioBroken(memory.sampleRatio)) return ratioClause(memory);
  const cards = memory.cards.baseline + memory.cards.candidate;
  if (cards < LEAST_CARDS || memory.duplicates <= MOST_DUPLICATES_PER_CARD * cards) return null;
  return `${rounded(memory.duplicates)} duplicated or late events for ${rounded(cards)} cards, more than one a card`;
}

function ratioClause(memory: JudgeMemory): string {
  const { firstCards, candidate, expected, peak } = memory.sampleRatio;
  return `the arms do not get the conversations that the split asks for: candidate ${rounded(candidate)} of ${rounded(firstCards)} conversations`
    + ` (${rateText(candidate / firstCards)}), asked ${rateText(expected / firstCards)}, evidence ${oddsText(peak)}, limit 1:${rounded(1 / SAMPLE_RATIO_ALPHA)}`;
}
