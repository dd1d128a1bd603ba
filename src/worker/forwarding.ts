/**
 * What forwards: a worker on a queue of its own, and a workflow for each destination. Any number of processes may have
 * one; whichever runs the activity of a destination sends to it.
 */
import { hostname } from 'node:os';
import { Client } from '@temporalio/client';
import type { NativeConnection } from '@temporalio/worker';
import { Worker } from '@temporalio/worker';
import type { Destination } from '../config/destination.ts';
import { createForwardActivities } from '../forward/activities.ts';
import type { ForwardDeps } from '../forward/activities.ts';
import { DEFAULT_FORWARD_SETTINGS } from '../forward/settings.ts';
import type { ForwardSettings } from '../forward/settings.ts';
import { keep } from '../schedules/keep.ts';
import { enabledDestinations, setDestinations } from '../store/destinations.ts';
import { FORWARD_WORKFLOW, FORWARDING_QUEUE, forwardWorkflowId } from '../workflows/messages.ts';
import { runTogether } from './workers.ts';
import { workflowCode } from './workflow-code.ts';

export interface ForwardingOptions extends Pick<ForwardDeps, 'db' | 'now' | 'logger'> {
  readonly connection: NativeConnection;
  readonly namespace: string;
  /** All of them: from now on each new event is for these, and for no others. */
  readonly destinations: readonly Destination[];
  readonly identity?: string;
  readonly settings?: Partial<ForwardSettings>;
}

export interface Forwarding {
  /** Rejects when the worker fails; resolves after `close`. */
  readonly running: Promise<void>;
  /** Lets what is under way end, for a while; another process goes on. Leaves the database open. */
  close(): Promise<void>;
}

const ENSURE_EVERY_MS = 60_000;

/** From its return on, new events are put into the outbox, whichever process stores them. */
export async function startForwarding(options: ForwardingOptions): Promise<Forwarding> {
  const { db, now, logger, connection, namespace, destinations } = options;
  const identity = options.identity ?? `${process.pid}@${hostname()}`;
  const settings = { ...DEFAULT_FORWARD_SETTINGS, ...options.settings };
  const closing = new AbortController();
  const activities = createForwardActivities({
    db,
    destinations,
    now,
    random: Math.random,
    logger,
    settings,
    identity,
    closing: closing.signal,
  });
  const worker = await Worker.create({
    connection,
    namespace,
    identity,
    taskQueue: FORWARDING_QUEUE,
    workflowBundle: await workflowCode(),
    activities,
    maxConcurrentActivityTaskExecutions: Math.max(1, destinations.length),
    stickyQueueScheduleToStartTimeout: '5s',
    maxHeartbeatThrottleInterval: '1s',
    defaultHeartbeatThrottleInterval: '1s',
    shutdownForceTime: '5s',
  });
  await setDestinations(
    db,
    destinations.map(({ name }) => name),
  );
  const workers = runTogether([worker]);
  const client = new Client({ connection, namespace });
  const keeper = await keep(() => ensureWorkflows(client, options), ENSURE_EVERY_MS);
  const close = async (): Promise<void> => {
    closing.abort();
    await keeper.close();
    await workers.close();
  };
  let closed: Promise<void> | undefined;
  return { running: workers.running, close: () => (closed ??= close()) };
}

/** One for each destination; who ended it by hand gets it back. A server that is away is asked again in a minute. */
async function ensureWorkflows(client: Client, { db, destinations, logger }: ForwardingOptions): Promise<void> {
  try {
    const enabled = await enabledDestinations(db);
    for (const { name } of destinations.filter((one) => enabled.includes(one.name)))
      await client.workflow.start(FORWARD_WORKFLOW, {
        workflowId: forwardWorkflowId(name),
        taskQueue: FORWARDING_QUEUE,
        args: [{ destination: name }],
        workflowIdConflictPolicy: 'USE_EXISTING',
        staticSummary: `forwards to ${name}`,
      });
  } catch (error) {
    logger.warn({ err: error }, 'forwarding: its workflows could not be started yet');
  }
}
