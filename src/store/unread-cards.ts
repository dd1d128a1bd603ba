/** Has anything come, or changed, of what a watch has not taken yet? One statement for all watches of a process. */
import type { Queryable } from './database.ts';

export interface Unread {
  readonly actionIds: readonly string[];
  readonly afterSeq: number;
}

/** Of so many of the first cards each column counts; of all of them, that they came. */
const CARDS = 1000;

/**
 * For each place, in their order: a text that is another one as soon as a card came behind `afterSeq`, or one of them
 * changed.
 */
export async function unreadPrints(db: Queryable, places: readonly Unread[]): Promise<string[]> {
  const asked = places.flatMap(({ actionIds, afterSeq }, place) =>
    [...new Set(actionIds)].map((actionId) => ({ place, actionId, afterSeq })),
  );
  const rows = await db.query<{ place: number; print: string }>(PRINTS, [
    asked.map(({ place }) => place),
    asked.map(({ actionId }) => actionId),
    asked.map(({ afterSeq }) => afterSeq),
  ]);
  const prints = places.map(() => '');
  for (const { place, print } of rows) prints[place] = print;
  return prints;
}

const PRINTS = `
select w.place, string_agg(concat_ws(' ', w.action_id, c.print, newest.seq), ',' order by w.action_id) as print
from unnest($1::int4[], $2::text[], $3::bigint[]) as w(place, action_id, after_seq)
cross join lateral (
  select x.seq from exposures x where x.action_id = w.action_id and x.seq > w.after_seq order by x.seq desc limit 1
) as newest
cross join lateral (
  select sum(hashtextextended(x::text, 0) + coalesce(
    (select sum(hashtextextended(v::text, 0)) from custom_values v where v.card_id = x.card_id), 0)) as print
  from (select * from exposures where action_id = w.action_id and seq > w.after_seq order by seq limit ${CARDS}) as x
) as c
group by w.place`;
