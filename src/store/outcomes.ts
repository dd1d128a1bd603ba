/** The outcomes of a card in SQL: `outcomes` of an exposure holds when each was first told, ms since the epoch. */
import type { Outcome, UntoldRateName } from '../domain/metrics/index.ts';
import { RATES } from '../domain/metrics/index.ts';
import { ANSWERS } from '../domain/metrics/outcomes.ts';

/** Does the exposure `e` count as the outcome? The same as outcomesOf of the domain. */
export function hasOutcome(outcome: Outcome, e: string): string {
  const at = (name: Outcome): string => `(${e}.outcomes->>'${name}')::float8`;
  const rivals = ANSWERS.includes(outcome) ? ANSWERS.filter((name) => name !== outcome) : [];
  const isFirst = rivals.map(
    (rival) => `((${e}.outcomes ? '${rival}') is false or (${at(outcome)}, '${outcome}') < (${at(rival)}, '${rival}'))`,
  );
  return [`${e}.outcomes ? '${outcome}'`, ...isFirst].join(' and ');
}

/** Of rates that no event tells. */
const UNTOLD: Readonly<Record<UntoldRateName, (e: string) => string>> = {
  undeliveredRate: (e) => `${e}.rendered_at is null`,
};

/** How many of the exposures count towards each rate: columns by the rates' names. */
export function rateCounts(e: string): string {
  return RATES.map(({ name, outcome }) => {
    const counts = outcome === null ? UNTOLD[name as UntoldRateName](e) : hasOutcome(outcome.name, e);
    return `count(*) filter (where ${counts}) as "${name}"`;
  }).join(', ');
}
