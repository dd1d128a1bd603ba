import type { Migration } from '../migrate.ts';

/** The organisation keeps neither versions nor splits of Agent Copilot: what a rollout left there, for each action. */
const deployments = `
create table copilot_deployments (
  action text collate "C" primary key,
  rollout_id text collate "C" not null,
  deployment jsonb not null,
  retired text check (retired in ('baseline', 'candidate')),
  changed_at timestamptz not null
)`;

export const copilot: Migration = { id: 10, name: 'copilot', statements: [deployments] };
