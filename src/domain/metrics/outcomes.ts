/** What became of a card, by when its events say that it did. */
import { RATES } from './index.ts';
import type { Outcome } from './index.ts';

const DEFINED = RATES.flatMap(({ outcome }) => (outcome === null ? [] : [outcome]));
export const OUTCOMES: readonly Outcome[] = DEFINED.map(({ name }) => name);
/** Of these one counts: the earliest, and of two at the same instant the first by name. */
export const ANSWERS: readonly Outcome[] = DEFINED.filter(({ isAnswer }) => isAnswer).map(({ name }) => name);

/** ms since the epoch by outcome, as far as they are known. */
export type OutcomeTimes = Readonly<Partial<Record<string, number>>>;

/** What counts of a card, in the order of OUTCOMES. */
export function outcomesOf(times: OutcomeTimes): readonly Outcome[] {
  const known = OUTCOMES.filter((name) => times[name] !== undefined);
  if (known.length < 2) return known;
  const [answer] = known
    .filter((name) => ANSWERS.includes(name))
    .toSorted((a, b) => (times[a] ?? 0) - (times[b] ?? 0) || (a < b ? -1 : 1));
  return known.filter((name) => name === answer || !ANSWERS.includes(name));
}

export function isAnswered(outcomes: readonly Outcome[]): boolean {
  return outcomes.some((name) => ANSWERS.includes(name));
}
