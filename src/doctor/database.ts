/** The database: that it answers, what it is set to, its tables, and who may do what there. Reads alone. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database, Queryable } from '../store/database.ts';
import { readMigrationState } from '../store/open.ts';
import { powersOverLog, readRights } from '../store/roles.ts';
import { storeTime } from '../store/clock.ts';
import { CLOCK_EXPECTED, clockSeen } from './clock.ts';
import type { Seen } from './finding.ts';
import type { Check } from './run-checks.ts';

export interface DatabaseLooks {
  /** Opened once for all looks, without touching its schema. */
  readonly open: () => Promise<Database>;
  readonly now: () => number;
}

export function databaseChecks({ open, now }: DatabaseLooks): Check[] {
  const check = (name: string, expected: string, look: (db: Database) => Promise<Seen | readonly Seen[]>): Check => ({
    area: 'database',
    name,
    expected,
    look: async () => look(await open().catch(notReached)),
  });
  return [
    { area: 'database', name: 'reachable', expected: 'an answer', look: () => reachable(open) },
    check('server', `PostgreSQL ${MIN_VERSION} or newer, a primary that keeps what it acknowledged`, serverSeen),
    check('connections', 'room for one more process', connectionsSeen),
    check(
      'notifications',
      'LISTEN and NOTIFY, as they are without a pooler or with one of sessions',
      notificationsSeen,
    ),
    check('tables', 'those of this program', tablesSeen),
    check('role', 'one that can only append to the audit log', roleSeen),
    check('rights', 'those that `database setup` grants', rightsSeen),
    check('clock', CLOCK_EXPECTED, (db) => databaseClock(db, now)),
  ];
}

function notReached(): never {
  throw new Error('the database was not reached');
}

async function reachable(open: () => Promise<Database>): Promise<Seen> {
  const check = 'reachable';
  try {
    const db = await open();
    const [row] = await db.query<{ name: string; size: string; who: string }>(
      'select current_database() as name, current_user as who, pg_size_pretty(pg_database_size(current_database())) as size',
    );
    return { check, level: 'ok', seen: `"${row?.name}" as ${row?.who}, ${row?.size}` };
  } catch (error) {
    const { message } = error as Error;
    return {
      check,
      level: 'error',
      seen: message,
      expected: 'an answer',
      wayOut: 'Mend DATABASE_URL or start the server.',
    };
  }
}

const MIN_VERSION = 14;

async function serverSeen(db: Database): Promise<Seen[]> {
  const [row] = await db.query<Readonly<Record<'version' | 'encoding' | 'fsync' | 'writes', string>> & Server>(
    `select current_setting('server_version') as version, current_setting('server_version_num')::int as number,
       current_setting('server_encoding') as encoding, current_setting('fsync') as fsync,
       current_setting('full_page_writes') as writes, pg_is_in_recovery() as standby`,
  );
  if (row === undefined) return [];
  const server: Seen =
    row.number >= MIN_VERSION * 10_000
      ? { check: 'server', level: 'ok', seen: `PostgreSQL ${row.version}` }
      : {
          check: 'server',
          level: 'error',
          seen: `PostgreSQL ${row.version}`,
          expected: `PostgreSQL ${MIN_VERSION} or newer`,
          wayOut: 'Upgrade the server; docker-compose.yml names a release that is known to do.',
        };
  const wrong = [
    ...(row.standby ? ['it is a standby, which takes no writes'] : []),
    ...(row.encoding === 'UTF8' ? [] : [`its encoding is ${row.encoding}`]),
    ...(row.fsync === 'off' && db.kind === 'pg' ? ['fsync is off: what was acknowledged is lost with the power'] : []),
    ...(row.writes === 'off' ? ['full_page_writes is off: a crash may break pages'] : []),
  ];
  if (wrong.length === 0)
    return [server, { check: 'settings', level: 'ok', seen: 'a primary, UTF8, on disk when it says so' }];
  return [
    server,
    {
      check: 'settings',
      level: 'error',
      seen: wrong.join('; '),
      expected: 'a primary of the encoding UTF8 with fsync and full_page_writes on',
      wayOut: 'Name the primary in DATABASE_URL, or mend these settings of the server.',
    },
  ];
}

interface Server {
  readonly number: number;
  readonly standby: boolean;
}

/** A process opens ten and one that listens. */
const PER_PROCESS = 11;

async function connectionsSeen(db: Database): Promise<Seen> {
  const check = 'connections';
  if (db.kind === 'pglite') return { check, level: 'ok', seen: 'embedded: one for all' };
  const [row] = await db.query<{ used: number; most: number }>(
    `select (select count(*) from pg_stat_activity where datid is not null)::int as used,
       current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int as most`,
  );
  const { used, most } = row ?? { used: 0, most: 0 };
  const seen = `${used} of ${most} are used`;
  if (most - used >= PER_PROCESS) return { check, level: 'ok', seen };
  const expected = `room for the ${PER_PROCESS} of one more process`;
  return { check, level: 'warning', seen, expected, wayOut: 'Raise max_connections, or run fewer processes.' };
}

/** Nothing is kept of a notification. */
async function notificationsSeen(db: Database): Promise<Seen> {
  const check = 'notifications';
  const channel = `doctor_${randomUUID().replaceAll('-', '')}`;
  const enough = new AbortController();
  const stop = await db.listen(channel, () => enough.abort());
  try {
    await db.query('select pg_notify($1, $2)', [channel, '']);
    await sleep(HEARD_MS, undefined, { signal: enough.signal }).catch(() => undefined);
  } finally {
    await stop();
  }
  if (!enough.signal.aborted) return unheard(check);
  return { check, level: 'ok', seen: 'what is told on one connection is heard on another' };
}

const HEARD_MS = 5_000;

function unheard(check: string): Seen {
  return {
    check,
    level: 'error',
    seen: `a notification was not heard within ${HEARD_MS / 1000} s`,
    expected: 'LISTEN and NOTIFY: a harm is noticed when its card comes',
    wayOut: 'Connect without a pooler, or let it pool sessions and not transactions.',
  };
}

async function tablesSeen(db: Queryable): Promise<Seen> {
  const check = 'tables';
  const { applied, missing, changed, newer, besides } = await readMigrationState(db);
  const expected = 'the migrations of this program, and no other';
  if (newer.length > 0)
    return {
      check,
      level: 'error',
      seen: `of a later program: migration ${newer.join(', ')}`,
      expected,
      wayOut: 'Run the version that wrote them, or a later one.',
    };
  if (changed.length > 0)
    return {
      check,
      level: 'error',
      seen: `changed since: migration ${changed.join(', ')}`,
      expected,
      wayOut: RELEASED,
    };
  if (missing.length === 0 && besides.length > 0)
    return {
      check,
      level: 'ok',
      seen: `those of a later program, beside which this one works: migration ${besides.join(', ')}`,
    };
  if (missing.length === 0) return { check, level: 'ok', seen: `all ${applied} migrations are there` };
  const seen = applied === 0 ? 'there are none' : `migration ${missing.join(', ')} is missing`;
  const wayOut =
    'Run `assist-rollouts database setup` as the owner; a worker that owns the tables makes them as it starts.';
  return { check, level: 'error', seen, expected, wayOut };
}

const RELEASED = 'Run the released program; a change belongs into a migration of its own.';

async function roleSeen(db: Database): Promise<Seen> {
  const check = 'role';
  if (db.kind === 'pglite') return { check, level: 'ok', seen: 'embedded: nobody but its process' };
  const [there] = await db.query<{ is: boolean }>("select to_regclass('audit') is not null as is");
  if (there?.is !== true) throw new Error('there are no tables yet');
  const powers = await powersOverLog(db);
  if (powers.length === 0) return { check, level: 'ok', seen: 'can only append to the audit log and read it' };
  return {
    check,
    level: 'warning',
    seen: `the role of DATABASE_URL ${powers.join(', and ')}`,
    expected: 'a role of deploy/roles.sql, which owns nothing',
    wayOut: 'Run deploy/roles.sql once, then `database setup` as the owner, and give each process a role of its own.',
  };
}

const SHOWN = 6;

async function rightsSeen(db: Database): Promise<Seen> {
  const check = 'rights';
  if (db.kind === 'pglite') return { check, level: 'ok', seen: 'embedded: one process has them all' };
  const { groups, lacking, beside } = await readRights(db);
  const wayOut =
    'Run `assist-rollouts database setup` as the owner: it grants these, and takes back what is beside them.';
  const expected = 'what each group needs and no more';
  if (groups.length > 0)
    return {
      check,
      level: 'warning',
      seen: `the server has no role ${groups.join(', ')}`,
      expected: 'the groups of deploy/roles.sql',
      wayOut: 'Run deploy/roles.sql once as a superuser, then `assist-rollouts database setup` as the owner.',
    };
  if (lacking.length > 0) return { check, level: 'error', seen: `not granted: ${few(lacking)}`, expected, wayOut };
  if (beside.length > 0)
    return { check, level: 'warning', seen: `granted beside them: ${few(beside)}`, expected, wayOut };
  return { check, level: 'ok', seen: 'each group has what it needs, and no more' };
}

function few(all: readonly string[]): string {
  const more = all.length - SHOWN;
  return more > 0 ? `${all.slice(0, SHOWN).join(', ')} and ${more} more` : all.join(', ');
}

async function databaseClock(db: Queryable, now: () => number): Promise<Seen> {
  const before = now();
  const atMs = await storeTime(db);
  return clockSeen('clock', 'the database', (before + now()) / 2 - atMs);
}
