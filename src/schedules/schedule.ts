/**
 * A schedule that starts a short workflow again and again. Whoever pauses, changes or deletes it gets it back from the
 * next process that looks.
 */
import { status as grpcStatus } from '@grpc/grpc-js';
import type { Client, ScheduleDescription } from '@temporalio/client';
import { isGrpcServiceError, ScheduleAlreadyRunning, ScheduleNotFoundError, ServiceError } from '@temporalio/client';
import type { Logger } from '../telemetry/logger.ts';
import { keep } from './keep.ts';
import type { Keeper } from './keep.ts';
import { endOther } from './other-run.ts';
import { changedIn, optionsOf } from './wanted.ts';
import type { WantedSchedule } from './wanted.ts';

const LOOK_EVERY_MS = 60_000;

export type Ensured =
  | { readonly done: 'created' | 'asWanted' }
  /** Where it was other, and which runs of what it had been made to start were ended. */
  | { readonly done: 'putBack'; readonly changed: readonly string[]; readonly ended: readonly string[] };

/** Any number of processes may do this at once: one creates it, and what differs is put right. */
export async function ensureSchedule(client: Client, wanted: WantedSchedule): Promise<Ensured> {
  if (await create(client, wanted)) return { done: 'created' };
  const found = await describe(client, wanted);
  if (found === null) {
    await makeAnew(client, wanted);
    return { done: 'putBack', changed: ['it did not answer'], ended: [] };
  }
  const changed = changedIn(found.schedule, wanted);
  if (changed.length > 0) await putBack(client, wanted, changed);
  const ended: string[] = [];
  for (const { workflowId, runId } of found.info?.runningWorkflows ?? [])
    if (workflowId && runId && (await endOther(client, { workflowId, runId }, wanted))) ended.push(workflowId);
  return changed.length + ended.length === 0 ? { done: 'asWanted' } : { done: 'putBack', changed, ended };
}

/** Does nothing when there is none. */
export async function removeSchedule(client: Client, { id }: Pick<WantedSchedule, 'id'>): Promise<void> {
  try {
    await client.schedule.getHandle(id).delete();
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
  }
}

/** False: there is one. */
async function create(client: Client, wanted: WantedSchedule): Promise<boolean> {
  try {
    await client.schedule.create({ scheduleId: wanted.id, ...optionsOf(wanted) });
    return true;
  } catch (error) {
    if (error instanceof ScheduleAlreadyRunning) return false;
    throw error;
  }
}

const ASKED = 2;

/**
 * As the server says it, nothing read out of it: a hand may have put there what no key of ours opens. Null: the server
 * answers, and this does not, as where each time is to be skipped, for which it then looks through decades.
 */
async function describe(client: Client, { id }: WantedSchedule): Promise<ScheduleDescription['raw'] | null> {
  const { namespace } = client.options;
  for (let asked = 1; asked <= ASKED; asked++)
    try {
      return await client.workflowService.describeSchedule({ namespace, scheduleId: id });
    } catch (error) {
      if (!isGrpcServiceError(error) || !STUCK.has(error.code)) throw error;
    }
  return null;
}

const STUCK: ReadonlySet<grpcStatus> = new Set([
  grpcStatus.CANCELLED,
  grpcStatus.DEADLINE_EXCEEDED,
  grpcStatus.FAILED_PRECONDITION,
]);

/** An update of the client reads first what stands there, and leaves its headers. */
async function putBack(client: Client, wanted: WantedSchedule, changed: readonly string[]): Promise<void> {
  if (changed.some((path) => path.startsWith(HEADER))) return makeAnew(client, wanted);
  try {
    await client.schedule.getHandle(wanted.id).update(() => optionsOf(wanted));
  } catch (error) {
    if (error instanceof ServiceError || error instanceof ScheduleNotFoundError) throw error;
    await makeAnew(client, wanted);
  }
}

const HEADER = 'action.startWorkflow.header';

async function makeAnew(client: Client, wanted: WantedSchedule): Promise<void> {
  await removeSchedule(client, wanted);
  await create(client, wanted);
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
      const seen = await ensureSchedule(client, wanted);
      if (seen.done === 'created') logger.info(`the schedule ${wanted.id} was created`);
      if (seen.done === 'putBack') logger.warn(`the schedule ${wanted.id} ${putBackText(seen)}`);
    } catch (error) {
      logger.warn({ err: error }, `the schedule ${wanted.id} could not be looked after; it is tried again`);
    }
  }, lookEveryMs);
}

function putBackText({ changed, ended }: Extract<Ensured, { readonly done: 'putBack' }>): string {
  return [
    ...(changed.length > 0
      ? [`was paused or changed by hand (${changed.join(', ')}), and is as it must be again`]
      : []),
    ...(ended.length > 0 ? [`had begun what kept its next runs out, which was ended: ${ended.join(', ')}`] : []),
  ].join('; ');
}
