/** A store on PostgreSQL that a busy machine may connect to more slowly than a worker waits for it. */
import type { Database } from '../../src/store/database.ts';
import { openDatabase } from '../../src/store/open.ts';
import { PATIENCE_MS } from './patience.ts';

export async function openPatiently(url: string): Promise<Database> {
  const db = await patiently(() => openDatabase({ kind: 'pg', url }));
  return {
    ...db,
    query: (sql, params) => patiently(() => db.query(sql, params)),
    tx: (work) => patiently(() => db.tx(work)),
  };
}

/** What is thrown where a connection was too late: nothing has been asked by then. */
const LATE = /timeout exceeded when trying to connect|connection timeout/;

/** Only a hang fails by it. */
async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  for (const deadline = Date.now() + PATIENCE_MS; ;) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof Error && LATE.test(error.message)) || Date.now() > deadline) throw error;
    }
  }
}
