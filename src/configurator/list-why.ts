/** Why rollouts of a list stand as they do: each in a few words. */
import type { Client } from '@temporalio/client';
import { mapAtOnce } from '../domain/shared/at-once.ts';
import { troublesOf } from './progress.ts';
import type { RolloutResult, RolloutStatus } from '../workflows/messages.ts';

interface Row {
  readonly workflowId: string;
  readonly runId: string;
  readonly state: string;
}

/** A person reads no more of them; nobody shall wait for the others. */
const MAX_ASKED = 50;
const AT_ONCE = 10;
/** Where no worker answers, none of them does. */
const PATIENCE_MS = 2_000;

/** Of the newest; those that do not say it in time stay as they are. */
export async function withWhy<R extends Row>(
  client: Client,
  rows: readonly R[],
): Promise<(R & { readonly why?: string })[]> {
  const untilMs = Date.now() + PATIENCE_MS;
  const told = await mapAtOnce(rows.slice(0, MAX_ASKED), AT_ONCE, async (row) => {
    const why = await client.withDeadline(untilMs, () => whyOf(client, row)).catch(() => '');
    return why === '' ? row : { ...row, why };
  });
  return [...told, ...rows.slice(MAX_ASKED)];
}

async function whyOf(client: Client, { workflowId, runId, state }: Row): Promise<string> {
  const handle = client.workflow.getHandle(workflowId, runId);
  if (state === 'COMPLETED') return ((await handle.result()) as Partial<RolloutResult>).reason ?? '';
  if (state !== 'RUNNING') return '';
  const { phase, paused, reason, waitingFor } = await handle.query<RolloutStatus>('status');
  if (phase === 'needsAttention') return [...(await failuresOf(client, workflowId, runId)), waitingFor].join(' ');
  return WAITS.includes(phase) && !paused ? waitingFor : reason || waitingFor;
}

/** What is tried against its will says more than that it waits: which queue, which right. */
async function failuresOf(client: Client, workflowId: string, runId: string): Promise<readonly string[]> {
  const { raw } = await client.workflow.getHandle(workflowId, runId).describe();
  return (await troublesOf(client, raw.pendingActivities ?? [])).map(({ failure }) => failure);
}

/** In these what is waited for says more than why it came to that. */
const WAITS: readonly string[] = ['awaitingApproval', 'awaitingHook', 'scheduled'];
