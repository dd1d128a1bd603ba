import type { Migration } from '../migrate.ts';

const events = `
create table events (
  source text collate "C" not null,
  id text collate "C" not null,
  type text not null,
  card_id text not null,
  occurred_at timestamptz not null,
  received_at timestamptz not null,
  raw jsonb not null,
  primary key (source, id)
)`;

/**
 * `seq` grows in commit order (see LOCKS.exposures). Texts compare byte by byte, so both drivers agree on the smaller.
 * `outcomes`: when each was first told, ms since the epoch by its name; `answered_at`, `rendered_seen_at`: when an
 * answer, and that it was rendered, first arrived. `withheld`: the trigger fired and no card was
 * shown.
 */
const exposures = `
create table exposures (
  card_id text collate "C" primary key,
  seq bigint not null default nextval('exposures_seq'),
  action_id text collate "C" not null,
  action_name text collate "C" not null,
  version text collate "C" not null,
  conversation_id text collate "C" not null,
  agent_id text collate "C" not null,
  queue_id text collate "C" not null,
  media_type text collate "C",
  language text collate "C",
  triggered_at timestamptz not null,
  rendered_at timestamptz,
  outcomes jsonb not null default '{}',
  withheld boolean not null default false,
  first_seen_at timestamptz not null,
  answered_at timestamptz,
  rendered_seen_at timestamptz,
  late_ms bigint not null
)`;

const rollouts = `
create table rollouts (
  rollout_id text primary key,
  workflow_id text not null,
  action text not null,
  version text not null,
  started_by text not null,
  started_at timestamptz not null,
  phase text not null,
  outcome text,
  reason text not null,
  ended_at timestamptz,
  report jsonb,
  safety jsonb
)`;

const judgeStates = `
create table judge_states (
  rollout_id text primary key,
  cursor bigint not null,
  state jsonb not null,
  report jsonb,
  updated_at timestamptz not null
)`;

const audit = `
create table audit (
  seq bigint primary key default nextval('audit_seq'),
  key text not null unique,
  at timestamptz not null,
  actor text not null,
  act text not null,
  reason text not null,
  rollout_id text,
  action text,
  version text,
  before jsonb,
  after jsonb,
  correlation_id text,
  details jsonb,
  compliance_status text
)`;

const refuseChange = `
create function refuse_audit_change() returns trigger language plpgsql as $$
begin
  raise exception 'The audit log is append-only: % is refused.', tg_op using errcode = 'insufficient_privilege';
end $$`;

export const firstTables: Migration = {
  id: 1,
  name: 'first-tables',
  statements: [
    events,
    // One value at a time: a cached block would hand out numbers out of commit order.
    'create sequence exposures_seq cache 1',
    exposures,
    'create unique index exposures_by_seq on exposures (seq)',
    'create index exposures_by_action on exposures (action_id, seq)',
    'create index exposures_by_conversation on exposures (conversation_id, seq)',
    'create index exposures_by_action_time on exposures (action_id, triggered_at)',
    rollouts,
    'create index rollouts_by_start on rollouts (started_at desc)',
    judgeStates,
    'create sequence audit_seq cache 1',
    audit,
    'create index audit_by_rollout on audit (rollout_id, seq)',
    refuseChange,
    'create trigger audit_stays before update or delete or truncate on audit for each statement execute ' +
      'function refuse_audit_change()',
  ],
};
