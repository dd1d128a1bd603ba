/** Whoever is about to write asks whether Temporal still waits for this attempt of the activity. */
import type { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { ConfirmCurrent } from '../genesys/http.ts';
import { currentContext, detailsOf } from './heartbeat.ts';

export interface ConfirmDeps {
  /** Answered by the server: rejects with `ActivityNotFoundError` where it waits for another attempt, or for none. */
  readonly heartbeat: (taskToken: Uint8Array, details: unknown) => Promise<void>;
  /** Ms; it counts the time in which the process or the machine was stopped. */
  readonly clock: () => number;
}

/** Less than any heartbeat timeout of an activity that writes: until then no other attempt can have begun. */
const FRESH_MS = 1000;

/**
 * A task may be delivered to a process that sleeps, and begin when others have long done its work: what it reads then is
 * fresh, what it was told to write is not, so no conditional write refuses it. Where Temporal does not answer, only the
 * way to safety goes on. Outside of an activity there is nothing to ask.
 */
export function createConfirmCurrent({ heartbeat, clock }: ConfirmDeps): ConfirmCurrent {
  const confirmedAt = new WeakMap<Context, number>();
  return async (urgency) => {
    const context = currentContext();
    if (context === null) return;
    const askedAt = clock();
    if (askedAt - (confirmedAt.get(context) ?? Number.NEGATIVE_INFINITY) < FRESH_MS) return;
    try {
      await heartbeat(context.info.taskToken, detailsOf(context));
    } catch (error) {
      if (isOver(error)) throw outlived(context);
      if (urgency !== 'safety') throw error;
      return;
    }
    confirmedAt.set(context, askedAt);
  };
}

function isOver(error: unknown): boolean {
  return error instanceof Error && error.name === 'ActivityNotFoundError';
}

/** Nobody hears it but the log of this process. */
function outlived({ info }: Context): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    `Attempt ${info.attempt} of ${info.activityType} is not waited for any more: another has its place. It writes nothing.`,
    'AttemptOutlived',
  );
}
