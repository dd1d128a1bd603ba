import type { Migration } from '../migrate.ts';

/** A signature that began a run is good for no other. */
export const usedSignatures: Migration = {
  id: 12,
  name: 'used-signatures',
  statements: [
    `create table used_signatures (
  id text collate "C" primary key,
  run_id text collate "C" not null,
  used_at timestamptz not null
)`,
    'create index used_signatures_by_age on used_signatures (used_at)',
  ],
};
