import type { Migration } from '../migrate.ts';

/** An event that is sent again out of its dead letter goes as the letter kept it: its own row may be gone by then. */
export const keptEvents: Migration = {
  id: 23,
  name: 'kept-events',
  besides: 21,
  statements: ['alter table outbox drop constraint outbox_check1'],
};
