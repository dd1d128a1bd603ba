/** What Temporal says of the rollouts when it is asked from outside. */
import { Client, Connection } from '@temporalio/client';
import type { WorkflowExecutionDescription } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { inLanes } from './lanes.ts';

/** A heartbeat that is older has stopped. */
export const FRESH_MS = 10_000;
const { PENDING_ACTIVITY_STATE_STARTED: STARTED } = temporal.api.enums.v1.PendingActivityState;
const LANES = 16;

export interface RolloutLook {
  readonly workflowId: string;
  /** Its watch runs, and beat within `FRESH_MS`. */
  readonly watched: boolean;
  /** ms since the epoch; null without a watch that has beaten. */
  readonly beatAtMs: number | null;
  readonly heartbeatBytes: number;
  readonly historyEvents: number;
  readonly running: boolean;
}

export interface TemporalLook {
  lookAt(workflowIds: readonly string[]): Promise<RolloutLook[]>;
  close(): Promise<void>;
}

export async function connectTemporal(address: string, namespace: string): Promise<TemporalLook> {
  const connection = await Connection.connect({ address });
  const client = new Client({ connection, namespace });
  return {
    lookAt: (ids) => inLanes(LANES, ids, async (id) => read(id, await client.workflow.getHandle(id).describe())),
    close: () => connection.close(),
  };
}

function read(workflowId: string, { raw, historyLength, status }: WorkflowExecutionDescription): RolloutLook {
  const watches = (raw.pendingActivities ?? []).filter(({ activityType, state }) => activityType?.name === 'watch' && state === STARTED);
  const [watch] = watches;
  const { seconds, nanos } = watch?.lastHeartbeatTime ?? {};
  const beatAtMs = seconds === undefined || seconds === null ? null : Number(seconds) * 1000 + (nanos ?? 0) / 1e6;
  const payloads = watch?.heartbeatDetails?.payloads ?? [];
  return {
    workflowId, beatAtMs, historyEvents: historyLength,
    watched: beatAtMs !== null && Date.now() - beatAtMs < FRESH_MS,
    heartbeatBytes: payloads.reduce((sum, { data }) => sum + (data?.length ?? 0), 0),
    running: status.name === 'RUNNING',
  };
}
