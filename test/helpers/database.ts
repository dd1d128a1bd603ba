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
import { openPatiently } from './patient-store.ts';
import type { SharedPostgres } from './shared-postgres.ts';
import { sharedPostgres } from './shared-postgres.ts';

/** One database per suite, opened before and closed after it; `db()` is for use inside tests and hooks. */
export function describeEachStore(name: string, suite: (db: () => Database) => void): void {
  describe(`${name} (embedded)`, () => suite(useDatabase(() => openInMemory())));
  describeSharedPostgres(`${name} (PostgreSQL)`, (postgres) =>
    suite(useDatabase(async () => openPatiently(await postgres().createDatabase()))),
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

/** A suite that needs a real server of its own, to end it or to change what all its databases share. */
export function describePostgres(name: string, suite: (postgres: () => TestPostgres) => void): void {
  describeServer(name, suite, startPostgres, (server) => server.stop());
}

/** A suite that needs databases of a real server, which it leaves alone: other files use it at the same time. */
export function describeSharedPostgres(
  name: string,
  suite: (postgres: () => Pick<SharedPostgres, 'createDatabase'>) => void,
): void {
  describeServer(name, suite, sharedPostgres, (shared) => shared.close());
}

/** Not registered, and said so, where there is no PostgreSQL. */
function describeServer<Server>(
  name: string,
  suite: (server: () => Server) => void,
  start: (bin: string) => Promise<Server>,
  stop: (server: Server) => Promise<void>,
): void {
  const bin = findPostgres();
  if (bin === null) {
    process.stdout.write(`PostgreSQL is not installed here: "${name}" does not run.\n`);
    return;
  }
  describe(name, () => {
    let server: Server | undefined;
    beforeAll(async () => {
      server = await start(bin);
    });
    afterAll(async () => {
      if (server !== undefined) await stop(server);
    });
    suite(() => {
      if (server === undefined)
        throw new Error('PostgreSQL is started before the first test, not while tests are being registered.');
      return server;
    });
  });
}

function useDatabase(open: () => Promise<Database>): () => Database {
  let db: Database | undefined;
  beforeAll(async () => {
    db = await open();
  });
  afterAll(async () => {
    await db?.close();
  });
  return () => {
    if (!db) throw new Error('The database is opened before the first test, not while tests are being registered.');
    return db;
  };
}
