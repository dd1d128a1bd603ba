/** Rollouts in a list, newest first; of those that wait for a person first the ones that nobody watches. */
import type { Client } from '@temporalio/client';
import { mapAtOnce } from '../domain/shared/at-once.ts';
import type { TemporalLink } from './connection.ts';
import { AT_ONCE, lookAt } from './list-looks.ts';
import type { ListFilter, RolloutSummary } from './list-rows.ts';
import { MAX_SCANNED, queryOf, scan } from './list-rows.ts';
import { waitingRollouts } from './list-waiting.ts';
import { withWhy } from './list-why.ts';
import { READ_TIMEOUT_MS } from './rollouts.ts';

export interface RolloutList {
  readonly rollouts: readonly RolloutSummary[];
  /** What was not looked at, in one sentence: more may fit. Null: these are all that fit, or the newest of them. */
  readonly unseen: string | null;
}

/** Each that may wait for a person is looked at by itself, for most of this time. */
const WAITING_TIMEOUT_MS = 25_000;

export async function listRollouts(link: TemporalLink, limit: number, filter: ListFilter = {}): Promise<RolloutList> {
  return link.call(filter.waiting === true ? WAITING_TIMEOUT_MS : READ_TIMEOUT_MS, async (client) => {
    const found = await (filter.waiting === true ? waitingRollouts : newest)(link, client, limit, filter);
    return filter.why === true ? { ...found, rollouts: await withWhy(client, found.rollouts) } : found;
  });
}

async function newest(link: TemporalLink, client: Client, limit: number, filter: ListFilter): Promise<RolloutList> {
  const { rows, hasMore } = await scan(link, client, { limit, filter, query: queryOf(filter) });
  const unseen =
    hasMore && rows.length < limit
      ? `Who started a rollout was looked for among the newest ${MAX_SCANNED} alone; there are more.`
      : null;
  if (filter.asPublished === true) return { rollouts: rows, unseen };
  // One that cannot be looked at stays as it was published.
  const seen = await mapAtOnce(rows, AT_ONCE, (row) => lookAt(client, row));
  return { rollouts: rows.map((row, at) => seen[at] ?? row), unseen };
}
