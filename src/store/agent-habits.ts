/**
 * What is known of a rollout's agents from before it: asked of the baseline's cards once, when it is first watched, and
 * kept. Whatever comes later, about those cards too, changes nothing of it.
 */
import { habitsOf } from '../domain/judge/gathering/habits.ts';
import type { AgentHistory } from '../domain/judge/gathering/habits.ts';
import type { Habits } from '../domain/judge/types.ts';
import { byRate } from '../domain/metrics/index.ts';
import type { RateName } from '../domain/metrics/index.ts';
import { packed, unpacked } from './chain.ts';
import type { Queryable } from './database.ts';
import { rateCounts } from './outcomes.ts';

export type AgentHabits = ReadonlyMap<string, Habits>;

export interface HabitsQuery {
  readonly rolloutId: string;
  /** Of the version whose cards the agents were shown before. */
  readonly actionId: string;
  /** The last card of before the rollout. */
  readonly startSeq: number;
  /** Cards that came later may still get an answer. */
  readonly settledBefore: Date;
}

/** Of the agents who differ from all, by their ids. */
export async function habitsBefore(db: Queryable, query: HabitsQuery): Promise<AgentHabits> {
  const kept = await loadHabits(db, query.rolloutId);
  if (kept !== null) return kept;
  const found = [...habitsOf(await historyOf(db, query))].filter(([, habits]) => Object.keys(habits).length > 0);
  await db.query('insert into agent_habits (rollout_id, habits) values ($1, $2) on conflict (rollout_id) do nothing', [
    query.rolloutId,
    packed(found),
  ]);
  // Another watcher may have been first.
  return (await loadHabits(db, query.rolloutId)) ?? new Map(found);
}

async function loadHabits(db: Queryable, rolloutId: string): Promise<AgentHabits | null> {
  const [row] = await db.query<{ habits: string }>('select habits from agent_habits where rollout_id = $1', [
    rolloutId,
  ]);
  return row === undefined ? null : new Map(unpacked(row.habits) as (readonly [string, Habits])[]);
}

interface Row extends Readonly<Record<RateName, number>> {
  readonly agent: string;
  readonly cards: number;
}

/** Habits change: what is older tells little. */
const DAYS = 14;
/** The latest, so that a busy queue is read in a moment; of more agents than that each weighs little. */
const MAX_CARDS = 100_000;
const MAX_AGENTS = 2000;

async function historyOf(
  db: Queryable,
  { actionId, startSeq, settledBefore }: HabitsQuery,
): Promise<ReadonlyMap<string, AgentHistory>> {
  const since = new Date(settledBefore.getTime() - DAYS * 86_400_000);
  const rows = await db.query<Row>(HISTORY, [actionId, startSeq, since, settledBefore]);
  return new Map(rows.map((row) => [row.agent, { cards: row.cards, hits: byRate((rate) => row[rate]) }]));
}

const HISTORY = `
select agent_id as agent, count(*) as cards, ${rateCounts('recent')}
from (select agent_id, outcomes, rendered_at from exposures
  where action_id = $1 and seq <= $2::bigint and not withheld
    and triggered_at >= $3::timestamptz and first_seen_at <= $4::timestamptz
  order by seq desc limit ${MAX_CARDS}) as recent
group by agent_id order by count(*) desc, agent_id limit ${MAX_AGENTS}`;
