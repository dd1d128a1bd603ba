/**
 * Who may do what in the database. The owner makes the tables and so could switch off what protects the log; no process
 * that runs all day is the owner. Workers append to the log by its own function and read it; the events service reaches
 * its own tables alone; who forwards reads what came in, and keeps the outbox; the panel shows what workers publish, and
 * tells what became of it; the console reads what is told of rollouts, and changes nothing.
 */
import type { Database, Queryable } from './database.ts';
import { StoreError } from './errors.ts';

/** Roles without a login, that the processes' own roles are members of; made by deploy/roles.sql. */
export const GROUPS = {
  worker: 'assist_rollouts_worker',
  events: 'assist_rollouts_events',
  forward: 'assist_rollouts_forward',
  panel: 'assist_rollouts_panel',
  console: 'assist_rollouts_console',
} as const;
type Group = keyof typeof GROUPS;

const READ = 'select';
/** What a split takes out of service goes from screens in the same transaction. */
const WITHDRAW = 'select, update (withdrawn_at)';
const ADD = 'select, insert';
const CHANGE = 'select, update';
const KEEP = 'select, insert, update';
const ALL = 'select, insert, update, delete';

/** Every table has its line here (a test sees to it): a new one is nobody's until it has. */
export const TABLE_RIGHTS: Readonly<Record<string, Readonly<Partial<Record<Group, string>>>>> = {
  schema_migrations: { worker: READ, events: READ, forward: READ, panel: READ, console: READ },
  events: { worker: READ, events: ADD, forward: READ, panel: ADD },
  exposures: { worker: READ, events: KEEP, forward: READ, panel: KEEP, console: READ },
  custom_values: { worker: ADD, events: KEEP, panel: KEEP },
  unknown_event_types: { worker: READ, events: KEEP, panel: KEEP },
  destinations: { worker: READ, events: READ, forward: KEEP, panel: READ },
  outbox: { worker: ADD, events: ADD, forward: ALL, panel: ADD },
  // A letter that is put back is under way again, whoever puts it back.
  message_log: { worker: ADD, events: CHANGE, forward: CHANGE, console: READ },
  metric_windows: { forward: ALL },
  dead_letters: { events: ALL, forward: KEEP },
  rollouts: { worker: KEEP, console: READ },
  used_signatures: { worker: 'select, insert, delete' },
  judge_states: { worker: KEEP, console: READ },
  decision_looks: { worker: ADD, console: READ },
  agent_habits: { worker: ADD },
  forecasts: { worker: ADD, console: READ },
  long_watches: { worker: KEEP, console: READ },
  long_watch_cards: { worker: ADD, console: READ },
  copilot_deployments: { worker: KEEP, events: READ },
  copilot_texts: { worker: ADD, events: READ },
  copilot_responders: { worker: READ, events: ALL },
  copilot_answers: { worker: READ, events: KEEP },
  audit: { worker: READ, console: READ },
  audit_nodes: { worker: READ },
  audit_checkpoints: { worker: ADD },
  audit_cursors: { worker: KEEP },
  panel_versions: { worker: ADD, panel: READ },
  panel_split: { worker: KEEP, panel: READ },
  panel_instances: { worker: READ, panel: ALL },
  panel_sessions: { worker: READ, panel: ALL },
  panel_feeds: { worker: READ, panel: ALL },
  freezes: { worker: KEEP },
  handling_reads: { worker: ALL },
  handling_cursor: { worker: KEEP },
  live_events: { events: 'select, insert, delete', panel: 'select, delete' },
  panel_cards: { worker: WITHDRAW, panel: KEEP },
  panel_groups: { worker: ALL, panel: ALL, console: READ },
  panel_members: { worker: ALL, panel: ALL, console: READ },
  trace_links: { worker: ALL, events: ALL, panel: ALL },
};

const SEQUENCES: Readonly<Record<string, readonly Group[]>> = {
  exposures_seq: ['events', 'panel'],
  outbox_seq: ['worker', 'events', 'forward', 'panel'],
  panel_epoch: ['worker'],
};

/** By the owner, after the migrations; a repeat grants the same, and takes back what was granted beside it. */
export async function grantRights(db: Database): Promise<void> {
  await db.tx(async (trx) => {
    await assertGroups(trx);
    for (const statement of statements()) await trx.query(statement);
  });
}

function statements(): string[] {
  const groups = Object.values(GROUPS).join(', ');
  return [
    'revoke create on schema public from public',
    `revoke all on all tables in schema public from ${groups}`,
    `revoke all on all sequences in schema public from ${groups}`,
    `grant usage on schema public to ${groups}`,
    ...Object.entries(TABLE_RIGHTS).flatMap(([table, rights]) =>
      Object.entries(rights).map(([group, what]) => `grant ${what} on ${table} to ${GROUPS[group as Group]}`),
    ),
    ...Object.entries(SEQUENCES).flatMap(([sequence, groups]) =>
      groups.map((group) => `grant usage on sequence ${sequence} to ${GROUPS[group]}`),
    ),
    `grant execute on function append_audit(text) to ${GROUPS.worker}`,
  ];
}

async function missingGroups(db: Queryable): Promise<string[]> {
  const wanted = Object.values(GROUPS);
  const rows = await db.query<{ name: string }>('select rolname::text as name from pg_roles where rolname = any($1)', [
    wanted,
  ]);
  return wanted.filter((group) => !rows.some(({ name }) => name === group));
}

async function assertGroups(db: Queryable): Promise<void> {
  const missing = await missingGroups(db);
  if (missing.length === 0) return;
  throw new StoreError(
    'store-roles-missing',
    `The database server has no role ${missing.join(' and no role ')}. Run deploy/roles.sql once as a superuser ` +
      '(psql -v owner_password=… -v worker_password=… -v events_password=… -v panel_password=… -v console_password=… -f ' +
      'deploy/roles.sql), then this again as the owner.',
  );
}

export interface RightsState {
  /** That the server lacks. */
  readonly groups: readonly string[];
  /** `<right> on <table> to <group>`, of the groups that there are. */
  readonly lacking: readonly string[];
  readonly beside: readonly string[];
}

/** The rights of the groups beside those that `database setup` grants. Changes nothing. */
export async function readRights(db: Queryable): Promise<RightsState> {
  const groups = await missingGroups(db);
  const rows = await db.query<{ group: string; table: string; right: string; has: boolean }>(
    `select g as "group", t as "table", r as "right",
       case r when 'update (any column)' then has_any_column_privilege(g, t::regclass, 'update')
         else has_table_privilege(g, t::regclass, r) end as has
     from unnest($1::text[]) g, unnest($2::text[]) t, unnest($3::text[]) r
     where to_regclass(t) is not null`,
    [Object.values(GROUPS).filter((group) => !groups.includes(group)), Object.keys(TABLE_RIGHTS), ASKED_RIGHTS],
  );
  const wanted = (row: (typeof rows)[number]): boolean => wantedRights(row.table, row.group).includes(row.right);
  const told = ({ group, table, right }: (typeof rows)[number]) => `${right} on ${table} to ${group}`;
  return {
    groups,
    lacking: rows.filter((row) => wanted(row) && !row.has).map(told),
    // The right to a column is had by whoever has the whole table's.
    beside: rows.filter((row) => row.has && row.right !== ANY_COLUMN && !wanted(row)).map(told),
  };
}

const ANY_COLUMN = 'update (any column)';
const ASKED_RIGHTS = ['select', 'insert', 'update', 'delete', 'truncate', ANY_COLUMN];

function wantedRights(table: string, name: string): string[] {
  const [group] = Object.entries(GROUPS).find(([, role]) => role === name) ?? [];
  const granted = TABLE_RIGHTS[table]?.[group as Group] ?? '';
  return granted
    .split(', ')
    .filter(Boolean)
    .map((right) => (right.startsWith('update (') ? ANY_COLUMN : right));
}

/** What the role of this session could do to the log, in words; empty for one that can only append and read. */
export async function powersOverLog(db: Queryable): Promise<string[]> {
  const [row] = await db.query<{ superuser: boolean; owner: boolean; writes: boolean }>(
    `select r.rolsuper as superuser, pg_has_role(t.relowner, 'member') as owner,
       has_table_privilege(t.oid, 'update, delete, truncate') as writes
     from pg_roles r, pg_class t where r.rolname = current_user and t.oid = 'audit'::regclass`,
  );
  if (row === undefined) return [];
  return [
    ...(row.superuser ? ['is a superuser of PostgreSQL, so it may run programs on its host'] : []),
    ...(row.owner && !row.superuser ? ['owns the audit log, so it may switch off what protects it'] : []),
    ...(row.writes && !row.owner && !row.superuser ? ['may change entries of the audit log'] : []),
  ];
}
