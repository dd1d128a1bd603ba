import type { Migration } from '../migrate.ts';

/** What was expected when the rollout began; written once. */
export const forecasts: Migration = {
  id: 20,
  name: 'forecasts',
  statements: [
    `create table forecasts (
       rollout_id text collate "C" primary key,
       made_at timestamptz not null,
       forecast jsonb not null
     )`,
  ],
};
