import type { Migration } from '../migrate.ts';

/**
 * What became of each message of a rollout: the outbox holds what is still to be sent, and nothing of what was. `key`:
 * the id under which it is sent. No address of a receiver is ever here.
 */
export const messageLog: Migration = {
  id: 19,
  name: 'message-log',
  statements: [
    `create table message_log (
       destination text collate "C" not null,
       key text collate "C" not null,
       rollout_id text collate "C" not null,
       event text not null,
       headline text not null,
       queued_at timestamptz not null default now(),
       held_until timestamptz,
       attempts integer not null default 0,
       next_try_at timestamptz,
       problem text,
       delivered_at timestamptz,
       given_up_at timestamptz,
       primary key (destination, key)
     )`,
    'create index message_log_of_rollouts on message_log (rollout_id, queued_at)',
    'create index message_log_by_age on message_log (queued_at)',
  ],
};
