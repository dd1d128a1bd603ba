/** How an action's cards have fared lately: what a forecast assumes. */
import type { Assumptions } from '../domain/forecast/assumptions.ts';
import { byRate } from '../domain/metrics/index.ts';
import type { RateName } from '../domain/metrics/index.ts';
import type { Database } from './database.ts';
import { rateCounts } from './outcomes.ts';

interface Row extends Readonly<Record<RateName, number>> {
  readonly cards: number;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly agents: number;
  readonly firstAt: Date | null;
}

export interface BaseRates {
  readonly rates: Assumptions;
  /** How much they rest on. */
  readonly cards: number;
  readonly hours: number;
}

/**
 * The embedded store does one statement at a time, a rollout's own among them: it is asked for its newest cards alone.
 * Null: all.
 */
export function mostCards({ kind }: Pick<Database, 'kind'>): number | null {
  return kind === 'pglite' ? 100_000 : null;
}

/** All versions together; null without cards. Volume over the time from the first card on. */
export async function baseRates(
  db: Pick<Database, 'query' | 'kind'>,
  actionName: string,
  since: Date,
  nowMs: number,
): Promise<BaseRates | null> {
  const [row] = await db.query<Row>(RATES, [since, `${actionName} v%`, mostCards(db)]);
  if (row === undefined || row.cards === 0 || row.firstAt === null) return null;
  const hours = Math.max(1 / 60, (nowMs - row.firstAt.getTime()) / 3_600_000);
  const rates: Assumptions = {
    cardsPerHour: row.cards / hours,
    rates: byRate((rate) => row[rate] / row.cards),
    latencyP50Ms: Math.max(1, row.p50 ?? 1),
    latencyP95Ms: Math.max(1, row.p95 ?? row.p50 ?? 1),
    agents: Math.max(1, row.agents),
  };
  return { rates, cards: row.cards, hours };
}

const RATES = `
with recent as (
  select outcomes, rendered_at, agent_id, triggered_at,
    extract(epoch from rendered_at - triggered_at)::float8 * 1000 as latency
  from exposures where triggered_at >= $1::timestamptz and action_name like $2 and not withheld
    and seq > coalesce((select max(seq) from exposures) - $3::bigint, 0)
)
select count(*) as cards, ${rateCounts('recent')}, count(distinct agent_id) as agents, min(triggered_at) as "firstAt",
  percentile_cont(0.5) within group (order by latency) filter (where latency >= 0) as p50,
  percentile_cont(0.95) within group (order by latency) filter (where latency >= 0) as p95
from recent`;
