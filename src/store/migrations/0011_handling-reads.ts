import type { Migration } from '../migrate.ts';

/**
 * Conversations with cards of open rollouts, of which the organisation is asked how they were handled. \`value\`: what
 * the last read said; it counts once the next one says the same. \`missing\`: why there will be none.
 */
const reads = `
create table handling_reads (
  conversation_id text collate "C" primary key,
  since timestamptz not null,
  next_at timestamptz not null,
  tries integer not null default 0,
  value jsonb,
  missing text,
  done_at timestamptz
)`;

export const handlingReads: Migration = {
  id: 11,
  name: 'handling-reads',
  statements: [
    reads,
    'create index handling_reads_by_turn on handling_reads (next_at) where done_at is null',
    // How far exposures were looked through.
    'create table handling_cursor (one boolean primary key default true check (one), seq bigint not null)',
  ],
};
