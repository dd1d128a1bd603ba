/**
 * What sends: a worker on a queue of its own, and a workflow for each destination. Any number of processes may have
 * one; whichever runs the activity of a destination sends to it.
 */
import { hostname } from 'node:os';
import type { Client } from '@temporalio/client';
import { openClient } from '../codec/client.ts';
import { createForwardActivities } from '../forward/activities.ts';
import type { ForwardDeps } from '../forward/activities.ts';
import { DEFAULT_FORWARD_SETTINGS } from '../forward/settings.ts';
import type { ForwardSettings } from '../forward/settings.ts';
import { keep } from '../schedules/keep.ts';
import { enabledDestinations, setDestinations } from '../store/destinations.ts';
import { FORWARD_WORKFLOW, forwardWorkflowId } from '../workflows/messages.ts';
import { createWorker } from './create-worker.ts';
import type { WorkerPlace } from './create-worker.ts';
import { runTogether } from './workers.ts';
import { tracedWorker } from './traced.ts';
import { workflowCode } from './workflow-code.ts';

export interface SendingOptions extends Pick<ForwardDeps, 'db' | 'now' | 'logger' | 'kind' | 'outlets'> {
  readonly place: WorkerPlace;
  readonly queue: string;
  readonly maxDestinations: number;
  readonly identity?: string | undefined;
  readonly settings?: Partial<ForwardSettings> | undefined;
}

export interface Sending {
  /** Rejects when the worker fails; resolves after `close`. */
  readonly running: Promise<void>;
  /** Takes the outlets as they are now. */
  renew(): Promise<void>;
  /** Lets what is under way end, for a while; another process goes on. Leaves the database open. */
  close(): Promise<void>;
}

const ENSURE_EVERY_MS = 60_000;

/** From its return on, what is new is put into the outbox for these destinations, whichever process stores it. */
export async function startSending(options: SendingOptions): Promise<Sending> {
  const { db, now, logger, place, kind, outlets } = options;
  const identity = options.identity ?? `${process.pid}@${hostname()}`;
  const settings = { ...DEFAULT_FORWARD_SETTINGS, ...options.settings };
  const closing = new AbortController();
  const activities = createForwardActivities({
    db,
    kind,
    outlets,
    now,
    random: Math.random,
    logger,
    settings,
    identity,
    closing: closing.signal,
  });
  const worker = await createWorker(place, {
    identity,
    taskQueue: options.queue,
    workflowBundle: await workflowCode(place),
    activities,
    ...(await tracedWorker()),
    maxConcurrentActivityTaskExecutions: Math.max(1, options.maxDestinations),
    stickyQueueScheduleToStartTimeout: '5s',
    maxHeartbeatThrottleInterval: '1s',
    defaultHeartbeatThrottleInterval: '1s',
    shutdownForceTime: '5s',
  });
  const enable = (): Promise<void> =>
    setDestinations(
      db,
      outlets().map(({ name }) => name),
      kind,
    );
  await enable();
  const workers = runTogether([worker]);
  const client = openClient(place);
  const keeper = await keep(() => ensureWorkflows(client, options), ENSURE_EVERY_MS);
  const close = async (): Promise<void> => {
    closing.abort();
    await keeper.close();
    await workers.close();
  };
  let closed: Promise<void> | undefined;
  return {
    running: workers.running,
    async renew() {
      await enable();
      await ensureWorkflows(client, options);
    },
    close: () => (closed ??= close()),
  };
}

/** One for each destination; who ended it by hand gets it back. A server that is away is asked again in a minute. */
async function ensureWorkflows(client: Client, { db, outlets, kind, queue, logger }: SendingOptions): Promise<void> {
  try {
    const enabled = await enabledDestinations(db, kind);
    for (const { name } of outlets().filter((one) => enabled.includes(one.name)))
      await client.workflow.start(FORWARD_WORKFLOW, {
        workflowId: forwardWorkflowId(name),
        taskQueue: queue,
        args: [{ destination: name }],
        workflowIdConflictPolicy: 'USE_EXISTING',
        staticSummary: `forwards to ${name}`,
      });
  } catch (error) {
    logger.warn({ err: error }, 'forwarding: its workflows could not be started yet');
  }
}
