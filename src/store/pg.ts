/** A real PostgreSQL server. */
import { Pool, types as pgTypes } from 'pg';
import type { CustomTypesConfig, PoolClient, PoolConfig } from 'pg';
import { asTransaction } from './database.ts';
import type { Database, Transaction } from './database.ts';
import { markLost, StoreError } from './errors.ts';
import { createListener } from './pg-listener.ts';
import { PIN_SESSION, STATEMENT_MS } from './session.ts';
import { PARSERS, encodeParam } from './values.ts';

const CONNECT_MS = 5_000;

const types: CustomTypesConfig = {
  getTypeParser: (oid, format) => PARSERS[oid] ?? (pgTypes.getTypeParser(oid, format) as (text: string) => unknown),
};

/** Connects once, so that a wrong URL is told here and not by the first query. */
export async function openPg(url: string): Promise<Database> {
  const config: PoolConfig = {
    connectionString: checkedUrl(url),
    types,
    max: 10,
    keepAlive: true,
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: STATEMENT_MS,
    application_name: 'assist-rollouts',
  };
  // The pool waits for what `onConnect` returns before it hands the connection out; its types do not say so.
  const pool = new Pool({ ...config, onConnect: (client) => client.query(PIN_SESSION) as unknown as void });
  // An idle connection that breaks is replaced on the next use; without a listener it would end the process.
  pool.on('error', () => undefined);
  const listener = createListener(config, Math.random);
  try {
    (await pool.connect()).release();
  } catch (error) {
    await pool.end();
    throw unreachable(url, error);
  }
  let closing: Promise<void> | undefined;
  return {
    kind: 'pg',
    query: async <Row>(sql: string, params: readonly unknown[] = []) => {
      const encoded = params.map(encodeParam);
      return (await heard(pool.query(sql, encoded))).rows as Row[];
    },
    tx: (work) => transaction(pool, work),
    listen: (channel, onNotify) => listener.listen(channel, onNotify),
    close: () => (closing ??= closeAll(pool, listener)),
  };
}

async function closeAll(pool: Pool, listener: { close(): Promise<void> }): Promise<void> {
  await listener.close();
  await pool.end();
}

async function transaction<T>(pool: Pool, work: (trx: Transaction) => Promise<T>): Promise<T> {
  const client = await heard(pool.connect());
  let broken: Error | undefined;
  const onError = (error: Error): void => {
    broken = error;
  };
  client.on('error', onError);
  try {
    // Stated, since the server's default may differ: what was committed while we waited for a lock must be visible
    // after it.
    await heard(client.query('begin isolation level read committed'));
    const result = await work(
      asTransaction({
        query: async (sql, params = []) => {
          const encoded = params.map(encodeParam);
          return (await heard(client.query(sql, encoded))).rows;
        },
      }),
    );
    await heard(client.query('commit'));
    return result;
  } catch (error) {
    broken ??= await rollBack(client);
    throw error;
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
}

async function heard<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw markLost(error);
  }
}

/** The error that makes the connection unfit for reuse, if any. */
async function rollBack(client: PoolClient): Promise<Error | undefined> {
  try {
    await client.query('rollback');
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function checkedUrl(url: string): string {
  if (/^postgres(ql)?:\/\//.test(url)) return url;
  throw new StoreError(
    'store-url-invalid',
    'The database URL does not start with postgres:// or postgresql://. Expected ' +
      'postgres://user:password@host:5432/database.',
  );
}

function unreachable(url: string, cause: unknown): StoreError {
  const why = cause instanceof Error ? cause.message || cause.name : String(cause);
  return new StoreError(
    'store-unreachable',
    `Cannot use PostgreSQL at ${withoutSecrets(url)}: ${why}. Check that it runs and that DATABASE_URL names it, ` +
      'or use a verb with an embedded store (dev, demo) without DATABASE_URL.',
    { cause },
  );
}

/** Host and database only: a URL may carry the password as user info or as a query parameter. */
function withoutSecrets(url: string): string {
  try {
    const { host, pathname, searchParams } = new URL(url);
    return `${host || (searchParams.get('host') ?? 'localhost')}${pathname}`;
  } catch {
    return 'the given URL';
  }
}
