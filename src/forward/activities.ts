/**
 * The one activity of forwarding. Temporal sees to it that one attempt at a time runs for a destination; a process that
 * slept through its own succession is kept from claiming by the name of the sender, which is new with every attempt.
 */
import { Context } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { policyDelayMs, spreadRetries } from '../activities/backoff.ts';
import type { Database } from '../store/database.ts';
import { enabledDestinations, takeOver } from '../store/destinations.ts';
import type { DestinationKind } from '../store/destinations.ts';
import { resumeMessages } from '../store/outbox.ts';
import { MessageSender } from './message-sender.ts';
import { startReports } from './reports.ts';
import type { ForwardLogger } from './reports.ts';
import type { Outlet } from './outlet.ts';
import type { ForwardSettings } from './settings.ts';
import type { ForwardActivities, SendOutcome } from './types.ts';

export interface ForwardDeps {
  readonly db: Database;
  readonly kind: DestinationKind;
  /** As they are now. */
  readonly outlets: () => readonly Outlet[];
  readonly now: () => number;
  /** 0 up to 1; spreads retries. */
  readonly random: () => number;
  readonly logger: ForwardLogger;
  readonly settings: ForwardSettings;
  /** Names this process beside the attempt. */
  readonly identity: string;
  /** This process ends, and another one goes on. */
  readonly closing: AbortSignal;
}

export function createForwardActivities(deps: ForwardDeps): ForwardActivities {
  return { send: ({ destination }) => spreadRetries(tell(deps, destination), deps.random) };
}

async function tell(deps: ForwardDeps, destination: string): Promise<SendOutcome> {
  try {
    return await send(deps, destination, Context.current());
  } catch (error) {
    if (error instanceof CancelledFailure) throw error;
    if (error instanceof ApplicationFailure) {
      deps.logger.warn(
        { destination, type: error.type, problem: error.message },
        'forwarding stops, and is tried again',
      );
      throw error;
    }
    deps.logger.error({ err: error, destination }, 'forwarding: the store is away');
    // What was sent and not stored goes out once more, under its id.
    throw failure('StoreAway', 'The store failed.', STORE_AWAY_MS);
  }
}

const ELSEWHERE_MS = 1_000;
const HAND_OVER_MS = 100;
const STORE_AWAY_MS = 1_000;

async function send(deps: ForwardDeps, name: string, context: Context): Promise<SendOutcome> {
  const { db, now, logger } = deps;
  const { attempt } = context.info;
  const outlet = deps.outlets().find((one) => one.name === name);
  if (outlet === undefined) {
    if (!(await enabledDestinations(db, deps.kind)).includes(name)) return 'removed';
    throw failure('DestinationUnknown', `This process is not configured for ${name}.`, ELSEWHERE_MS);
  }
  const sender = { destination: name, sender: `${deps.identity} ${attemptOf(context)}` };
  if (!(await takeOver(db, sender))) return 'removed';
  await resumeMessages(db, name, new Date(now()));
  logger.info({ destination: name, attempt }, 'forwarding');

  let removed = false;
  const unwanted = new AbortController();
  const signal = AbortSignal.any([deps.closing, context.cancellationSignal, unwanted.signal]);
  const minRestMs = policyDelayMs(deps.random);
  const messages = new MessageSender({ ...deps, outlet, sender, signal, probing: attempt > 1, minRestMs });
  const onUnwanted = (isRemoved: boolean): void => {
    removed = isRemoved;
    unwanted.abort();
  };
  const reports = startReports({ ...deps, sender, context, onUnwanted, takeFigures: () => messages.takeFigures() });
  try {
    const outcome = await messages.run();
    if (outcome !== null) return outcome;
  } finally {
    await reports.close();
  }
  if (removed) return 'removed';
  if (context.cancellationSignal.aborted && !deps.closing.aborted) throw context.cancellationSignal.reason;
  throw failure('HandOver', 'Another process goes on.', HAND_OVER_MS);
}

function attemptOf({ info }: Context): string {
  return `${info.workflowExecution?.runId ?? ''}/${info.activityId}/${info.attempt}`;
}

function failure(type: string, message: string, nextRetryDelay: number): ApplicationFailure {
  return ApplicationFailure.create({ type, message, nextRetryDelay });
}
