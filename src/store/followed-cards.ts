/** What came of cards after they had settled: an answer, a render or a metric that arrived too late to be judged. */
import type { Queryable } from './database.ts';

export interface FollowedCard {
  readonly seq: number;
  readonly actionId: string;
  readonly agentId: string;
  readonly queueId: string;
  /** Something of it came after it had settled, and no later than it was followed. */
  readonly late: boolean;
}

export interface FollowedQuery {
  readonly actionIds: readonly string[];
  /** Cards after this one, up to and with `upToSeq`. */
  readonly afterSeq: number;
  readonly upToSeq: number;
  readonly nowMs: number;
  /** A card settles so long after it was first seen, ... */
  readonly settleMs: number;
  /** ... and is followed so long after that. */
  readonly followMs: number;
  readonly custom: readonly string[];
  readonly limit: number;
}

/** In order of arrival; it stops at the first card that was not followed for long enough yet. */
export async function readFollowed(db: Queryable, query: FollowedQuery): Promise<FollowedCard[]> {
  const rows = await db.query<FollowedCard & { readonly over: boolean }>(READ, [
    query.actionIds,
    query.afterSeq,
    query.upToSeq,
    query.limit,
    query.settleMs,
    query.followMs,
    new Date(query.nowMs),
    query.custom,
  ]);
  const stop = rows.findIndex(({ over }) => !over);
  return (stop < 0 ? rows : rows.slice(0, stop)).map(({ over: _over, ...card }) => card);
}

const SETTLED = "c.first_seen_at + $5::float8 * interval '1 millisecond'";
const FOLLOWED = "c.first_seen_at + ($5::float8 + $6::float8) * interval '1 millisecond'";
const cameLate = (at: string): string => `coalesce(${at} > ${SETTLED} and ${at} <= ${FOLLOWED}, false)`;

const READ = `
select c.seq, c.action_id as "actionId", c.agent_id as "agentId",
  c.queue_id as "queueId", ${FOLLOWED} <= $7::timestamptz as over,
  ${cameLate('c.answered_at')} or ${cameLate('c.rendered_seen_at')} or exists (select 1 from custom_values v
    where v.card_id = c.card_id and v.name = any($8::text[]) and ${cameLate('v.seen_at')}) as late
from (select distinct unnest($1::text[]) as id) as a
cross join lateral (select * from exposures where action_id = a.id and seq > $2::bigint and seq <= $3::bigint
    and not withheld
    order by seq limit $4::bigint) as c
order by c.seq limit $4::bigint`;
