/** What Temporal says of an action's newest run, asked with a client of this observer's own. */
import { Client, Connection } from '@temporalio/client';
import { temporal } from '@temporalio/proto';

export interface Run {
  readonly runId: string;
  readonly running: boolean;
  /** ms since the epoch; null while it runs. */
  readonly closedAtMs: number | null;
  /** A watch beats, or the way back is being gone: somebody who can act is there. */
  readonly attended: boolean;
  /** Of an ended run that said something. */
  readonly word: Word | null;
}

export interface Word {
  readonly outcome: string;
  readonly version: string;
  readonly baselineVersion: string | null;
}

export interface Runs {
  /** Null when there never was one; throws when nobody answers. */
  newest(action: string): Promise<Run | null>;
  close(): Promise<void>;
}

const { PENDING_ACTIVITY_STATE_STARTED: STARTED, PENDING_ACTIVITY_STATE_SCHEDULED: SCHEDULED } =
  temporal.api.enums.v1.PendingActivityState;
const BEATS_WITHIN_MS = 10_000;
const WATCH = 'watch';
const WAY_BACK = ['rollBack', 'confirmQuiet'];

export async function connectRuns(address: string, namespace: string): Promise<Runs> {
  const connection = await Connection.connect({ address });
  const client = new Client({ connection, namespace });
  return {
    newest: (action) => connection.withDeadline(Date.now() + 3_000, () => newest(client, `rollout/${action}`)),
    close: () => connection.close(),
  };
}

async function newest(client: Client, workflowId: string): Promise<Run | null> {
  const described = await client.workflow
    .getHandle(workflowId)
    .describe()
    .catch((error: unknown) => {
      if ((error as Error).name === 'WorkflowNotFoundError') return null;
      throw error;
    });
  if (described === null) return null;
  const { runId, status, closeTime, raw } = described;
  const word =
    status.name === 'COMPLETED' ? ((await client.workflow.getHandle(workflowId, runId).result()) as Word) : null;
  return {
    runId,
    running: status.name === 'RUNNING',
    closedAtMs: closeTime?.getTime() ?? null,
    attended: status.name === 'RUNNING' && (raw.pendingActivities ?? []).some(attends),
    word,
  };
}

type Pending = temporal.api.workflow.v1.IPendingActivityInfo;

function attends({ activityType, state, lastHeartbeatTime }: Pending): boolean {
  const name = activityType?.name ?? '';
  if (WAY_BACK.includes(name)) return state === STARTED || state === SCHEDULED;
  const beatAtMs = Number(lastHeartbeatTime?.seconds ?? 0) * 1000;
  return name === WATCH && state === STARTED && Date.now() - beatAtMs < BEATS_WITHIN_MS;
}
