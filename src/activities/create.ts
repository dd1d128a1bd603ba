/** The bag of activities a worker serves, each a closure over its ports. */
import { spreadRetries } from './backoff.ts';
import type { Jitter } from './failures.ts';
import { withFailures } from './failures.ts';
import { journalActivities } from './journal.ts';
import type { OrganisationDeps } from './organisation.ts';
import { organisationActivities } from './organisation.ts';
import { withPulse } from './pulse.ts';
import type { Activities } from './types.ts';
import type { ValidateDeps } from './validate.ts';
import { validate } from './validate.ts';
import type { WatchDeps } from './watch.ts';
import { watch } from './watch.ts';

export type ActivityDeps = OrganisationDeps & WatchDeps & ValidateDeps;

export function createActivities(deps: ActivityDeps, jitter: Jitter): Activities {
  const bag: Activities = {
    ...journalActivities(deps),
    ...organisationActivities(deps),
    validate: (input) => validate(deps, input),
    watch: (input) => watch(deps, input),
  };
  return mapCalls(bag, (call) => withPulse((input) => spreadRetries(withFailures(call, jitter)(input), jitter)));
}

type Call = (input: never) => Promise<unknown>;

/** Errors become failures here, and only here; every call beats while it runs, so a cancellation reaches it. */
function mapCalls(bag: Activities, wrap: (call: Call) => Call): Activities {
  return Object.fromEntries(Object.entries(bag).map(([name, call]) => [name, wrap(call as Call)])) as unknown as Activities;
}
