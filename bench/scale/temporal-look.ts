/** What Temporal says of the rollouts when it is asked from outside. */
import { Client, Connection } from '@temporalio/client';
import type { WorkflowExecutionDescription } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { inLanes } from './lanes.ts';

/** A heartbeat that is older has stopped. */
const FRESH_MS = 10_000;
const { PENDING_ACTIVITY_STATE_STARTED: STARTED } = temporal.api.enums.v1.PendingActivityState;
const LANES = 16;

export interface RolloutLook {
  readonly workflowId: string;
  /** Its watch runs, and beat within `FRESH_MS`. */
  readonly watched: boolean;
  /** What is pending instead, in a few words; empty when it is watched. */
  readonly instead: string;
  /** ms since the epoch; null without a watch that has beaten. */
  readonly beatAtMs: number | null;
  readonly heartbeatBytes: number;
  readonly historyEvents: number;
  readonly running: boolean;
}

export interface TemporalLook {
  lookAt(workflowIds: readonly string[]): Promise<RolloutLook[]>;
  /** At once, whatever it is about. */
  end(workflowId: string): Promise<void>;
  close(): Promise<void>;
}

export async function connectTemporal(address: string, namespace: string): Promise<TemporalLook> {
  const connection = await Connection.connect({ address });
  const client = new Client({ connection, namespace });
  return {
    lookAt: (ids) => inLanes(LANES, ids, async (id) => read(id, await client.workflow.getHandle(id).describe())),
    end: async (id) => void (await client.workflow.getHandle(id).terminate('counted')),
    close: () => connection.close(),
  };
}

function read(workflowId: string, { raw, historyLength, status }: WorkflowExecutionDescription): RolloutLook {
  const watches = (raw.pendingActivities ?? []).filter(
    ({ activityType, state }) => activityType?.name === 'watch' && state === STARTED,
  );
  const [watch] = watches;
  const { seconds, nanos } = watch?.lastHeartbeatTime ?? {};
  const beatAtMs = seconds === undefined || seconds === null ? null : Number(seconds) * 1000 + (nanos ?? 0) / 1e6;
  const payloads = watch?.heartbeatDetails?.payloads ?? [];
  const watched = beatAtMs !== null && Date.now() - beatAtMs < FRESH_MS;
  return {
    workflowId,
    beatAtMs,
    watched,
    instead: watched ? '' : pendingOf(raw),
    historyEvents: historyLength,
    heartbeatBytes: payloads.reduce((sum, { data }) => sum + (data?.length ?? 0), 0),
    running: status.name === 'RUNNING',
  };
}

function pendingOf({ pendingActivities, pendingWorkflowTask }: WorkflowExecutionDescription['raw']): string {
  const activities = (pendingActivities ?? []).map(
    ({ activityType, state, attempt, lastFailure }) =>
      `${activityType?.name ?? '?'} ${state === STARTED ? 'runs' : 'waits'}${(attempt ?? 1) > 1 ? ` again (${lastFailure?.message ?? ''})` : ''}`,
  );
  return (
    [...activities, ...(pendingWorkflowTask ? ['workflow task waits'] : [])].toSorted().join(', ') ||
    'nothing is pending'
  );
}

/** How many are unwatched for which reason, the most frequent first. */
export function whyUnwatched(looks: readonly RolloutLook[]): string[] {
  const counts = new Map<string, number>();
  for (const { watched, instead } of looks) if (!watched) counts.set(instead, (counts.get(instead) ?? 0) + 1);
  return [...counts]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, 6)
    .map(([why, count]) => `${count} x ${why}`);
}
