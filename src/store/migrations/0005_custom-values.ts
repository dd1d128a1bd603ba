import type { Migration } from '../migrate.ts';

/** Custom metrics, by the card's id: a value may come before its card is known, so it refers to no exposure. */
const table = `
create table custom_values (
  card_id text collate "C" not null,
  name text collate "C" not null,
  value float8 not null check (value > '-Infinity' and value < 'Infinity'),
  occurred_at timestamptz not null,
  seen_at timestamptz not null,
  primary key (card_id, name)
)`;

export const customValues: Migration = {
  id: 5,
  name: 'custom-values',
  statements: [table, 'create index custom_values_by_time on custom_values (occurred_at)'],
};
