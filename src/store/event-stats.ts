/** How the events come in: how late, of which types, how many have clocks that disagree. */
import type { Queryable } from './database.ts';

export interface UnknownType {
  readonly type: string;
  readonly events: number;
  readonly firstAt: Date;
  readonly lastAt: Date;
}

export interface EventStats {
  /** The most recent cards, which the figures below are of. */
  readonly cards: number;
  /** Longest delay between an event of a card and its arrival, over cards; null without cards. */
  readonly lateMs: { readonly p50: number; readonly p95: number; readonly max: number } | null;
  /** Rendered − triggered, of cards that were rendered and whose clocks agree; null without any. */
  readonly deliveryLatencyMs: { readonly p50: number; readonly p95: number; readonly max: number } | null;
  /** Rendered before it was triggered: clocks disagree. */
  readonly skewed: number;
  /** An event that arrived before it happened: the sender's clock is ahead of ours. */
  readonly early: number;
  readonly notRendered: number;
  /** Events of types that this version does not know, since the beginning. */
  readonly unknownTypes: readonly UnknownType[];
}

export const RECENT_CARDS = 20_000;

interface Row extends Omit<EventStats, 'lateMs' | 'deliveryLatencyMs' | 'unknownTypes'> {
  readonly late: readonly number[] | null;
  readonly latency: readonly number[] | null;
  readonly latest: number | null;
  readonly slowest: number | null;
}

/** A bounded look at the newest cards: it costs the same for a table of millions. */
export async function readEventStats(db: Queryable, recent = RECENT_CARDS): Promise<EventStats> {
  const [row] = await db.query<Row>(
    `
select count(*) as cards, percentile_disc(array[0.5, 0.95]) within group (order by late_ms) as late,
  max(late_ms) as latest,
  percentile_disc(array[0.5, 0.95]) within group (order by latency) filter (where latency >= 0) as latency,
  max(latency) filter (where latency >= 0) as slowest,
  count(*) filter (where latency < 0) as skewed, count(*) filter (where late_ms < 0) as early,
  count(*) filter (where rendered_at is null) as "notRendered"
from (select late_ms, rendered_at, (extract(epoch from rendered_at - triggered_at) * 1000)::bigint as latency
  from exposures where not withheld order by seq desc limit $1::bigint) as recent`,
    [recent],
  );
  const unknownTypes = await db.query<UnknownType>(
    'select type, events, first_at as "firstAt", last_at as "lastAt" from unknown_event_types order by events ' +
      'desc, type limit 100',
  );
  const {
    late = null,
    latest = null,
    latency = null,
    slowest = null,
    cards = 0,
    skewed = 0,
    early = 0,
    notRendered = 0,
  } = row ?? {};
  return {
    cards,
    lateMs: spread(late, latest),
    deliveryLatencyMs: spread(latency, slowest),
    skewed,
    early,
    notRendered,
    unknownTypes,
  };
}

function spread(
  levels: readonly number[] | null,
  max: number | null,
): { p50: number; p95: number; max: number } | null {
  const [p50, p95] = (levels ?? []).map(Number);
  return p50 === undefined || p95 === undefined || max === null ? null : { p50, p95, max };
}
