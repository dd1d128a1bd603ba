/** What a replay reads: an action's cards of a span of time by arrival, its versions, and when they were rolled out. */
import type { Awaited } from '../domain/metrics/awaited.ts';
import type { PastRollout } from '../domain/replay/served.ts';
import type { Queryable } from './database.ts';
import type { StoredCard } from './exposures.ts';
import { readCards } from './exposures.ts';

export interface Span {
  /** ms since the epoch; the end does not belong to it. */
  readonly fromMs: number;
  readonly toMs: number;
}

export interface PastVersion {
  readonly actionId: string;
  readonly version: string;
  readonly cards: number;
  /** Of its cards in the span. */
  readonly firstSeq: number;
}

const OF_ACTION = `action_name = $1::text || ' v' || version`;

/** Those that have cards in the span. */
export async function pastVersions(db: Queryable, action: string, { fromMs, toMs }: Span): Promise<PastVersion[]> {
  return db.query<PastVersion>(
    `select action_id as "actionId", version, count(*) as cards, min(seq) as "firstSeq" from exposures
     where ${OF_ACTION} and not withheld and first_seen_at >= $2::timestamptz and first_seen_at < $3::timestamptz
     group by action_id, version order by min(seq)`,
    [action, new Date(fromMs), new Date(toMs)],
  );
}

/** When the action's first and last card came; null when it has none. */
export async function arrivalsOf(
  db: Queryable,
  action: string,
): Promise<{ readonly firstAt: Date; readonly lastAt: Date } | null> {
  const [row] = await db.query<{ firstAt: Date | null; lastAt: Date | null }>(
    `select min(first_seen_at) as "firstAt", max(first_seen_at) as "lastAt" from exposures where ${OF_ACTION}`,
    [action],
  );
  return row?.firstAt && row.lastAt ? { firstAt: row.firstAt, lastAt: row.lastAt } : null;
}

const BATCH = 5000;

/** Settled cards of the versions in the span, in order of arrival. */
export async function* pastCards(
  db: Queryable,
  versions: readonly PastVersion[],
  { fromMs, toMs, settledBefore, awaited }: Span & { readonly settledBefore: Date; readonly awaited: Awaited },
): AsyncGenerator<StoredCard> {
  const actionIds = versions.map(({ actionId }) => actionId);
  let afterSeq = Math.min(...versions.map(({ firstSeq }) => firstSeq)) - 1;
  for (;;) {
    const { cards, nextSeq } = await readCards(db, { actionIds, afterSeq, settledBefore, limit: BATCH, awaited });
    yield* cards.filter(({ arrivedAtMs }) => arrivedAtMs >= fromMs && arrivedAtMs < toMs);
    if (cards.length < BATCH || (cards.at(-1)?.arrivedAtMs ?? toMs) >= toMs) return;
    afterSeq = nextSeq;
  }
}

/** All of the action's, in no order. */
export async function pastRollouts(db: Queryable, action: string): Promise<PastRollout[]> {
  const rows = await db.query<{ version: string; startedAt: Date; endedAt: Date | null; outcome: string | null }>(
    'select version, started_at as "startedAt", ended_at as "endedAt", outcome from rollouts where action = $1',
    [action],
  );
  return rows.map(({ version, startedAt, endedAt, outcome }) => ({
    version,
    outcome,
    startedAtMs: startedAt.getTime(),
    endedAtMs: endedAt?.getTime() ?? null,
  }));
}

/** Which action a rollout was of; null: the store knows no such rollout. */
export async function actionOfRollout(db: Queryable, rolloutId: string): Promise<string | null> {
  const [row] = await db.query<{ action: string }>('select action from rollouts where rollout_id = $1', [rolloutId]);
  return row?.action ?? null;
}
