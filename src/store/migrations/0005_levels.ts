import type { Migration } from '../migrate.ts';

/** Numbers from outside, by the card's id: one may come before its card is known, so it refers to no exposure. */
const levelsTable = `
create table levels (
  card_id text collate "C" not null,
  name text collate "C" not null,
  value float8 not null check (value > '-Infinity' and value < 'Infinity'),
  occurred_at timestamptz not null,
  primary key (card_id, name)
)`;

export const levels: Migration = {
  id: 5,
  name: 'levels',
  statements: [levelsTable, 'create index levels_by_time on levels (occurred_at)'],
};
