/**
 * The long watch: is a promoted version still what it was when it was promoted, and within its absolute limits?
 *
 * The chance of ever saying `harm` of one that is within its margins and limits is at most `alpha` over all cards and
 * tests together: alpha / k
 * for each of k enforced tests, of which a test against the record leaves half to the record's own error. Its cards are
 * bet on in
 * blocks of four, in order of arrival; a block ends early where its hour does, so when it ends depends on counts and
 * times alone.
 */
import { bet, noEvidence } from './betting.ts';
import { isBad } from './counting.ts';
import { hourOf, kindOfHour } from './hours.ts';
import type { Guardrail } from '../plan/plan.ts';
import type { LongWatchState, OwnRecord, TestEvidence, WatchedCard } from './types.ts';

/** Bets on larger blocks hold under more dependence and find less: eight cards take half as long again. */
const BLOCK = 4;

/** Nothing seen since the promotion. */
export function startLongWatch(record: OwnRecord): LongWatchState {
  return { kind: 'longWatchState', version: 1, evidence: record.tests.map(() => noEvidence), pending: [], cards: 0 };
}

/**
 * The state after these cards too; those that came before the promotion are passed over. The given state is left as it was.
 */
export function watchCards(record: OwnRecord, state: LongWatchState, cards: readonly WatchedCard[]): LongWatchState {
  let { evidence, pending } = state;
  const since = cards.filter((card) => arrivalOf(card) >= record.startedAtMs);
  for (const card of since) {
    const [first = card] = pending;
    if (hourOf(first.triggeredAtMs) !== hourOf(card.triggeredAtMs)) {
      evidence = betOn(record, evidence, pending);
      pending = [];
    }
    pending = [...pending, card];
    if (pending.length < BLOCK) continue;
    evidence = betOn(record, evidence, pending);
    pending = [];
  }
  return { ...state, evidence, pending, cards: state.cards + since.length };
}

/** Now is when it arrived: a clock that is behind keeps no card out, and brings none into the past. */
function arrivalOf({ arrivedAtMs, triggeredAtMs }: WatchedCard): number {
  return arrivedAtMs ?? triggeredAtMs;
}

/** All cards of a block lie within one hour. */
function betOn(
  record: OwnRecord,
  evidence: readonly TestEvidence[],
  block: readonly WatchedCard[],
): readonly TestEvidence[] {
  const [first] = block;
  if (first === undefined) return evidence;
  const kind = kindOfHour(first.triggeredAtMs);
  const elapsed = (arrivalOf(first) - record.startedAtMs) / Math.max(1, record.endsAtMs - record.startedAtMs);
  return evidence.map((gathered, i) => {
    const test = record.tests[i];
    const guardrail = test === undefined ? undefined : record.guardrails[test.guardrail];
    const bound = test?.seen[kind] ?? test?.unseen ?? null;
    return guardrail === undefined
      ? gathered
      : bet(gathered, { ...tally(guardrail, bound?.threshold ?? null, block), bound: bound?.share ?? 1, elapsed });
  });
}

function tally(
  guardrail: Guardrail,
  threshold: number | null,
  block: readonly WatchedCard[],
): { readonly cards: number; readonly bad: number } {
  let [cards, bad] = [0, 0];
  for (const card of block) {
    const isIt = isBad(guardrail, card, threshold);
    if (isIt === null) continue;
    cards++;
    if (isIt) bad++;
  }
  return { cards, bad };
}
