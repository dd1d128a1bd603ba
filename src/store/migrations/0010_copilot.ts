import type { Migration } from '../migrate.ts';

/**
 * The organisation keeps neither versions nor splits of Agent Copilot: what a rollout left there, for each action.
 * `split_percent`: the candidate's share as it was asked; `epoch`: see `LOCKS.copilotSplit`.
 */
const deployments = `
create table copilot_deployments (
  action text collate "C" primary key,
  rollout_id text collate "C" not null,
  deployment jsonb not null,
  split_percent float8 not null default 0,
  retired text check (retired in ('baseline', 'candidate')),
  epoch bigint not null default nextval('copilot_epoch'),
  changed_at timestamptz not null
)`;

/** Texts that a copilot shows. */
const texts = `
create table copilot_texts (
  id uuid primary key default gen_random_uuid(),
  action text collate "C" not null,
  version text collate "C" not null,
  content jsonb not null,
  content_sha256 text not null,
  rollout_id text collate "C" not null,
  created_at timestamptz not null default now(),
  unique (action, version)
)`;

const refuseChange = `
create function refuse_copilot_text_change() returns trigger language plpgsql as $$
begin
  raise exception 'A text never changes: % is refused.', tg_op using errcode = 'insufficient_privilege';
end $$`;

/** Processes that answer for rules. \`epoch\`: all changes of splits up to it are in force there. */
const responders = `
create table copilot_responders (
  id uuid primary key,
  epoch bigint not null,
  lease_until timestamptz not null
)`;

/** Who answers which suggestion, and with which text: one of several processes, whoever was first. */
const answers = `
create table copilot_answers (
  suggestion_id text collate "C" primary key,
  action text collate "C" not null,
  version_id text collate "C" not null,
  claimed_by uuid not null,
  claimed_at timestamptz not null,
  answered_at timestamptz
)`;

export const copilot: Migration = {
  id: 10,
  name: 'copilot',
  statements: [
    // One value at a time: a cached block would hand out epochs out of commit order.
    'create sequence copilot_epoch cache 1',
    deployments,
    texts,
    refuseChange,
    'create trigger copilot_texts_stay before update on copilot_texts for each row execute function ' +
      'refuse_copilot_text_change()',
    responders,
    answers,
    'create index copilot_answers_by_time on copilot_answers (claimed_at)',
  ],
};
