/** Engagement figures per agent, action version and window of time, as snapshots for the outbox. */
import { ANSWERS, OUTCOMES } from '../domain/metrics/outcomes.ts';
import type { Queryable } from './database.ts';
import { LOCKS } from './locks.ts';
import { OUTBOX_CHANNEL } from './outbox.ts';
import { hasOutcome } from './outcomes.ts';

export interface MetricsTurn {
  readonly destination: string;
  readonly windowMs: number;
  /** Windows that ended at or before this are sent. */
  readonly endedBefore: Date;
}

/**
 * Puts a snapshot of the oldest changed window into the outbox, one row per agent and action version; answers how many.
 * Snapshots are whole, not differences, and the larger `seq` is the later: repeats and late events do no harm.
 */
export async function emitOldestWindow(
  db: Queryable,
  { destination, windowMs, endedBefore }: MetricsTurn,
): Promise<number> {
  const rows = await db.query(EMIT, [destination, windowMs, endedBefore, LOCKS.outbox]);
  return rows.length;
}

/** A window that has no cards any more (they moved to an earlier one) is sent with zeros. */
const EMIT = `
with locked as materialized (select pg_advisory_xact_lock($4::bigint)), oldest as (
  select min(window_start) as at from metric_windows
  where destination = $1 and window_start + $2::bigint * interval '1 ms' <= $3::timestamptz
), ready as (
  delete from metric_windows m using oldest, locked where m.destination = $1 and m.window_start = oldest.at
  returning m.window_start, m.action_id, m.agent_id, m.version
), cards as (
  select x.*, case when x.rendered_at >= x.triggered_at then
    extract(epoch from x.rendered_at - x.triggered_at) * 1000 end as latency
  from exposures x
  where not x.withheld and x.action_id = any(array(select action_id from ready)) and x.triggered_at >= (select at from oldest)
    and x.triggered_at < (select at from oldest) + $2::bigint * interval '1 ms'
), figures as (
  select r.window_start, r.action_id, r.agent_id, r.version, min(c.action_name) as name, count(c.card_id) as triggered,
    count(c.rendered_at) as rendered, 
    ${OUTCOMES.map((name) => `count(*) filter (where ${hasOutcome(name, 'c')}) as ${name}`).join(', ')},
    count(*) filter (where c.rendered_at < c.triggered_at) as skewed, count(c.latency) as timed,
    round(avg(c.latency), 1) as mean,
    percentile_disc(0.5) within group (order by c.latency) as p50,
    percentile_disc(0.95) within group (order by c.latency) as p95, max(c.latency) as slowest
  from ready r left join cards c on c.action_id = r.action_id and c.agent_id = r.agent_id and c.version = r.version
  group by 1, 2, 3, 4
), added as (
  insert into outbox (destination, ordering_key, body)
  select $1, concat_ws('/', 'metrics', action_id, agent_id, version, extract(epoch from window_start)::text),
    jsonb_build_object(
    'agentId', agent_id, 'actionId', action_id, 'actionName', name, 'version', version,
    'windowStart', to_char(window_start at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'windowEnd',
      to_char((window_start + $2::bigint * interval '1 ms') at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'triggered', triggered, 'rendered', rendered, ${OUTCOMES.map((name) => `'${name}', ${name}`).join(', ')},
    'unanswered', triggered - ${ANSWERS.join(' - ')}, 'skewed', skewed,
    'deliveryLatencyMs', case when timed > 0 then
      jsonb_build_object('count', timed, 'mean', mean, 'p50', p50, 'p95', p95, 'max', slowest) end)
  from figures order by agent_id, action_id, version
  returning seq
), told as (select pg_notify('${OUTBOX_CHANNEL}', '') from (select 1 from added limit 1) as any_added)
select seq, (select count(*) from told) as told from added`;
