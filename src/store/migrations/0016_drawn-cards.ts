import type { Migration } from '../migrate.ts';

/**
 * How a conversation came to its arm. `audience`: null is everybody; `unit`: what is divided; `trial_epoch`: the last one
 * at which nobody was given a candidate. Of a card: `epoch` is that of the split by which its conversation was drawn,
 * `drawn_percent` the candidate's share then; null: outside of the audience.
 */
export const drawnCards: Migration = {
  id: 16,
  name: 'drawn-cards',
  statements: [
    `alter table panel_split add column audience jsonb, add column trial_epoch bigint not null default 0,
       add column unit text not null default 'conversation' check (unit in ('conversation', 'agent'))`,
    'alter table panel_cards add column drawn_percent float8',
    // Whoever is read again is not asked for by a card: the organisation is asked now and then.
    `create table panel_groups (
       kind text collate "C" not null check (kind in ('team', 'division')),
       group_id text collate "C" not null,
       read_at timestamptz not null,
       primary key (kind, group_id)
     )`,
    `create table panel_members (
       kind text collate "C" not null,
       group_id text collate "C" not null,
       user_id text collate "C" not null,
       primary key (user_id, kind, group_id),
       foreign key (kind, group_id) references panel_groups (kind, group_id) on delete cascade
     )`,
    'create index panel_members_by_group on panel_members (kind, group_id)',
  ],
};
