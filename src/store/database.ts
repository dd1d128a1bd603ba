/** The one small adapter over the two PostgreSQL drivers (pg for DATABASE_URL, PGlite embedded). */

export interface Queryable {
  /** `$1` placeholders. bigint and count(*) arrive as numbers, timestamptz as Date, json parsed, on both drivers. */
  query<Row>(sql: string, params?: readonly unknown[]): Promise<Row[]>;
}

declare const inTransaction: unique symbol;

/** What `tx` hands over, and nothing else is: a function that must run within one takes this. */
export interface Transaction extends Queryable {
  readonly [inTransaction]: true;
}

/** For those who begin one. */
export function asTransaction(queryable: Queryable): Transaction {
  return queryable as Transaction;
}

export interface Database extends Queryable {
  /** Never await the network inside: on the embedded store everyone else waits. */
  tx<T>(work: (trx: Transaction) => Promise<T>): Promise<T>;
  /** LISTEN; the callback gets the payload. Resolves to the unsubscriber. Reconnects by itself on a real server. */
  listen(channel: string, onNotify: (payload: string) => void): Promise<() => Promise<void>>;
  close(): Promise<void>;
  readonly kind: 'pg' | 'pglite';
}
