import type { Migration } from '../migrate.ts';

/** `html_sha256`: of the card alone, by which what was painted is known; `content_sha256`: of all that a version is. */
const versions = `
create table panel_versions (
  id uuid primary key default gen_random_uuid(),
  action text collate "C" not null,
  version text collate "C" not null,
  content jsonb not null,
  content_sha256 text not null,
  html_sha256 text not null,
  rollout_id text collate "C" not null,
  created_at timestamptz not null default now(),
  unique (action, version)
)`;

const refuseChange = `
create function refuse_panel_version_change() returns trigger language plpgsql as $$
begin
  raise exception 'A version never changes: % is refused.', tg_op using errcode = 'insufficient_privilege';
end $$`;

/**
 * `epoch`: see `LOCKS.panelSplit`. `arms`: versions with how each serves. `integration_id`: of the organisation's
 * integration that frames the page.
 */
const splits = `
create table panel_split (
  action text collate "C" primary key,
  epoch bigint not null,
  arms jsonb not null,
  queues text[] not null,
  integration_id text,
  changed_at timestamptz not null default now(),
  changed_by text not null
)`;

/** Processes that show cards. `epoch`: all changes of splits up to it are applied there. */
const instances = `
create table panel_instances (
  id uuid primary key,
  epoch bigint not null,
  lease_until timestamptz not null
)`;

/** Open pages of agents. They are gone with the process that they are connected to. */
const sessions = `
create table panel_sessions (
  id uuid primary key,
  conversation_id text collate "C" not null,
  user_id text collate "C" not null,
  instance_id uuid not null references panel_instances (id) on delete cascade,
  state text not null check (state in ('visible', 'hidden')),
  seen_at timestamptz not null default now()
)`;

/** Which process follows which queue. */
const feeds = `
create table panel_feeds (
  queue_id text collate "C" primary key,
  instance_id uuid not null references panel_instances (id) on delete cascade,
  lease_until timestamptz not null
)`;

/**
 * Each card is fixed to its version. `panel`: how the agent's page stood when it was made; `triggered_at`: since when
 * it could be seen, which is when its exposure began; `withheld`: nobody serves the conversation, so it is told and
 * not shown.
 */
const cards = `
create table panel_cards (
  card_id uuid primary key,
  action text collate "C" not null,
  version_id uuid not null references panel_versions (id),
  withheld boolean not null,
  conversation_id text collate "C" not null,
  utterance_id text collate "C" not null,
  queue_id text collate "C" not null,
  agent_id text collate "C" not null,
  media_type text collate "C",
  language text collate "C",
  epoch bigint not null,
  panel text not null check (panel in ('visible', 'hidden', 'absent')),
  created_at timestamptz not null default now(),
  triggered_at timestamptz,
  withdrawn_at timestamptz,
  unique (action, conversation_id, utterance_id)
)`;

export const panel: Migration = {
  id: 8,
  name: 'panel',
  statements: [
    versions,
    refuseChange,
    'create trigger panel_versions_stay before update on panel_versions for each row execute function ' +
      'refuse_panel_version_change()',
    // One value at a time: a cached block would hand out epochs out of commit order.
    'create sequence panel_epoch cache 1',
    splits,
    instances,
    sessions,
    'create index panel_sessions_by_conversation on panel_sessions (conversation_id, user_id)',
    'create index panel_sessions_by_instance on panel_sessions (instance_id)',
    feeds,
    'create index panel_feeds_by_instance on panel_feeds (instance_id)',
    cards,
    'create index panel_cards_by_conversation on panel_cards (conversation_id, created_at)',
    'create index panel_cards_by_version on panel_cards (version_id, created_at)',
    'create index panel_cards_by_time on panel_cards (created_at)',
  ],
};
