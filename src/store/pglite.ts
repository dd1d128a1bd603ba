/** The embedded PostgreSQL: one process, one connection; safe against a crash of the process, not of the machine. */
import { mkdir } from 'node:fs/promises';
import { PGlite } from '@electric-sql/pglite';
import type { Transaction } from '@electric-sql/pglite';
import type { Database } from './database.ts';
import { lockStore } from './store-lock.ts';
import { PARSERS, encodeParam, textSerializers } from './values.ts';

/** Throws StoreInUse when another process, or this one, holds the folder. */
export async function openPglite(dataDir: string | null): Promise<Database> {
  if (dataDir === null) return wrap(await PGlite.create(), () => undefined);
  await mkdir(dataDir, { recursive: true });
  const unlock = lockStore(dataDir);
  try {
    return wrap(await PGlite.create(dataDir), unlock);
  } catch (error) {
    unlock();
    throw error;
  }
}

function wrap(pglite: PGlite, unlock: () => void): Database {
  let closing: Promise<void> | undefined;
  return {
    kind: 'pglite',
    query: (sql, params) => run(pglite, sql, params),
    tx: (work) => pglite.transaction((trx) => work({ query: (sql, params) => run(trx, sql, params) })),
    listen: (channel, onNotify) => listen(pglite, channel, onNotify),
    close: () => (closing ??= pglite.close().finally(unlock)),
  };
}

async function run<Row>(on: PGlite | Transaction, sql: string, params: readonly unknown[] = []): Promise<Row[]> {
  return (await on.query<Row>(sql, params.map(encodeParam), { parsers: PARSERS, serializers: textSerializers })).rows;
}

/** The driver calls back while it still handles the query that notified; callers may query again, so they get their own turn. */
async function listen(pglite: PGlite, channel: string, onNotify: (payload: string) => void): Promise<() => Promise<void>> {
  let listening = true;
  const unlisten = await pglite.listen(channel, (payload) => {
    setImmediate(() => {
      if (listening) onNotify(payload);
    });
  });
  return async () => {
    if (!listening) return;
    listening = false;
    if (!pglite.closed) await unlisten();
  };
}
