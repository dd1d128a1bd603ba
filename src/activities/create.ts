/** The bag of activities a worker serves, each a closure over its ports. */
import { Context } from '@temporalio/activity';
import { createRedactor } from '../domain/text/redact.ts';
import { spreadRetries } from './backoff.ts';
import type { Jitter } from './failures.ts';
import { withFailures } from './failures.ts';
import type { JournalDeps } from './journal.ts';
import { journalActivities } from './journal.ts';
import type { OrganisationDeps } from './organisation.ts';
import { organisationActivities } from './organisation.ts';
import { withHeartbeat } from './heartbeat.ts';
import { longWatch } from './long-watch.ts';
import { driftAlone } from './drift-watch.ts';
import type { Activities } from './types.ts';
import type { ValidateDeps } from './validate.ts';
import { validate } from './validate.ts';
import type { WatchDeps } from './watch.ts';
import { watch } from './watch.ts';

export type ActivityDeps = JournalDeps & OrganisationDeps & WatchDeps & ValidateDeps;

export function createActivities(deps: ActivityDeps, jitter: Jitter): Activities {
  const redact = deps.redact ?? createRedactor();
  const bag: Activities = {
    ...journalActivities({ ...deps, redact }),
    ...organisationActivities(deps),
    // The id of a rollout is that of its run.
    validate: (input) => validate(deps, input, Context.current().info.workflowExecution?.runId ?? null),
    watch: (input) => watch(deps, input),
    longWatch: (input) => longWatch({ ...deps, drift: driftAlone(deps) }, input),
  };
  return mapCalls(bag, (call) =>
    withHeartbeat((input) => spreadRetries(withFailures(call, jitter, redact)(input), jitter)),
  );
}

type Call = (input: never) => Promise<unknown>;

/** Errors become failures here, and only here; every call beats while it runs, so a cancellation reaches it. */
function mapCalls(bag: Activities, wrap: (call: Call) => Call): Activities {
  return Object.fromEntries(
    Object.entries(bag).map(([name, call]) => [name, wrap(call as Call)]),
  ) as unknown as Activities;
}
