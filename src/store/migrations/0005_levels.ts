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

/** As before, and events that carry a level are known. */
const arrived = `
create or replace function events_arrived() returns trigger language plpgsql as $$
begin
  insert into unknown_event_types as u (type, events, first_at, last_at)
  select case when n.known or (select count(*) from unknown_event_types) < 1000 then n.type else '(others)' end as type,
    sum(n.events), min(n.first_at), max(n.last_at)
  from (select f.type, count(*) as events, min(f.received_at) as first_at, max(f.received_at) as last_at,
      exists (select 1 from unknown_event_types k where k.type = f.type) as known
    from fresh f where f.type not in ('agentassist.action.triggered', 'agentassist.action.rendered',
      'agentassist.action.accepted', 'agentassist.action.dismissed', 'agentassist.action.level') group by f.type) n
  group by 1 order by 1
  on conflict (type) do update set events = u.events + excluded.events, last_at = greatest(u.last_at, excluded.last_at);
  if exists (select 1 from destinations where enabled) then
    perform pg_advisory_xact_lock(4220005);
    insert into outbox (destination, ordering_key, source, event_id)
    select d.name, f.raw->>'conversationId', f.source, f.id
    from fresh f cross join destinations d where d.enabled
    order by f.occurred_at, case f.type when 'agentassist.action.triggered' then 0 when 'agentassist.action.rendered' then 1 else 2 end, f.id, d.name;
    perform pg_notify('outbox', '');
  end if;
  return null;
end $$`;

export const levels: Migration = {
  id: 5,
  name: 'levels',
  statements: [levelsTable, 'create index levels_by_time on levels (occurred_at)', arrived],
};
