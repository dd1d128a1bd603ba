import type { Migration } from '../migrate.ts';

/** Hashes of complete subtrees (RFC 6962): leaves on level 0, 2^level leaves under a node. */
const nodes = `
create table audit_nodes (
  level integer not null,
  idx bigint not null,
  hash bytea not null,
  primary key (level, idx)
)`;

const checkpoints = `
create table audit_checkpoints (
  size bigint not null,
  note text not null,
  at timestamptz not null,
  primary key (size, note)
)`;

const cursors = `
create table audit_cursors (
  destination text primary key,
  leaf bigint not null,
  checkpoint_size bigint not null,
  at timestamptz not null
)`;

const compliance = `
create table compliance (
  content_sha256 text primary key check (content_sha256 ~ '^[0-9a-f]{64}$'),
  status text not null check (status in ('passed', 'passedWithWarnings', 'failed')),
  rules_version text not null,
  data_version text not null,
  at timestamptz not null,
  action text,
  version text
)`;

/** The nodes that leaf n completes: itself, and one more for every 1 at the end of n. */
const addLeaf = `
create function add_audit_leaf(n bigint, line text) returns void language plpgsql as $$
declare
  h bytea := sha256('\\x00'::bytea || convert_to(line, 'UTF8'));
  sibling bytea;
  lvl integer := 0;
  i bigint := n;
begin
  insert into audit_nodes (level, idx, hash) values (0, i, h);
  while i % 2 = 1 loop
    select hash into strict sibling from audit_nodes where level = lvl and idx = i - 1;
    h := sha256('\\x01'::bytea || sibling || h);
    lvl := lvl + 1;
    i := i / 2;
    insert into audit_nodes (level, idx, hash) values (lvl, i, h);
  end loop;
end $$`;

/**
 * Every row is made from its line, so they agree. The lock comes first, and each statement of a function sees what was
 * committed
 * before it began: numbers have neither gaps nor doubles, and their order is the order of commits.
 */
const append = `
create function append_audit(line text) returns bigint language plpgsql as $$
declare
  e jsonb := line::jsonb;
  n bigint;
begin
  perform pg_advisory_xact_lock(4220003);
  if exists (select 1 from audit a where a.key = e->>'key') then return null; end if;
  select coalesce(max(a.leaf) + 1, 0) into n from audit a;
  insert into audit (key, at, actor, act, reason, rollout_id, action, version, before, after, correlation_id, details, compliance_status, leaf, line)
  values (e->>'key', (e->>'at')::timestamptz, e->>'actor', e->>'act', e->>'reason', e->>'rolloutId', e->>'action', e->>'version',
    nullif(e->'before', 'null'), nullif(e->'after', 'null'), e->>'correlationId', nullif(e->'details', 'null'), e->>'complianceStatus', n, line);
  perform add_audit_leaf(n, line);
  return n;
end $$`;

/** Entries from before the tree get their lines and leaves now, in their order. */
const adopt = `
do $$
declare r record; n bigint := 0; text_of text;
begin
  for r in select * from audit order by seq loop
    text_of := jsonb_build_object('key', r.key, 'at', to_char(r.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'actor', r.actor,
      'act', r.act, 'reason', r.reason, 'rolloutId', r.rollout_id, 'action', r.action, 'version', r.version, 'before', r.before,
      'after', r.after, 'correlationId', r.correlation_id, 'details', r.details, 'complianceStatus', r.compliance_status)::text;
    update audit set leaf = n, line = text_of where seq = r.seq;
    perform add_audit_leaf(n, text_of);
    n := n + 1;
  end loop;
end $$`;

const stays = (table: string): string =>
  `create trigger ${table}_stay before update or delete or truncate on ${table} for each statement execute ` +
  'function refuse_audit_change()';

export const auditLog: Migration = {
  id: 2,
  name: 'audit-log',
  statements: [
    nodes,
    addLeaf,
    'alter table audit add column leaf bigint, add column line text',
    'alter table audit disable trigger audit_stays',
    adopt,
    'alter table audit enable trigger audit_stays',
    'alter table audit alter column leaf set not null, alter column line set not null',
    'create unique index audit_by_leaf on audit (leaf)',
    append,
    stays('audit_nodes'),
    checkpoints,
    stays('audit_checkpoints'),
    cursors,
    compliance,
    'create index compliance_by_version on compliance (action, version, at desc)',
  ],
};
