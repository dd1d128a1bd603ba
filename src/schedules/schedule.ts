/**
 * A schedule that starts a short workflow again and again. Whoever pauses or deletes it gets it back from the next
 * process that looks.
 */
import type { Client, ScheduleDescription, ScheduleOptions } from '@temporalio/client';
import { ScheduleAlreadyRunning, ScheduleNotFoundError, ScheduleOverlapPolicy } from '@temporalio/client';
import type { Logger } from '../telemetry/logger.ts';
import { keep } from './keep.ts';
import type { Keeper } from './keep.ts';

export interface WantedSchedule {
  readonly id: string;
  readonly everyMs: number;
  readonly workflowType: string;
  readonly workflowId: string;
  readonly taskQueue: string;
  /** A run that is stuck (paused by hand, say) must not keep the next ones out for long. */
  readonly maxRunMs: number;
  readonly summary: string;
}

/** The shortest that a server takes: a run that was missed is not made up for, the next one finds the same. */
const CATCH_UP_MS = 10_000;
const LOOK_EVERY_MS = 60_000;

function optionsOf({ everyMs, workflowType, workflowId, taskQueue, maxRunMs, summary }: WantedSchedule) {
  return {
    spec: { intervals: [{ every: everyMs }] },
    action: {
      type: 'startWorkflow',
      workflowType,
      workflowId,
      taskQueue,
      args: [],
      workflowExecutionTimeout: maxRunMs,
      staticSummary: summary,
    },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: CATCH_UP_MS, pauseOnFailure: false },
  } as const satisfies Omit<ScheduleOptions, 'scheduleId'>;
}

/** Any number of processes may do this at once: one creates it, and what differs is put right. */
export async function ensureSchedule(
  client: Client,
  wanted: WantedSchedule,
): Promise<'created' | 'asWanted' | 'putBack'> {
  try {
    await client.schedule.create({ scheduleId: wanted.id, ...optionsOf(wanted) });
    return 'created';
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
  }
  const handle = client.schedule.getHandle(wanted.id);
  if (isAsWanted(await handle.describe(), wanted)) return 'asWanted';
  await handle.update(() => ({ ...optionsOf(wanted), state: { paused: false } }));
  return 'putBack';
}

/** Does nothing when there is none. */
export async function removeSchedule(client: Client, { id }: Pick<WantedSchedule, 'id'>): Promise<void> {
  try {
    await client.schedule.getHandle(id).delete();
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
  }
}

function isAsWanted({ state, spec, action, policies }: ScheduleDescription, wanted: WantedSchedule): boolean {
  const [interval, second] = spec.intervals ?? [];
  const { workflowType, taskQueue, workflowExecutionTimeout } = action;
  return (
    !state.paused &&
    state.remainingActions === undefined &&
    second === undefined &&
    interval?.every === wanted.everyMs &&
    (spec.calendars ?? []).length === 0 &&
    workflowType === wanted.workflowType &&
    taskQueue === wanted.taskQueue &&
    Number(workflowExecutionTimeout) === wanted.maxRunMs &&
    policies.overlap === ScheduleOverlapPolicy.SKIP &&
    !policies.pauseOnFailure
  );
}

/** Puts the schedule there now and looks after it from then on; a server that is away is tried again. */
export function keepSchedule(
  client: Client,
  wanted: WantedSchedule,
  logger: Pick<Logger, 'info' | 'warn'>,
  lookEveryMs = LOOK_EVERY_MS,
): Promise<Keeper> {
  return keep(async () => {
    try {
      const done = await ensureSchedule(client, wanted);
      if (done === 'putBack')
        logger.warn(`the schedule ${wanted.id} was paused or changed by hand, and is as it must be again`);
      if (done === 'created') logger.info(`the schedule ${wanted.id} was created`);
    } catch (error) {
      logger.warn({ err: error }, `the schedule ${wanted.id} could not be looked after; it is tried again`);
    }
  }, lookEveryMs);
}
