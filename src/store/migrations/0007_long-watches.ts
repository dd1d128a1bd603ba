import type { Migration } from '../migrate.ts';

/** The version's own record, frozen at its promotion, and where the watch stands. */
const longWatches = `
create table long_watches (
  rollout_id text collate "C" primary key,
  cursor bigint not null,
  own_record jsonb not null,
  state jsonb not null,
  report jsonb not null,
  updated_at timestamptz not null
)`;

/**
 * What the watch was shown, as in decision_looks: each row leads from one cursor to the next. `cards`: gzip of JSON, in
 * base64.
 */
const longWatchCards = `
create table long_watch_cards (
  rollout_id text collate "C" not null,
  cursor bigint not null,
  from_cursor bigint not null,
  cards text not null,
  primary key (rollout_id, cursor)
)`;

export const afterPromotion: Migration = { id: 7, name: 'long-watches', statements: [longWatches, longWatchCards] };
