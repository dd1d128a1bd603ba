/** Does anything grow while rollouts bake? Memory of the workers and size of the database, over time. */
import { Client } from 'pg';
import { sleep } from './lanes.ts';
import type { Parts } from './parts.ts';
import { usageOfAll } from './usage.ts';

export interface Soak {
  readonly soakSeconds: number;
  /** After each tenth of it, MB. */
  readonly soakRssMb: readonly (number | null)[];
  readonly soakDatabaseMb: readonly (number | null)[];
}

const TENTHS = 10;

export async function soak(parts: Parts, seconds: number): Promise<Soak> {
  const rss: (number | null)[] = [];
  const database: (number | null)[] = [];
  for (let i = 0; i <= TENTHS; i++) {
    if (i > 0) await sleep((1000 * seconds) / TENTHS);
    rss.push(usageOfAll(parts.workers.map(({ pid }) => pid))?.rssMb ?? null);
    database.push(await sizeOf(parts.databaseUrl));
  }
  return { soakSeconds: seconds, soakRssMb: rss, soakDatabaseMb: database };
}

/** Of the whole database, MB; null for the embedded store. */
export async function sizeOf(databaseUrl: string | null): Promise<number | null> {
  if (databaseUrl === null) return null;
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ bytes: string }>('select pg_database_size(current_database()) as bytes');
    return Math.round(Number(rows[0]?.bytes ?? 0) / 1e6);
  } finally {
    await client.end();
  }
}
