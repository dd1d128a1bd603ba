/**
 * Rollouts in which nothing goes on until a person acts. Only of those that say so themselves the server can be asked:
 * whether anybody watches a lost one, and whether an open one is frozen, is looked at run by run.
 */
import type { Client } from '@temporalio/client';
import { mapAtOnce } from '../domain/shared/at-once.ts';
import type { TemporalLink } from './connection.ts';
import { AT_ONCE, lookAt } from './list-looks.ts';
import type { ListFilter, RolloutSummary, Scanned } from './list-rows.ts';
import { MAX_SCANNED, OPEN, queryOf, scan } from './list-rows.ts';
import { leftAloneAmong } from './lost.ts';

const LOST = "ExecutionStatus IN ('Terminated', 'Failed', 'TimedOut', 'Canceled') AND AssistOutcome IS NULL";

/** What was not looked at by then is said to be so. */
const LOOKED_AT_FOR_MS = 15_000;

/** Those first that nobody watches; each kind newest first. */
export async function waitingRollouts(
  link: TemporalLink,
  client: Client,
  limit: number,
  filter: ListFilter,
): Promise<{ readonly rollouts: readonly RolloutSummary[]; readonly unseen: string | null }> {
  const all = { ...filter, waiting: false };
  const read = (most: number, query: string): Promise<Scanned> => scan(link, client, { limit: most, filter, query });
  const waits = await read(limit, queryOf({ ...filter, waiting: true }));
  const lost = await read(MAX_SCANNED, queryOf(all, LOST));
  const open = await read(MAX_SCANNED, queryOf(all, OPEN));
  return client.withDeadline(Date.now() + LOOKED_AT_FOR_MS, async () => {
    const alone = await mapAtOnce(byAction(lost.rows), AT_ONCE, (runs) => asLeftAlone(client, runs));
    const others = open.rows.filter(({ runId }) => !waits.rows.some((row) => row.runId === runId));
    const asked = await mapAtOnce(waits.rows, AT_ONCE, async (row) => (await lookAt(client, row)) ?? row);
    const seen = await mapAtOnce(others, AT_ONCE, (row) => lookAt(client, row));
    const unanswered = alone.filter((row) => row === 'unseen').length + seen.filter((row) => row === null).length;
    const frozen = [...asked, ...seen.flatMap((row) => row ?? [])].filter(isFrozen);
    return {
      rollouts: [
        ...alone.flatMap((row) => (row === null || row === 'unseen' ? [] : [row])),
        ...frozen.toSorted((a, b) => b.startedAt.localeCompare(a.startedAt)),
        ...asked.filter((row) => !isFrozen(row)),
      ].slice(0, limit),
      unseen: unseenOf(unanswered, { lost, open }),
    };
  });
}

function byAction(rows: readonly RolloutSummary[]): readonly (readonly RolloutSummary[])[] {
  const runs = new Map<string, readonly RolloutSummary[]>();
  for (const row of rows) runs.set(row.workflowId, [...(runs.get(row.workflowId) ?? []), row]);
  return [...runs.values()];
}

async function asLeftAlone(client: Client, runs: readonly RolloutSummary[]): Promise<RolloutSummary | null | 'unseen'> {
  try {
    const alone = await leftAloneAmong(client, runs);
    return alone === null ? null : ((await lookAt(client, alone)) ?? alone);
  } catch {
    return 'unseen';
  }
}

function isFrozen({ phase }: RolloutSummary): boolean {
  return phase === 'frozen';
}

/** So that an empty list never means that nobody has looked. */
function unseenOf(unanswered: number, { lost, open }: Readonly<Record<'lost' | 'open', Scanned>>): string | null {
  const left = [
    ...(unanswered > 0 ? [`${unanswered} of which Temporal told nothing in time`] : []),
    ...(lost.hasMore ? [`lost ones beyond the newest ${MAX_SCANNED}`] : []),
    ...(open.hasMore ? [`whether any is frozen that runs beyond the newest ${MAX_SCANNED}`] : []),
  ];
  return left.length === 0 ? null : `More may wait for a person; not looked at: ${left.join(', ')}.`;
}
