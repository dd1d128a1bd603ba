import type { Migration } from '../migrate.ts';

/** What was frozen by hand, by whom, why and until when; none is ever deleted. */
const freezes = `
create table freezes (
  id text primary key,
  scope_kind text not null,
  scope_name text not null,
  frozen_by text not null,
  verified_by text,
  reason text not null,
  from_at timestamptz not null,
  until_at timestamptz not null,
  lifted_at timestamptz,
  lifted_by text,
  lifted_for text,
  lifting_id text
)`;

export const freezesByHand: Migration = {
  id: 15,
  name: 'freezes',
  statements: [freezes, 'create index freezes_now on freezes (until_at) where lifted_at is null'],
};
