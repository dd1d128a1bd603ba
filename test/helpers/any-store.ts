/**
 * A store of its own for a test to which it is all one which of the two it is: a database of the PostgreSQL that all
 * files share, which opens and answers in a small part of the embedded one's time; that one where there is no PostgreSQL.
 */
import type { Database } from '../../src/store/database.ts';
import { openInMemory } from './in-memory.ts';
import { openPatiently } from './patient-store.ts';
import { findPostgres } from './postgres.ts';
import { sharedPostgres } from './shared-postgres.ts';

export async function openStore(): Promise<Database> {
  if (findPostgres() === null) return openInMemory();
  const postgres = await sharedPostgres();
  const db = await openPatiently(await postgres.createDatabase());
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    await db.close();
    await postgres.close();
  };
  return {
    ...db,
    close: () => (closing ??= close()),
  };
}
