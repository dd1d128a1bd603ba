/** Events arrive in batches, in any order, several times; each is stored once and folded into its card's exposure. */
import { eventKind, isMetricEvent, outcomeTold, WITHHELD_EVENT_TYPE } from '../domain/events/event.ts';
import type { PushedEvent } from '../domain/events/event.ts';
import { capByArrival } from '../domain/events/times.ts';
import type { CardTimes } from '../domain/events/times.ts';
import { ANSWERS } from '../domain/metrics/outcomes.ts';
import type { Queryable } from './database.ts';
import { LOCKS } from './locks.ts';
import { jsonText } from './values.ts';

/** Payload: ids of actions that have news, comma separated. Empty after a lost connection: look for yourself. */
export const EXPOSURES_CHANNEL = 'exposures';

export interface Stored {
  readonly stored: number;
  readonly duplicates: number;
}

export interface EventBatch {
  readonly source: string;
  readonly receivedAt: Date;
  readonly events: readonly PushedEvent[];
  /** Of the request that brought them, if it is traced. */
  readonly traceparent?: string | null;
}

/**
 * Many pushes in one transaction, with an answer for each: when this resolves, every event is durable. Storing the same
 * event again changes nothing.
 */
export async function storeBatches(db: Queryable, batches: readonly EventBatch[]): Promise<Stored[]> {
  const { rows, claims } = distinct(batches);
  const [answer] = await db.query<{ fresh: readonly number[] }>(INSERT, [...toColumns(rows), LOCKS.exposures]);
  const fresh = new Set(answer?.fresh);
  return claims.map((claim, batch) => {
    const stored = claim.filter((place) => fresh.has(place)).length;
    return { stored, duplicates: (batches[batch]?.events.length ?? 0) - stored };
  });
}

interface Row {
  readonly source: string;
  readonly receivedAt: Date;
  readonly event: PushedEvent;
}

/** Each id once, where it came first; and for each batch the places (from 1) of the rows that it brought. */
function distinct(batches: readonly EventBatch[]): { rows: Row[]; claims: number[][] } {
  const seen = new Map<string, Set<string>>();
  const rows: Row[] = [];
  const claims = batches.map(({ source, receivedAt, events }) => {
    const ids = seen.get(source) ?? new Set<string>();
    seen.set(source, ids);
    return events.flatMap((event) => {
      if (ids.has(event.id)) return [];
      ids.add(event.id);
      return [rows.push({ source, receivedAt, event })];
    });
  });
  return { rows, claims };
}

/** Parallel arrays, one element per event. The events travel as one JSON text: the database reads it once, whole. */
function toColumns(rows: readonly Row[]): unknown[] {
  const times = rows.map(cardTimes);
  return [
    jsonText(rows.map(({ event }) => event)),
    rows.map(({ source }) => source),
    rows.map(({ receivedAt }) => receivedAt.getTime()),
    rows.map(({ event }) => Date.parse(event.occurredAt)),
    times.map((card) => card?.triggeredMs ?? null),
    times.map((card) => card?.renderedMs ?? null),
    rows.map(({ event }) => eventKind(event)),
    rows.map(({ event }) => outcomeTold(event)),
  ];
}

/**
 * Never after the arrival: a card of a clock that is ahead would otherwise be news for as long as the clock is ahead.
 */
function cardTimes({ event, receivedAt }: Row): CardTimes | null {
  if (isMetricEvent(event)) return null;
  const rendered = event.renderedAt ?? (event.type === 'agentassist.action.rendered' ? event.occurredAt : undefined);
  return capByArrival(
    { triggeredMs: Date.parse(event.triggeredAt), renderedMs: rendered === undefined ? null : Date.parse(rendered) },
    receivedAt.getTime(),
  );
}

const MAX_UNKNOWN_TYPES = 1000;
const ANSWERS_LIST = ANSWERS.map((name) => `'${name}'`).join(', ');

/**
 * One statement, hence one transaction and one round trip. No row comes in before the lock is held, so sequence numbers
 * are drawn in the order of commits and two writers never wait for each other's rows. Instants come as milliseconds
 * since the epoch. Cards of one commit are known in the order in which their triggers were told. Every column of an
 * exposure is a minimum over its card's events, so neither order nor repetition matters; so is when each outcome was
 * told, and a custom value, by time and value. Whatever is told of a card besides says that it was shown, so `withheld`
 * is what all its events say. A custom value may come before its card: it is kept by the card's id. Events
 * of a type that nobody knows yet are kept, told to nobody, and counted by type up to a bound, so that they cannot fill
 * the disk. Notifications are grouped by ten ids to stay below 8000 bytes.
 */
const INSERT = `
with locked as materialized (
  select pg_advisory_xact_lock($9::bigint)
), incoming as materialized (
  select t.source, raw->>'id' as id, raw->>'type' as type, raw->>'cardId' as card_id, raw, place, kind, outcome,
    occurred_ms,
    to_timestamp(received_ms / 1000) as received_at, to_timestamp(occurred_ms / 1000) as occurred_at,
    to_timestamp(triggered_ms / 1000) as triggered_at, to_timestamp(rendered_ms / 1000) as rendered_at
  from locked, rows from (
    jsonb_array_elements($1::jsonb), unnest($2::text[]), unnest($3::float8[]), unnest($4::float8[]),
    unnest($5::float8[]), unnest($6::float8[]),
    unnest($7::text[]), unnest($8::text[])
  ) with ordinality as t (raw, source, received_ms, occurred_ms, triggered_ms, rendered_ms, kind, outcome, place)
), fresh as (
  insert into events (source, id, type, card_id, occurred_at, received_at, raw)
  select source, id, type, card_id, occurred_at, received_at, raw from incoming
  on conflict (source, id) do nothing
  returning source, id
), placed as materialized (
  select incoming.* from fresh join incoming on incoming.source = fresh.source and incoming.id = fresh.id
), known as (
  select *, raw->>'triggeredAt' collate "C" as told_at from placed where kind = 'card'
), unknown as (
  insert into unknown_event_types as u (type, events, first_at, last_at)
  select case when n.known or (select count(*) from unknown_event_types) < ${MAX_UNKNOWN_TYPES} then n.type
      else '(others)' end as type,
    sum(n.events), min(n.first_at), max(n.last_at)
  from (select p.type, count(*) as events, min(p.received_at) as first_at, max(p.received_at) as last_at,
      exists (select 1 from unknown_event_types k where k.type = p.type) as known
    from placed p where p.kind = 'unknown' group by p.type) n
  group by 1 order by 1
  on conflict (type) do update set events = u.events + excluded.events, last_at = greatest(u.last_at, excluded.last_at)
), folded as (
  insert into exposures as e (card_id, action_id, action_name, version, conversation_id, agent_id, queue_id,
    media_type, language,
                              triggered_at, rendered_at, outcomes, withheld, first_seen_at, answered_at,
                              rendered_seen_at, late_ms)
  select card_id, min(raw->>'actionId' collate "C"), min(raw->>'actionName' collate "C"),
    min(raw->>'version' collate "C"),
    min(raw->>'conversationId' collate "C"), min(raw->>'agentId' collate "C"), min(raw->>'queueId' collate "C"),
    min(raw->>'mediaType' collate "C"), min(raw->>'language' collate "C"),
    min(triggered_at), min(rendered_at),
    coalesce(jsonb_object_agg(outcome, occurred_ms order by occurred_ms desc) filter (where outcome is not null), '{}'),
    bool_and(type = '${WITHHELD_EVENT_TYPE}'),
    min(received_at), min(received_at) filter (where outcome in (${ANSWERS_LIST})),
    min(received_at) filter (where rendered_at is not null), max(extract(epoch from received_at - occurred_at) * 1000)::bigint
  from known group by card_id order by min(told_at), card_id
  on conflict (card_id) do update set
    action_id = least(e.action_id, excluded.action_id), action_name = least(e.action_name, excluded.action_name),
    version = least(e.version, excluded.version), conversation_id = least(e.conversation_id, excluded.conversation_id),
    agent_id = least(e.agent_id, excluded.agent_id), queue_id = least(e.queue_id, excluded.queue_id),
    media_type = least(e.media_type, excluded.media_type), language = least(e.language, excluded.language),
    triggered_at = least(e.triggered_at, excluded.triggered_at),
    rendered_at = least(e.rendered_at, excluded.rendered_at),
    outcomes = case when excluded.outcomes = '{}' then e.outcomes when e.outcomes = '{}' then excluded.outcomes else (
      select jsonb_object_agg(key, at) from (select key, min(value::float8) as at from (
        select * from jsonb_each_text(e.outcomes) union all select * from jsonb_each_text(excluded.outcomes)) as told
        group by key
      ) as earliest) end,
    withheld = e.withheld and excluded.withheld,
    first_seen_at = least(e.first_seen_at, excluded.first_seen_at),
    answered_at = least(e.answered_at, excluded.answered_at),
    rendered_seen_at = least(e.rendered_seen_at, excluded.rendered_seen_at), late_ms = greatest(e.late_ms, excluded.late_ms)
  returning action_id
), measured as (
  insert into custom_values as v (card_id, name, value, occurred_at, seen_at)
  select distinct on (card_id, raw->>'metric' collate "C") card_id, raw->>'metric', (raw->>'value')::float8,
    occurred_at, received_at
  from placed where kind = 'metric'
  order by card_id, raw->>'metric' collate "C", occurred_at, (raw->>'value')::float8
  on conflict (card_id, name) do update set value = excluded.value, occurred_at = excluded.occurred_at,
    seen_at = least(v.seen_at, excluded.seen_at)
    where (excluded.occurred_at, excluded.value) < (v.occurred_at, v.value)
  returning card_id
), told as (
  select pg_notify('${EXPOSURES_CHANNEL}', string_agg(action_id, ',')) from (
    select action_id, (row_number() over (order by action_id) - 1) / 10 as part from (
      select action_id from folded union select e.action_id from measured
      join exposures e on e.card_id = measured.card_id) as ids
  ) as parts group by part
)
select (select count(*) from told) as told, (select coalesce(jsonb_agg(place), '[]') from placed) as fresh`;
