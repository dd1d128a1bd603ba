/** Which builds poll for workflows now. Reads alone. */
import type { Client } from '@temporalio/client';
import type { Timestamp } from './timestamp.ts';
import { timestampMs } from './timestamp.ts';

/** A poll lasts a minute; who was killed stays on the server's list for five. */
const FRESH_MS = 90_000;

/** TaskQueueType and WorkerVersioningMode of temporal/api/enums/v1. */
const WORKFLOWS = 1;
const VERSIONED = 2;

export interface BuildPoller {
  readonly identity: string;
  /** Null: it says none, and takes what no build is meant for. */
  readonly build: { readonly deploymentName: string; readonly buildId: string } | null;
}

interface SeenPoller {
  readonly identity?: string | null;
  readonly lastAccessTime?: Timestamp | null;
  readonly deploymentOptions?: {
    readonly deploymentName?: string | null;
    readonly buildId?: string | null;
    readonly workerVersioningMode?: number | null;
  } | null;
}

interface Queues {
  describeTaskQueue(request: {
    namespace: string;
    taskQueue: { name: string };
    taskQueueType: number;
  }): Promise<{ readonly pollers?: readonly SeenPoller[] | null }>;
}

/**
 * `nowMs`: by a clock that agrees with the server's. Null, where none is at hand: by whoever polled last, so that where
 * nobody does any more the last ones are told.
 */
export async function buildPollers(
  client: Client,
  taskQueue: string,
  nowMs: number | null,
): Promise<readonly BuildPoller[]> {
  const { pollers } = await (client.workflowService as unknown as Queues).describeTaskQueue({
    namespace: client.options.namespace,
    taskQueue: { name: taskQueue },
    taskQueueType: WORKFLOWS,
  });
  const seenAtMs = ({ lastAccessTime }: SeenPoller): number => (lastAccessTime ? timestampMs(lastAccessTime) : 0);
  const atMs = nowMs ?? Math.max(0, ...(pollers ?? []).map(seenAtMs));
  return (pollers ?? [])
    .filter((poller) => poller.lastAccessTime && atMs - seenAtMs(poller) <= FRESH_MS)
    .map(({ identity, deploymentOptions }) => ({
      identity: identity ?? '',
      build:
        deploymentOptions?.workerVersioningMode === VERSIONED
          ? { deploymentName: deploymentOptions.deploymentName ?? '', buildId: deploymentOptions.buildId ?? '' }
          : null,
    }));
}
