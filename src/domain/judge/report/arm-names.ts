/** What people call the two arms; the one in which no card is shown is no version. */
import type { Arm } from '../types.ts';

export function armName(arm: Arm, noCard: Arm | null | undefined): string {
  return arm === noCard ? 'no card' : arm;
}

/** What is counted: cards, or conversations where an arm has no cards. */
export function countedThing(noCard: Arm | null | undefined): string {
  return noCard == null ? 'cards' : 'conversations';
}
