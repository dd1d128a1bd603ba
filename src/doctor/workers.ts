/** Who polls the task queues, and of which build they are. Reads alone. */
import type { Client } from '@temporalio/client';
import { buildOf, differenceOf } from './build.ts';
import type { Build } from './build.ts';
import type { Seen } from './finding.ts';
import type { Check } from './run-checks.ts';
import { temporalNotReached } from './temporal.ts';

export interface WorkerLooks {
  readonly client: () => Promise<Client>;
  readonly namespace: string;
  readonly queues: readonly ExpectedQueue[];
  readonly own: Build;
  /** Builds run side by side on purpose, and a check of its own tells of them. */
  readonly isVersioned?: boolean;
  readonly now: () => number;
}

export interface ExpectedQueue {
  readonly name: string;
  readonly kinds: readonly (keyof typeof KINDS)[];
  /** What does nothing without it. */
  readonly use: string;
  /** That polls it, as it is started. */
  readonly by: string;
}

/** TaskQueueType of temporal/api/enums/v1/task_queue.proto. */
const KINDS = { workflows: 1, activities: 2 } as const;

export function workerChecks({ queues, ...looks }: WorkerLooks): Check[] {
  return queues.map((queue) => ({
    area: 'workers',
    name: `task queue ${queue.name}`,
    expected: 'a worker that polls it',
    look: async () => queueSeen(await pollersOf(queue, looks), queue, looks),
  }));
}

interface Poller {
  readonly identity: string;
  readonly at: number;
}

type Looks = Omit<WorkerLooks, 'queues'>;

async function pollersOf({ name, kinds }: ExpectedQueue, { client, namespace }: Looks): Promise<Poller[][]> {
  const { workflowService } = await client().catch(temporalNotReached);
  return Promise.all(
    kinds.map(async (kind) => {
      const asked = { namespace, taskQueue: { name }, taskQueueType: KINDS[kind] };
      const { pollers } = await (workflowService as unknown as Queues).describeTaskQueue(asked);
      return (pollers ?? []).map(({ identity, lastAccessTime }) => ({
        identity: identity ?? '',
        at: Number(lastAccessTime?.seconds ?? 0) * 1000,
      }));
    }),
  );
}

interface Queues {
  describeTaskQueue(request: {
    namespace: string;
    taskQueue: { name: string };
    taskQueueType: number;
  }): Promise<{ pollers?: { identity?: string | null; lastAccessTime?: { seconds?: unknown } | null }[] | null }>;
}

/** A poll lasts a minute; who was killed stays on the server's list for five. */
const FRESH_MS = 90_000;

function queueSeen(all: readonly Poller[][], queue: ExpectedQueue, { own, now, isVersioned = false }: Looks): Seen {
  const check = `task queue ${queue.name}`;
  const expected = `a worker of this build: ${queue.use}`;
  const wayOut = `Start \`assist-rollouts ${queue.by}\`.`;
  const fresh = all.map((pollers) => pollers.filter(({ at }) => now() - at <= FRESH_MS));
  if (fresh.some((pollers) => pollers.length === 0)) {
    const last = Math.max(...all.flat().map(({ at }) => at), 0);
    const seen = last === 0 ? 'nobody polls it' : `nobody polls it any more, since ${seconds(now() - last)} s`;
    return { check, level: 'error', seen, expected, wayOut };
  }
  const identities = [...new Set(fresh.flat().map(({ identity }) => identity))];
  const others = identities.flatMap((identity) => {
    const build = buildOf(identity);
    const difference = build === null ? 'of a release that does not tell its build' : differenceOf(build, own);
    return difference === null ? [] : [`${identity.split(' ')[0]} is ${difference}`];
  });
  const seen = `polled by ${identities.map((identity) => identity.split(' ')[0]).join(', ')}`;
  if (others.length === 0 || isVersioned) return { check, level: 'ok', seen };
  return {
    check,
    level: 'warning',
    seen: `${seen}; ${others.join(', ')}`,
    expected,
    wayOut: 'Start the workers anew with the release that this is, or use the release that they are.',
  };
}

function seconds(ms: number): number {
  return Math.round(ms / 1000);
}
