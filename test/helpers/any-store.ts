/**
 * A store of its own for a test to which it is all one which of the two it is: a database of the PostgreSQL that all
 * files share, which opens and answers in a small part of the embedded one's time; that one where there is no PostgreSQL.
 */
import type { Database } from '../../src/store/database.ts';
import { openDatabase } from '../../src/store/open.ts';
import { openInMemory } from './in-memory.ts';
import { PATIENCE_MS } from './patience.ts';
import { findPostgres } from './postgres.ts';
import { sharedPostgres } from './shared-postgres.ts';

export async function openStore(): Promise<Database> {
  if (findPostgres() === null) return openInMemory();
  const postgres = await sharedPostgres();
  const url = await postgres.createDatabase();
  const db = await patiently(() => openDatabase({ kind: 'pg', url }));
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    await db.close();
    await postgres.close();
  };
  return {
    ...db,
    query: (sql, params) => patiently(() => db.query(sql, params)),
    tx: (work) => patiently(() => db.tx(work)),
    close: () => (closing ??= close()),
  };
}

/** What is thrown where a connection was too late: nothing has been asked by then. */
const LATE = /timeout exceeded when trying to connect|connection timeout/;

/** A busy machine connects more slowly than a worker waits for it: only a hang fails by that. */
async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  for (const deadline = Date.now() + PATIENCE_MS; ;) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof Error && LATE.test(error.message)) || Date.now() > deadline) throw error;
    }
  }
}
