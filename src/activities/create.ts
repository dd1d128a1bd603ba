/** The bag of activities a worker serves, each a closure over its ports. */
import { preflight } from '../domain/preflight/preflight.ts';
import { withFailures } from './failures.ts';
import { journalActivities } from './journal.ts';
import type { OrganisationDeps } from './organisation.ts';
import { organisationActivities } from './organisation.ts';
import type { Activities } from './types.ts';
import type { WatchDeps } from './watch.ts';
import { watch } from './watch.ts';

export type ActivityDeps = OrganisationDeps & WatchDeps;

export function createActivities(deps: ActivityDeps): Activities {
  const organisation = organisationActivities(deps);
  return {
    ...journalActivities(deps),
    ...mapped(organisation),
    validate: ({ plan }) => Promise.resolve({ problems: preflight(plan) }),
    watch: (input) => watch(deps, input),
  };
}

/** Errors of the organisation become failures here, and only here. */
function mapped<Bag extends object>(bag: Bag): Bag {
  return Object.fromEntries(Object.entries(bag).map(([name, call]) => [name, withFailures(call as (input: never) => Promise<unknown>)])) as Bag;
}

