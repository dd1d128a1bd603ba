/** Numbered migrations, each applied once, all of them in one transaction under a lock. */
import { createHash } from 'node:crypto';
import type { Database, Queryable, Transaction } from './database.ts';
import { isForbidden, StoreError } from './errors.ts';
import { LOCKS } from './locks.ts';

export interface Migration {
  readonly id: number;
  readonly name: string;
  /** Run one by one; never changed once released. */
  readonly statements: readonly string[];
  /**
   * Programs that know the migrations up to this one work beside it, for it only adds: it takes nothing away that they
   * read, and asks for nothing that they do not write. Absent: older programs refuse to open the database.
   */
  readonly besides?: number;
}

interface Applied {
  readonly id: number;
  readonly name: string;
  readonly checksum: string;
  /** As `besides` of the migration; absent in tables that an older program made. */
  readonly besides?: number | null;
}

const APPLIED = 'select * from schema_migrations order by id';

/** Safe to run again, and by several processes at once. Leaves the database untouched when anything is wrong. */
export async function migrate(db: Database, migrations: readonly Migration[]): Promise<void> {
  await db.tx(async (trx) => {
    await trx.query('select pg_advisory_xact_lock($1)', [LOCKS.migrations]);
    // Asked first: a role that may make no tables may still use those that are there.
    const [known] = await trx.query<{ there: boolean }>("select to_regclass('schema_migrations') is not null as there");
    if (known?.there !== true) await make(trx);
    const applied = await trx.query<Applied>(APPLIED);
    checkApplied(applied, migrations);
    const done = new Set(applied.map(({ id }) => id));
    for (const migration of migrations) if (!done.has(migration.id)) await apply(trx, migration);
  });
}

export interface MigrationState {
  readonly applied: number;
  /** Names of those that are still to come, were changed since, or are of a later program. */
  readonly missing: readonly string[];
  readonly changed: readonly string[];
  readonly newer: readonly string[];
  /** Of a later program, but such that this one works beside them. */
  readonly besides: readonly string[];
}

export async function migrationState(db: Queryable, migrations: readonly Migration[]): Promise<MigrationState> {
  const [known] = await db.query<{ there: boolean }>("select to_regclass('schema_migrations') is not null as there");
  const applied = known?.there === true ? await db.query<Applied>(APPLIED) : [];
  const nameOf = ({ id, name }: Pick<Applied, 'id' | 'name'>) => `${id} (${name})`;
  const unknown = applied.filter(({ id }) => migrations.every((migration) => migration.id !== id));
  const isApplied = (migration: Migration) => applied.find(({ id }) => id === migration.id);
  return {
    applied: applied.length,
    missing: migrations.filter((migration) => isApplied(migration) === undefined).map(nameOf),
    changed: migrations
      .filter((migration) => (isApplied(migration)?.checksum ?? checksumOf(migration)) !== checksumOf(migration))
      .map(nameOf),
    newer: unknown.filter((one) => !isBesides(one, migrations)).map(nameOf),
    besides: unknown.filter((one) => isBesides(one, migrations)).map(nameOf),
  };
}

async function make(trx: Transaction): Promise<void> {
  try {
    await trx.query(
      'create table schema_migrations (id integer primary key, name text not null, checksum text not null, ' +
        'applied_at timestamptz not null default now(), besides integer)',
    );
  } catch (error) {
    throw isForbidden(error) ? older('The database is empty', error) : error;
  }
}

function checksumOf(migration: Migration): string {
  return createHash('sha256').update(JSON.stringify(migration.statements)).digest('hex');
}

function checkApplied(applied: readonly Applied[], migrations: readonly Migration[]): void {
  const known = new Map(migrations.map((migration) => [migration.id, migration]));
  for (const one of applied) {
    const migration = known.get(one.id);
    if (migration !== undefined && checksumOf(migration) !== one.checksum) throw changed(one.id, one.name);
    if (migration === undefined && !isBesides(one, migrations)) throw newer(one.id, one.name, latestOf(migrations));
  }
}

function isBesides({ besides }: Applied, migrations: readonly Migration[]): boolean {
  return typeof besides === 'number' && besides <= latestOf(migrations);
}

function latestOf(migrations: readonly Migration[]): number {
  return migrations.at(-1)?.id ?? 0;
}

async function apply(trx: Transaction, migration: Migration): Promise<void> {
  try {
    for (const statement of migration.statements) await trx.query(statement);
  } catch (cause) {
    if (isForbidden(cause)) throw older(`The database lacks migration ${migration.id} (${migration.name})`, cause);
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new StoreError(
      'store-migration-failed',
      `Migration ${migration.id} (${migration.name}) failed: ${why}. Nothing was changed; mend the cause and ` +
        'start again.',
      { cause },
    );
  }
  const { id, name, besides } = migration;
  const row = [id, name, checksumOf(migration)];
  // Only from `besides` on does every table have that column.
  await (besides === undefined
    ? trx.query('insert into schema_migrations (id, name, checksum) values ($1, $2, $3)', row)
    : trx.query('insert into schema_migrations (id, name, checksum, besides) values ($1, $2, $3, $4)', [
        ...row,
        besides,
      ]));
}

function newer(id: number, name: string, latest: number): StoreError {
  return new StoreError(
    'store-newer-than-code',
    `The database holds migration ${id} (${name}), but this version of assist-rollouts knows only up to ${latest}. ` +
      'Run the version that wrote it, or a later one.',
  );
}

function changed(id: number, name: string): StoreError {
  return new StoreError(
    'store-migration-changed',
    `Migration ${id} (${name}) is not the one that was applied to this database: their checksums differ. ` +
      'Restore the released migration and put the change into a new one.',
  );
}

function older(what: string, cause: unknown): StoreError {
  return new StoreError(
    'store-older-than-code',
    `${what}, and this role may not make tables. Run \`assist-rollouts database setup\` once with DATABASE_URL ` +
      'naming the owner, then start again.',
    { cause },
  );
}
