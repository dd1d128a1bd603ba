/** The bag of activities a worker serves, each a closure over its ports. */
import { Context } from '@temporalio/activity';
import { createRedactor } from '../domain/text/redact.ts';
import { authorise } from './authorise.ts';
import type { AuthoriseDeps, AuthoriseInput } from './authorise.ts';
import type { Jitter } from './failures.ts';
import type { JournalDeps } from './journal.ts';
import { journalActivities } from './journal.ts';
import type { OrganisationDeps } from './organisation.ts';
import { organisationActivities } from './organisation.ts';
import { serveWith } from './served.ts';
import { isRestoring } from '../store/guardian.ts';
import { askRegistry } from '../store/registry.ts';
import type { FindUndoDeps, FindUndoInput } from './find-undo.ts';
import { findUndo } from './find-undo.ts';
import type { RegistryQuestion } from '../domain/registry/question.ts';
import { askHook } from './hook.ts';
import type { HookDeps } from './hook.ts';
import type { HookQuestion } from '../hooks/hooks.ts';
import { lookAround } from './look-around.ts';
import type { Plan } from '../domain/plan/plan.ts';
import { longWatch } from './long-watch.ts';
import { driftAlone } from './drift-watch.ts';
import type { LongWatchInput } from './long-watch-types.ts';
import type { ValidateInput, WatchInput } from './types.ts';
import { calendarActivities } from './calendar.ts';
import type { CalendarDeps } from './calendar.ts';
import type { ValidateDeps } from './validate.ts';
import { validate } from './validate.ts';
import type { WatchDeps } from './watch.ts';
import { watch } from './watch.ts';

export type ActivityDeps = CalendarDeps &
  JournalDeps &
  OrganisationDeps &
  WatchDeps &
  ValidateDeps &
  AuthoriseDeps &
  HookDeps &
  FindUndoDeps;

export type Activities = ReturnType<typeof createActivities>;

export function createActivities(deps: ActivityDeps, jitter: Jitter) {
  const redact = deps.redact ?? createRedactor();
  const journal = journalActivities({ ...deps, redact });
  const organisation = organisationActivities(deps);
  const calendar = calendarActivities({ ...deps, redact });

  const served = serveWith(jitter, redact);

  return {
    authorise: served((input: AuthoriseInput) => authorise(deps, input)),
    isRestoring: served(({ rolloutId }: { readonly rolloutId: string }) => isRestoring(deps.db, rolloutId)),
    open: served(journal.open),
    record: served(journal.record),
    validate: served((input: ValidateInput) =>
      // The id of a rollout is that of its run.
      validate(deps, input, Context.current().info.workflowExecution?.runId ?? null),
    ),
    ensureExport: served(organisation.ensureExport),
    deploy: served(organisation.deploy),
    applySplit: served(organisation.applySplit),
    retireBaseline: served(organisation.retireBaseline),
    rollBack: served(organisation.rollBack),
    confirmQuiet: served(organisation.confirmQuiet),
    watch: served((input: WatchInput) => watch(deps, input)),
    askHook: served((question: HookQuestion) => askHook(deps, question, jitter)),
    findUndo: served((input: FindUndoInput) => findUndo(deps, input)),
    askRegistry: served((question: RegistryQuestion) => askRegistry(deps.db, question)),
    lookAround: served((plan: Plan) => lookAround(deps, plan)),
    calendar: served(calendar.calendar),
    awaitCalendar: served(calendar.awaitCalendar),
    startTime: served(calendar.startTime),
    countHours: served(calendar.countHours),
    awaitHours: served(calendar.awaitHours),
    changeFreeze: served(calendar.changeFreeze),
    listFreezes: served(calendar.listFreezes),
    longWatch: served((input: LongWatchInput) => longWatch({ ...deps, drift: driftAlone(deps) }, input)),
  };
}
