/** Events arrive in batches, in any order, several times; each is stored once and folded into its card's exposure. */
import type { EngagementEvent } from '../domain/events/event.ts';
import type { Queryable } from './database.ts';
import { LOCKS } from './locks.ts';

/** Payload: ids of actions that have news, comma separated. Empty after a lost connection: look for yourself. */
export const EXPOSURES_CHANNEL = 'exposures';

export interface Stored {
  readonly stored: number;
  readonly duplicates: number;
}

export interface EventBatch {
  readonly source: string;
  readonly receivedAt: Date;
  readonly events: readonly EngagementEvent[];
}

/** One transaction: when this resolves, every event is durable. Storing the same event again changes nothing. */
export async function storeEvents(
  db: Queryable, events: readonly EngagementEvent[], from: { readonly source: string; readonly receivedAt: Date },
): Promise<Stored> {
  const [result] = await storeBatches(db, [{ ...from, events }]);
  return result ?? { stored: 0, duplicates: 0 };
}

/** Many pushes in one transaction, with an answer for each. */
export async function storeBatches(db: Queryable, batches: readonly EventBatch[]): Promise<Stored[]> {
  const [row] = await db.query<{ fresh: readonly Key[] }>(INSERT, [...toColumns(batches), LOCKS.exposures]);
  return countEach(batches, row?.fresh ?? []);
}

/** Parallel arrays, one element per event: what `unnest` takes. */
function toColumns(batches: readonly EventBatch[]): unknown[] {
  const rows = batches.flatMap(({ source, receivedAt, events }) => events.map((event) => ({ source, receivedAt, event })));
  const column = (pick: (row: (typeof rows)[number]) => unknown): unknown[] => rows.map(pick);
  return [
    column(({ source }) => source),
    column(({ event }) => event.id),
    column(({ event }) => event.type),
    column(({ event }) => event.cardId),
    column(({ event }) => instant(event.occurredAt)),
    column(({ receivedAt }) => receivedAt),
    column(({ event }) => JSON.stringify(event)),
    column(({ event }) => instant(event.triggeredAt)),
    column(({ event }) => renderedAt(event)),
  ];
}

/** In UTC and whole milliseconds: PostgreSQL refuses some offsets that ISO 8601 allows. */
function instant(iso: string): string {
  return new Date(iso).toISOString();
}

function renderedAt(event: EngagementEvent): string | null {
  if (event.renderedAt !== undefined) return instant(event.renderedAt);
  return event.type === 'agentassist.action.rendered' ? instant(event.occurredAt) : null;
}

/**
 * One statement, hence one transaction and one round trip. No row comes in before the lock is held, so sequence numbers are
 * drawn in the order of commits and two writers never wait for each other's rows.
 * Every column of an exposure is a minimum over its card's events, so neither order nor repetition matters. Events of a
 * type that nobody knows yet are kept and told to nobody. Notifications are grouped by ten ids to stay below 8000 bytes.
 */
const INSERT = `
with locked as materialized (
  select pg_advisory_xact_lock($10::bigint)
), incoming as (
  select t.* from locked, unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[], $7::jsonb[],
                       $8::timestamptz[], $9::timestamptz[]) with ordinality
    as t (source, id, type, card_id, occurred_at, received_at, raw, triggered_at, rendered_at, place)
), fresh as (
  insert into events (source, id, type, card_id, occurred_at, received_at, raw)
  select source, id, type, card_id, occurred_at, received_at, raw from incoming order by place
  on conflict (source, id) do nothing
  returning source, id
), known as (
  select distinct on (source, id) incoming.*, case type
      when 'agentassist.action.accepted' then 'accepted' when 'agentassist.action.dismissed' then 'dismissed' end as outcome
  from fresh join incoming using (source, id)
  where type in ('agentassist.action.triggered', 'agentassist.action.rendered',
                 'agentassist.action.accepted', 'agentassist.action.dismissed')
  order by source, id, place
), folded as (
  insert into exposures as e (card_id, action_id, action_name, version, conversation_id, agent_id, queue_id, media_type, language,
                              triggered_at, rendered_at, outcome, outcome_at, first_seen_at, late_ms)
  select card_id, min(raw->>'actionId' collate "C"), min(raw->>'actionName' collate "C"), min(raw->>'version' collate "C"),
    min(raw->>'conversationId' collate "C"), min(raw->>'agentId' collate "C"), min(raw->>'queueId' collate "C"),
    min(raw->>'mediaType' collate "C"), min(raw->>'language' collate "C"),
    min(triggered_at), min(rendered_at),
    (array_agg(outcome order by occurred_at, outcome) filter (where outcome is not null))[1],
    min(occurred_at) filter (where outcome is not null),
    min(received_at), max(extract(epoch from received_at - occurred_at) * 1000)::bigint
  from known group by card_id order by min(triggered_at), card_id
  on conflict (card_id) do update set
    action_id = least(e.action_id, excluded.action_id), action_name = least(e.action_name, excluded.action_name),
    version = least(e.version, excluded.version), conversation_id = least(e.conversation_id, excluded.conversation_id),
    agent_id = least(e.agent_id, excluded.agent_id), queue_id = least(e.queue_id, excluded.queue_id),
    media_type = least(e.media_type, excluded.media_type), language = least(e.language, excluded.language),
    triggered_at = least(e.triggered_at, excluded.triggered_at), rendered_at = least(e.rendered_at, excluded.rendered_at),
    outcome = case when e.outcome is null or (excluded.outcome_at, excluded.outcome) < (e.outcome_at, e.outcome)
      then excluded.outcome else e.outcome end,
    outcome_at = least(e.outcome_at, excluded.outcome_at),
    first_seen_at = least(e.first_seen_at, excluded.first_seen_at), late_ms = greatest(e.late_ms, excluded.late_ms)
  returning action_id
), told as (
  select pg_notify('${EXPOSURES_CHANNEL}', string_agg(action_id, ',')) from (
    select action_id, (row_number() over (order by action_id) - 1) / 10 as part from (select distinct action_id from folded) as ids
  ) as parts group by part
)
select (select count(*) from told) as told, (select coalesce(jsonb_agg(jsonb_build_array(source, id)), '[]') from fresh) as fresh`;

type Key = readonly [source: string, id: string];

/** An id that came twice in one transaction counts as stored where it came first. */
function countEach(batches: readonly EventBatch[], fresh: readonly Key[]): Stored[] {
  const unclaimed = new Set(fresh.map((key) => JSON.stringify(key)));
  return batches.map(({ source, events }) => {
    const stored = events.filter(({ id }) => unclaimed.delete(JSON.stringify([source, id]))).length;
    return { stored, duplicates: events.length - stored };
  });
}
