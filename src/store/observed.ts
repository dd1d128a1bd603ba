/** The store as it is measured and traced: each statement by what it does and to which table, never by its values. */
import { count, isMeasuring, observe } from '../telemetry/measure.ts';
import { tracing, traced } from '../telemetry/spans.ts';
import type { Database, Queryable } from './database.ts';
import { asTransaction } from './database.ts';
import { TABLE_RIGHTS } from './roles.ts';

export function observed<D extends Database>(db: D): D {
  const plain: Queryable = { query: (sql, params) => db.query(sql, params) };
  return {
    ...db,
    query: (sql, params) => observedQuery(plain, sql, params),
    tx: (work) =>
      traced('store transaction', { within: true }, () =>
        db.tx((trx) => work(asTransaction({ query: (sql, params) => observedQuery(trx, sql, params) }))),
      ),
  };
}

async function observedQuery<Row>(db: Queryable, sql: string, params?: readonly unknown[]): Promise<Row[]> {
  if (!isMeasuring() && tracing() === null) return db.query(sql, params);
  const operation = operationOf(sql);
  const startedAt = performance.now();
  const attributes = { 'db.system.name': 'postgresql', 'db.query.summary': operation };
  try {
    return await traced(`store ${operation}`, { kind: 'client', within: true, attributes }, () =>
      db.query<Row>(sql, params),
    );
  } catch (error) {
    count('assist_rollouts_store_query_errors_total', 1);
    throw error;
  } finally {
    const seconds = (performance.now() - startedAt) / 1000;
    observe('assist_rollouts_store_query_duration_seconds', seconds, { operation });
  }
}

const operations = new Map<string, string>();
/** Statements are texts of the code; whoever makes new ones for ever must not fill the memory. */
const MAX_KNOWN = 1_000;
const WRITES = /\b(insert\s+into|update|delete\s+from)\s+([a-z_]+)\b/gi;
const READS = /\b(?:from|join)\s+([a-z_]+)\b/gi;

/** `insert exposures`, `select rollouts`: the first write to a table of ours, or else the first that is read. */
function operationOf(sql: string): string {
  const known = operations.get(sql);
  if (known !== undefined) return known;
  const operation = summarise(sql);
  if (operations.size < MAX_KNOWN) operations.set(sql, operation);
  return operation;
}

function summarise(sql: string): string {
  for (const [, act = '', table = ''] of sql.matchAll(WRITES))
    if (table in TABLE_RIGHTS) return `${act.split(/\s/)[0]?.toLowerCase()} ${table}`;
  for (const [, table = ''] of sql.matchAll(READS)) if (table in TABLE_RIGHTS) return `select ${table}`;
  return 'other';
}
