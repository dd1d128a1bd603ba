import type { Migration } from '../migrate.ts';

/**
 * The only way into the log runs with the rights of its owner: whoever may call it needs none on the tables. The search
 * path is its own,
 * so that nobody can put a table or a function of theirs in front of ours.
 */
const APPEND_AS_OWNER = [
  'alter function append_audit(text) security definer',
  'alter function append_audit(text) set search_path = pg_catalog, public, pg_temp',
  'revoke execute on function append_audit(text), add_audit_leaf(bigint, text) from public',
];

/** What preflight said is in the log itself from now on: a table beside it could be changed without a trace. */
const COMPLIANCE_INTO_LOG = [
  `do $$
declare r record;
begin
  for r in select * from compliance order by at loop
    perform append_audit(jsonb_build_object('key', 'preflight/before/' || r.content_sha256, 'at', to_char(r.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
      'actor', 'engine', 'act', 'preflight', 'reason', r.status, 'rolloutId', null, 'action', r.action, 'version', r.version, 'before', null, 'after', null,
      'correlationId', null, 'complianceStatus', r.status,
      'details', jsonb_build_object('contentSha256', r.content_sha256, 'rulesVersion', r.rules_version, 'dataVersion', r.data_version))::text);
  end loop;
end $$`,
  'drop table compliance',
  "create index audit_preflights on audit ((details->>'contentSha256'), at desc) where act = 'preflight'",
  "create index audit_preflights_by_version on audit (action, version, at desc) where act = 'preflight'",
];

export const auditRights: Migration = {
  id: 6,
  name: 'audit-rights',
  statements: [...APPEND_AS_OWNER, ...COMPLIANCE_INTO_LOG],
};
