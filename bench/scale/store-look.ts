/** How much PostgreSQL is asked. */
import { Client } from 'pg';

export interface StoreCount {
  readonly atMs: number;
  readonly transactions: number;
  /** Rows that were read, by index or not. */
  readonly rows: number;
}

export async function countStore(databaseUrl: string | null): Promise<StoreCount | null> {
  if (databaseUrl === null) return null;
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const {
      rows: [row],
    } = await client.query<{ transactions: string; rows: string }>(
      'select xact_commit + xact_rollback as transactions, tup_returned as rows from pg_stat_database where ' +
        'datname = current_database()',
    );
    return { atMs: Date.now(), transactions: Number(row?.transactions ?? 0), rows: Number(row?.rows ?? 0) };
  } finally {
    await client.end();
  }
}
