/**
 * Runs one suite on every store that this machine has: the embedded one always, PostgreSQL where its binaries are
 * found.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Database } from '../../src/store/database.ts';
import { openDatabase } from '../../src/store/open.ts';
import { findPostgres, startPostgres } from './postgres.ts';
import type { TestPostgres } from './postgres.ts';
import { openInMemory } from './in-memory.ts';

const OPEN_MS = 90_000;

/** One database per suite, opened before and closed after it; `db()` is for use inside tests and hooks. */
export function describeEachStore(name: string, suite: (db: () => Database) => void): void {
  describe(`${name} (embedded)`, () => suite(useDatabase(() => openInMemory())));
  describePostgres(`${name} (PostgreSQL)`, (postgres) =>
    suite(useDatabase(async () => openDatabase({ kind: 'pg', url: await postgres().createDatabase() }))),
  );
}

/** The embedded store as a second process has it that asks the one which holds it. */
export function describeAskedStore(name: string, suite: (db: () => Database) => void): void {
  describe(`${name} (embedded, asked of its holder)`, () => {
    suite(
      useDatabase(async () => {
        const home = await mkdtemp(join(tmpdir(), 'assist-asked-'));
        const dataDir = join(home, 'database');
        const onCannot = (why: string): never => {
          throw new Error(why);
        };
        const holder = await openDatabase({ kind: 'pglite', dataDir, serve: { onCannot } });
        const guest = await openDatabase({ kind: 'pglite', dataDir, askHolder: true });
        const close = async (): Promise<void> => {
          await guest.close();
          await holder.close();
          await rm(home, { recursive: true, force: true });
        };
        return { ...guest, close };
      }),
    );
  });
}

/** A suite that needs a real server; not registered, and said so, where there is none. */
export function describePostgres(name: string, suite: (postgres: () => TestPostgres) => void): void {
  const bin = findPostgres();
  if (bin === null) {
    process.stdout.write(`PostgreSQL is not installed here: "${name}" does not run.\n`);
    return;
  }
  describe(name, () => {
    let postgres: TestPostgres | undefined;
    beforeAll(async () => {
      postgres = await startPostgres(bin);
    }, OPEN_MS);
    afterAll(async () => {
      await postgres?.stop();
    }, OPEN_MS);
    suite(() => {
      if (!postgres)
        throw new Error('PostgreSQL is started before the first test, not while tests are being registered.');
      return postgres;
    });
  });
}

function useDatabase(open: () => Promise<Database>): () => Database {
  let db: Database | undefined;
  beforeAll(async () => {
    db = await open();
  }, OPEN_MS);
  afterAll(async () => {
    await db?.close();
  }, OPEN_MS);
  return () => {
    if (!db) throw new Error('The database is opened before the first test, not while tests are being registered.');
    return db;
  };
}
