/** As many plain workflows with as many activities and timers, on the same server, before any rollout begins. */
import { Client, Connection } from '@temporalio/client';
import { inLanes, sleep } from './lanes.ts';
import type { Parts } from './parts.ts';
import { usageOf } from './usage.ts';

/** What a rollout has done when it is watched, as its history counts it. */
export interface Counts {
  readonly activities: number;
  readonly timers: number;
}

export interface PlainRun {
  readonly plainEach: Counts;
  readonly plainPerSecond: number | null;
  /** Of the worker, from the first start until all stay. */
  readonly plainCpuMsEach: number | null;
}

const LANES = 8;
const LOOK_MS = 500;

export interface PlainOptions {
  readonly count: number;
  readonly each: Counts;
  readonly patienceMs: number;
}

export async function runPlain(parts: Parts, { count, each, patienceMs }: PlainOptions): Promise<PlainRun> {
  const connection = await Connection.connect({ address: parts.temporal.address });
  const { workflow } = new Client({ connection, namespace: parts.temporal.namespace });
  const worker = await parts.startPlain();
  const ids = Array.from({ length: count }, (_, i) => `plain/${i + 1}`);
  try {
    const before = usageOf(worker.pid);
    const startedAtMs = Date.now();
    await inLanes(LANES, ids, (workflowId) =>
      workflow.start('plain', { workflowId, taskQueue: 'plain', args: [each] }),
    );
    let waiting = ids;
    while (waiting.length > 0 && Date.now() - startedAtMs < patienceMs) {
      const stays = await inLanes(LANES, waiting, async (id) => {
        const { raw } = await workflow.getHandle(id).describe();
        return (raw.pendingActivities ?? []).some(({ activityType }) => activityType?.name === 'stay');
      });
      waiting = waiting.filter((_, i) => stays[i] !== true);
      if (waiting.length > 0) await sleep(LOOK_MS);
    }
    const after = usageOf(worker.pid);
    const ms = Date.now() - startedAtMs;
    return {
      plainEach: each,
      plainPerSecond: waiting.length > 0 ? null : Math.round((10_000 * count) / ms) / 10,
      plainCpuMsEach: before && after ? Math.round((after.cpuMs - before.cpuMs) / count) : null,
    };
  } finally {
    await inLanes(LANES, ids, (id) =>
      workflow
        .getHandle(id)
        .terminate('compared')
        .catch(() => undefined),
    );
    await worker.close();
    await connection.close();
  }
}

/** How many of each a rollout's history has, without the activity that it stays in. */
export async function countEach(parts: Parts, workflowId: string): Promise<Counts> {
  const connection = await Connection.connect({ address: parts.temporal.address });
  try {
    const { events } = await new Client({ connection, namespace: parts.temporal.namespace }).workflow
      .getHandle(workflowId)
      .fetchHistory();
    const all = events ?? [];
    const activities = all.filter((event) => event.activityTaskScheduledEventAttributes).length - 1;
    return { activities, timers: all.filter((event) => event.timerStartedEventAttributes).length };
  } finally {
    await connection.close();
  }
}
