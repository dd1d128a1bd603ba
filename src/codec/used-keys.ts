/** Under which keys the histories are that still go on: whoever takes one away too early stops those rollouts. */
import type { Client } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import { mapAtOnce } from '../domain/shared/at-once.ts';
import { keyIdOf } from './cipher.ts';

export interface UsedKeys {
  /** How many runs were looked at; `isAll`: there are no others. */
  readonly runs: number;
  readonly isAll: boolean;
  /** Of them, how many have nothing in cipher. */
  readonly inTheClear: number;
  /** By the key's id, how many runs have a payload under it. */
  readonly byKey: ReadonlyMap<string, number>;
}

const MAX_RUNS = 200;
const AT_ONCE = 8;

/**
 * Reads what the server has, and opens nothing. `starts`: what each run was begun with alone, by one call; `histories`:
 * all of each.
 */
export async function usedKeys(client: Client, of: 'starts' | 'histories'): Promise<UsedKeys> {
  const { executions, nextPageToken } = await client.workflowService.listWorkflowExecutions({
    namespace: client.options.namespace,
    query: "ExecutionStatus = 'Running'",
    pageSize: MAX_RUNS,
  });
  const runs = executions ?? [];
  const used = await mapAtOnce(runs, AT_ONCE, async (run) => {
    const ids = new Set<string>();
    collect(run, ids);
    if (of === 'histories' && run.execution) await collectHistory(client, run.execution, ids);
    return ids;
  });
  const byKey = new Map<string, number>();
  for (const ids of used) for (const id of ids) byKey.set(id, (byKey.get(id) ?? 0) + 1);
  const inTheClear = used.filter(({ size }) => size === 0).length;
  return { runs: runs.length, isAll: (nextPageToken?.length ?? 0) === 0, inTheClear, byKey };
}

interface Run {
  readonly workflowId?: string | null;
  readonly runId?: string | null;
}

async function collectHistory(client: Client, { workflowId, runId }: Run, ids: Set<string>): Promise<void> {
  let nextPageToken: Uint8Array | undefined;
  do {
    const page = await client.workflowService.getWorkflowExecutionHistory({
      namespace: client.options.namespace,
      execution: { workflowId: workflowId ?? '', runId: runId ?? '' },
      ...(nextPageToken !== undefined && { nextPageToken }),
    });
    collect(page.history?.events ?? [], ids);
    nextPageToken = page.nextPageToken?.length ? page.nextPageToken : undefined;
  } while (nextPageToken !== undefined);
}

/** A payload may stand anywhere in an event. */
function collect(value: unknown, ids: Set<string>): void {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return;
  const id = 'metadata' in value ? keyIdOf(value as Payload) : null;
  if (id !== null) ids.add(id);
  else for (const inner of Object.values(value)) collect(inner, ids);
}
