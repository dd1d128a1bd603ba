import type { Migration } from '../migrate.ts';

/**
 * What the judge took its verdicts from, in order: each row leads from one cursor to the next. `looks`: gzip of JSON,
 * in base64.
 */
const decisionLooks = `
create table decision_looks (
  rollout_id text collate "C" not null,
  cursor bigint not null,
  from_cursor bigint not null,
  looks text not null,
  primary key (rollout_id, cursor)
)`;

/** What is known of the rollout's agents from before it. `habits`: gzip of JSON, in base64. */
const agentHabits = `
create table agent_habits (
  rollout_id text collate "C" primary key,
  habits text not null
)`;

export const decisionRecord: Migration = { id: 4, name: 'decision-looks', statements: [decisionLooks, agentHabits] };
