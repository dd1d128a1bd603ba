import type { Migration } from '../migrate.ts';

/**
 * What a version was rolled out with, so that it can be shown, rolled out again and gone back to without a file. `plan`
 * is JSON as text, for a card may hold what jsonb refuses, and must come back byte for byte.
 */
export const registry: Migration = {
  id: 13,
  name: 'registry',
  statements: [
    'alter table rollouts add column plan text',
    'alter table rollouts add column content_sha256 text',
    // As the target left both arms.
    'alter table rollouts add column deployment jsonb',
    // How it is known who started it; null: claimed.
    'alter table rollouts add column verified_by text',
    // The version that an undo went back to, and what proved it.
    'alter table rollouts add column undo jsonb',
    'create index rollouts_by_action on rollouts (action, started_at desc)',
  ],
};
