/**
 * What a session is set to decides what texts mean: a database whose DateStyle is German gives other dates for the same
 * rows. So each
 * session is set by us, by statement: that stands above the settings of server, database, role and URL, and poolers let
 * it through.
 */

/** Of a statement; the client gives up on one after the same time. */
export const STATEMENT_MS = 30_000;

const SETTINGS: Readonly<Record<string, string>> = {
  DateStyle: 'ISO, YMD',
  TimeZone: 'UTC',
  IntervalStyle: 'postgres',
  extra_float_digits: '1',
  bytea_output: 'hex',
  standard_conforming_strings: 'on',
  array_nulls: 'on',
  transform_null_equals: 'off',
  // Temporary tables last, so that none stands before one of ours.
  search_path: 'public, pg_temp',
  statement_timeout: `${STATEMENT_MS}ms`,
  lock_timeout: '20s',
  // The locks of the log and of the cards are held until the end of a transaction: one that hangs must not hold them
  // for ever.
  idle_in_transaction_session_timeout: '60s',
};

/** What was acknowledged is on disk, whatever the database's default; a stricter one (of replicas, say) stays. */
const DURABLE =
  "set_config('synchronous_commit', case current_setting('synchronous_commit') when 'off' then 'on' else " +
  "current_setting('synchronous_commit') end, false)";

const PINNED = Object.entries(SETTINGS).map(([name, value]) => `set_config('${name}', '${value}', false)`);

export const PIN_SESSION = `select ${[...PINNED, DURABLE].join(', ')}`;
