/**
 * The cards of agents who know the candidate: all but those that an agent had before so many cards of the candidate, or
 * so long after the first of them. The baseline's cards of the same agent and time are left out with them, so that both
 * arms are of the same agents at the same times: whoever gets more cards knows the candidate sooner, and may differ from
 * the others for reasons of their own. Whether a card counts is known before it is shown, from arms and times alone, so
 * what is compared stays as exchangeable as all cards are.
 *
 * Where agents are divided and not conversations, nobody has both; then an agent's first cards of its own arm are left
 * out, in both arms alike.
 *
 * Agents are kept in cells, each of them a small number, which bounds the state. Who shares a cell counts as one, and so
 * as knowing the candidate a little too soon: some of the learning then stays in, and no arm is preferred by it.
 */
import type { Learning } from '../../plan/learning.ts';
import type { Card, Look } from '../types.ts';
import { hashOf } from './agent-key.ts';

const CELLS = 4096;
const SECOND = 1000;

/** Of each cell: cards of the candidate so far, up to those that are left out; or the second of the first, from 1 on. */
export type Acquaintance = readonly number[];

export const nobodyKnows: Acquaintance = Array.from({ length: CELLS }, () => 0);

export function takeLearned(
  known: Acquaintance,
  look: Look,
  { first }: Learning,
): { readonly known: Acquaintance; readonly cards: readonly Card[] } {
  const cells = [...known];
  const nowSeconds = Math.floor(look.atMs / SECOND) + 1;
  const cards = look.cards.filter((card) => {
    const cell = hashOf(card.agent) % CELLS;
    const before = cells[cell] ?? 0;
    const isFirst = 'cards' in first ? before < first.cards : before === 0 || (nowSeconds - before) * SECOND < first.ms;
    if (card.arm === 'candidate' || look.dividesOthers === true) {
      if ('ms' in first) cells[cell] = before === 0 ? nowSeconds : before;
      else if (isFirst) cells[cell] = before + 1;
    }
    return !isFirst;
  });
  return { known: cells, cards };
}
