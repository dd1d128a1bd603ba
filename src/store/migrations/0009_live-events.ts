import type { Migration } from '../migrate.ts';

/**
 * Events of live conversations on their way from the events service to the panel processes, for a minute at most. What
 * people say is among them, so they are in no log of the database either, and gone when it crashes.
 */
const liveEvents = `
create unlogged table live_events (
  seq bigint generated always as identity primary key,
  id text collate "C" not null unique,
  topic text not null,
  body jsonb not null,
  told_at timestamptz not null,
  received_at timestamptz not null
)`;

export const liveEventsOnTheirWay: Migration = {
  id: 9,
  name: 'live-events',
  statements: [liveEvents, 'create index live_events_by_time on live_events (received_at)'],
};
