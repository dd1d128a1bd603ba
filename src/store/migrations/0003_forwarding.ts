import type { Migration } from '../migrate.ts';

/**
 * Where events go besides the judge. URLs and secrets are never here: they come from the environment of the process
 * that sends. \`sender\` is who may claim messages now; the rest is what it says of itself, for people.
 */
const destinations = `
create table destinations (
  name text collate "C" primary key,
  enabled boolean not null,
  since timestamptz not null default now(),
  sender text,
  heard_at timestamptz,
  delivered bigint not null default 0,
  failed_attempts bigint not null default 0,
  last_problem text,
  failing_since timestamptz
)`;

/**
 * One row per event, or per snapshot of metrics, and destination. \`message_id\` is set from the first attempt on: all
 * rows of one message are sent, retried and settled together. \`due_at\` is null while the message is under way.
 */
const outbox = `
create table outbox (
  seq bigint not null default nextval('outbox_seq'),
  destination text collate "C" not null,
  ordering_key text collate "C" not null,
  source text collate "C",
  event_id text collate "C",
  body jsonb,
  added_at timestamptz not null default now(),
  alone boolean not null default false,
  message_id text collate "C",
  attempts integer not null default 0,
  due_at timestamptz,
  check ((event_id is null) = (source is null)),
  check ((event_id is null) <> (body is null))
)`;

/** Windows whose figures have changed since they were last sent. */
const metricWindows = `
create table metric_windows (
  destination text collate "C" not null,
  window_start timestamptz not null,
  action_id text collate "C" not null,
  agent_id text collate "C" not null,
  version text collate "C" not null,
  primary key (destination, window_start, action_id, agent_id, version)
)`;

const deadLetters = `
create table dead_letters (
  id bigint generated always as identity primary key,
  kind text not null check (kind in ('intake', 'forward')),
  digest text not null,
  code text not null,
  reason text not null,
  received_at timestamptz not null,
  last_at timestamptz not null,
  times integer not null default 1,
  body bytea not null,
  body_bytes bigint not null,
  source text,
  destination text,
  ordering_key text,
  event_id text,
  replayed_at timestamptz,
  replay text,
  unique (kind, digest)
)`;

const unknownTypes = `
create table unknown_event_types (
  type text primary key,
  events bigint not null,
  first_at timestamptz not null,
  last_at timestamptz not null
)`;

/**
 * In the transaction of the events, whatever statement stores them. Numbers are drawn in the order in which things
 * happened, and the lock makes it the order of the commits too.
 */
const arrived = `
create function events_arrived() returns trigger language plpgsql as $$
begin
  if exists (select 1 from destinations where enabled) then
    perform pg_advisory_xact_lock(4220005);
    insert into outbox (destination, ordering_key, source, event_id)
    select d.name, f.raw->>'conversationId', f.source, f.id
    from fresh f cross join destinations d where d.enabled
    order by f.occurred_at,
      case f.type when 'agentassist.action.triggered' then 0 when 'agentassist.action.rendered' then 1 else 2 end,
      f.id, d.name;
    perform pg_notify('outbox', '');
  end if;
  return null;
end $$`;

export const forwarding: Migration = {
  id: 3,
  name: 'forwarding',
  statements: [
    destinations,
    'create sequence outbox_seq cache 1',
    outbox,
    'create index outbox_fresh on outbox (destination, seq) where message_id is null',
    'create index outbox_held on outbox (destination, ordering_key) where message_id is not null',
    'create index outbox_messages on outbox (destination, message_id) where message_id is not null',
    metricWindows,
    deadLetters,
    'create index dead_letters_open on dead_letters (id) where replayed_at is null',
    unknownTypes,
    arrived,
    'create trigger events_arrived after insert on events referencing new table as fresh for each statement ' +
      'execute function events_arrived()',
  ],
};
