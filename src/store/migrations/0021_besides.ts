import type { Migration } from '../migrate.ts';

/** What each later migration says of older programs. A table of this release has the column from the beginning. */
export const besides: Migration = {
  id: 21,
  name: 'besides',
  statements: ['alter table schema_migrations add column if not exists besides integer'],
};
