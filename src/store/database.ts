/** The one small adapter over the two PostgreSQL drivers (pg for DATABASE_URL, PGlite embedded). */

export interface Queryable {
  /** `$1` placeholders. bigint and count(*) arrive as numbers, timestamptz as Date, json parsed, on both drivers. */
  query<Row>(sql: string, params?: readonly unknown[]): Promise<Row[]>;
}

export interface Database extends Queryable {
  /** Never await the network inside: on the embedded store everyone else waits. */
  tx<T>(work: (trx: Queryable) => Promise<T>): Promise<T>;
  /** LISTEN; the callback gets the payload. Resolves to the unsubscriber. Reconnects by itself on a real server. */
  listen(channel: string, onNotify: (payload: string) => void): Promise<() => Promise<void>>;
  close(): Promise<void>;
  readonly kind: 'pg' | 'pglite';
}
