/** The throw-away PostgreSQL server of tests is the one of the benchmarks. */
export { findPostgres, startPostgres } from '../../bench/lib/postgres.ts';
export type { TestPostgres } from '../../bench/lib/postgres.ts';
