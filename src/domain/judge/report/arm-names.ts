/** What people call the two arms; the one in which no card is shown is no version. */
import type { Arm, JudgeReport } from '../types.ts';

export function armName(arm: Arm, noCard: Arm | null | undefined): string {
  return arm === noCard ? 'no card' : arm;
}

/** What is counted: cards, or conversations where an arm has no cards. */
export function countedThing(noCard: Arm | null | undefined): string {
  return noCard == null ? 'cards' : 'conversations';
}

/** One of what is counted in the arm. */
export function armCard(arm: Arm, noCard: Arm | null | undefined): string {
  return arm === noCard ? 'card-free conversation' : `${arm} card`;
}

/** "120 candidate and 80 baseline cards"; "120 candidate cards and 80 card-free conversations". */
export function countsText({ n, noCard }: Pick<JudgeReport, 'n' | 'noCard'>): string {
  return noCard === undefined
    ? `${n.candidate} candidate and ${n.baseline} baseline cards`
    : `${n.candidate} ${armCard('candidate', noCard)}s and ${n.baseline} ${armCard('baseline', noCard)}s`;
}
