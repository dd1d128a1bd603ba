/**
 * The schedule that starts the guardian every minute. Whoever pauses or deletes it gets it back from the next worker
 * that looks.
 */
import type { Client, ScheduleDescription, ScheduleOptions } from '@temporalio/client';
import { ScheduleAlreadyRunning, ScheduleNotFoundError, ScheduleOverlapPolicy } from '@temporalio/client';
import type { Logger } from '../telemetry/logger.ts';
import { GUARDIAN_WORKFLOW, ROLLOUTS_QUEUE } from '../workflows/messages.ts';

export const GUARDIAN_SCHEDULE = 'assist-rollouts-guardian';

const EVERY_MS = 60_000;
/** The shortest that a server takes: a look that was missed is not made up for, the next one sees the same. */
const CATCH_UP_MS = 10_000;
/** A run that is stuck (paused by hand, say) must not keep the next ones out for long. */
const MAX_RUN_MS = 180_000;

const WANTED = {
  spec: { intervals: [{ every: EVERY_MS }] },
  action: {
    type: 'startWorkflow',
    workflowType: GUARDIAN_WORKFLOW,
    workflowId: 'guardian',
    taskQueue: ROLLOUTS_QUEUE,
    args: [],
    workflowExecutionTimeout: MAX_RUN_MS,
    staticSummary: 'looks for splits that nobody watches',
  },
  policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: CATCH_UP_MS, pauseOnFailure: false },
} as const satisfies Omit<ScheduleOptions, 'scheduleId'>;

/** Any number of workers may do this at once: one creates it, and what differs is put right. */
export async function ensureSchedule(client: Client): Promise<'created' | 'asWanted' | 'putBack'> {
  try {
    await client.schedule.create({ scheduleId: GUARDIAN_SCHEDULE, ...WANTED });
    return 'created';
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
  }
  const handle = client.schedule.getHandle(GUARDIAN_SCHEDULE);
  if (isAsWanted(await handle.describe())) return 'asWanted';
  await handle.update(() => ({ ...WANTED, state: { paused: false } }));
  return 'putBack';
}

/** Does nothing when there is none. */
export async function removeSchedule(client: Client): Promise<void> {
  try {
    await client.schedule.getHandle(GUARDIAN_SCHEDULE).delete();
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
  }
}

function isAsWanted({ state, spec, action, policies }: ScheduleDescription): boolean {
  const [interval, second] = spec.intervals ?? [];
  const { workflowType, taskQueue, workflowExecutionTimeout } = action;
  return (
    !state.paused &&
    state.remainingActions === undefined &&
    second === undefined &&
    interval?.every === EVERY_MS &&
    (spec.calendars ?? []).length === 0 &&
    workflowType === WANTED.action.workflowType &&
    taskQueue === WANTED.action.taskQueue &&
    Number(workflowExecutionTimeout) === MAX_RUN_MS &&
    policies.overlap === WANTED.policies.overlap &&
    !policies.pauseOnFailure
  );
}

export interface Keeper {
  close(): Promise<void>;
}

/** Puts the schedule there now and looks after it from then on; a server that is away is tried again. */
export async function keepSchedule(
  client: Client,
  logger: Pick<Logger, 'info' | 'warn'>,
  everyMs = EVERY_MS,
): Promise<Keeper> {
  const ensure = async (): Promise<void> => {
    try {
      const done = await ensureSchedule(client);
      if (done === 'putBack')
        logger.warn(
          `guardian: the schedule ${GUARDIAN_SCHEDULE} was paused or changed by hand, and is as it must be again`,
        );
      if (done === 'created') logger.info(`guardian: the schedule ${GUARDIAN_SCHEDULE} was created`);
    } catch (error) {
      logger.warn(
        { err: error },
        `guardian: the schedule ${GUARDIAN_SCHEDULE} could not be looked after; it is tried again`,
      );
    }
  };
  let running = ensure();
  await running;
  const timer = setInterval(() => {
    running = ensure();
  }, everyMs);
  return {
    async close() {
      clearInterval(timer);
      await running;
    },
  };
}
