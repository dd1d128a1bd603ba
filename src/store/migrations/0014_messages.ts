import type { Migration } from '../migrate.ts';

/** As before, but only for who takes events. */
const arrived = `
create or replace function events_arrived() returns trigger language plpgsql as $$
begin
  if exists (select 1 from destinations where enabled and kind = 'events') then
    perform pg_advisory_xact_lock(4220005);
    insert into outbox (destination, ordering_key, source, event_id)
    select d.name, f.raw->>'conversationId', f.source, f.id
    from fresh f cross join destinations d where d.enabled and d.kind = 'events'
    order by f.occurred_at,
      case f.type when 'agentassist.action.triggered' then 0 when 'agentassist.action.rendered' then 1 else 2 end,
      f.id, d.name;
    perform pg_notify('outbox', '');
  end if;
  return null;
end $$`;

/**
 * Messages for people wait in the same outbox. \`key\`: one for each transition and destination, and the id under which
 * it is sent. \`held_until\`: the end of somebody's quiet hours.
 */
export const messages: Migration = {
  id: 14,
  name: 'messages',
  statements: [
    `alter table destinations add column kind text not null default 'events' check (kind in ('events', 'messages'))`,
    'alter table outbox add column key text collate "C", add column held_until timestamptz',
    'create unique index outbox_keys on outbox (destination, key) where key is not null',
    arrived,
  ],
};
