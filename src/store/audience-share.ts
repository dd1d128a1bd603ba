/** How much of an action's cards came in a part of the audience: what a forecast of a pilot assumes. */
import { audiencesOf } from '../domain/forecast/audiences.ts';
import type { AudienceShare } from '../domain/forecast/audiences.ts';
import type { Plan } from '../domain/plan/plan.ts';
import type { Audience } from '../domain/split/audience.ts';
import { membershipsOf } from '../domain/split/audience.ts';
import { mostCards } from './base-rates.ts';
import type { Database } from './database.ts';

interface Row {
  readonly cards: number;
  readonly within: number;
  /** Whose agents nobody can tell: their ids are stored as hashes. */
  readonly hashed: number;
  /** Teams and divisions whose members were read. */
  readonly groups: number;
}

type Asked = Pick<Database, 'query' | 'kind'>;

/** Of each that the plan's splits are for. */
export async function audienceShares(db: Asked, plan: Plan, since: Date): Promise<readonly AudienceShare[]> {
  const shares: AudienceShare[] = [];
  for (const of of audiencesOf(plan)) shares.push({ of, share: await audienceShare(db, plan.action.name, since, of) });
  return shares;
}

/** 0..1; null: there are no cards, or nobody here knows who is in it. */
async function audienceShare(db: Asked, actionName: string, since: Date, of: Audience): Promise<number | null> {
  const groups = membershipsOf(of);
  const [row] = await db.query<Row>(WITHIN, [
    since,
    `${actionName} v%`,
    of.queues ?? [],
    of.agents ?? [],
    groups.map(({ kind }) => kind),
    groups.map(({ groupId }) => groupId),
    mostCards(db),
  ]);
  if (row === undefined || row.cards === 0 || row.groups < groups.length) return null;
  const goesByAgents = of.agents !== undefined || groups.length > 0;
  return goesByAgents && row.hashed > 0 ? null : row.within / row.cards;
}

const WITHIN = `
with named as (select kind, group_id from rows from (unnest($5::text[]), unnest($6::text[])) as t (kind, group_id)),
who as (
  select unnest($4::text[]) as id
  union select user_id from panel_members join named using (kind, group_id)
)
select count(*) as cards, count(*) filter (where agent_id like 'agent~%') as hashed,
  count(*) filter (where queue_id = any($3::text[]) or agent_id in (select id from who)) as within,
  (select count(*) from panel_groups join named using (kind, group_id)) as groups
from exposures where triggered_at >= $1::timestamptz and action_name like $2 and not withheld
  and seq > coalesce((select max(seq) from exposures) - $7::bigint, 0)`;
