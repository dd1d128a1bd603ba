/** What the long watch remembers, and the record that it begins with. */
import { awaitedBy } from '../domain/metrics/awaited.ts';
import { startLongWatch } from '../domain/long-watch/long-watch.ts';
import { longWatchReport } from '../domain/long-watch/report.ts';
import { freezeRecord } from '../domain/long-watch/own-record.ts';
import type { LongWatchState, OwnRecord, RecordCard, WatchedCard } from '../domain/long-watch/types.ts';
import type { VersionRef } from '../domain/rollout/deployment.ts';
import type { Database } from '../store/database.ts';
import type { CardsPage, StoredCard } from '../store/exposures.ts';
import { readCards } from '../store/exposures.ts';
import { loadLongWatch, saveLongWatch } from '../store/long-watches.ts';
import type { LongWatchInput } from './long-watch-types.ts';

export interface LongWatchMemory {
  /** Every card up to this sequence number has been seen. */
  readonly cursor: number;
  readonly own: OwnRecord;
  readonly state: LongWatchState;
  /** When the last one came, ms since the epoch; the start of the watch until there was one. */
  readonly lastCardAtMs: number;
}

const BATCH = 5000;
/** The latest so many cards are the record: they bound its memory, and are the most like what comes. */
const MAX_RECORD_CARDS = 100_000;

export async function recallLongWatch(db: Database, { rolloutId }: LongWatchInput): Promise<LongWatchMemory | null> {
  const stored = await loadLongWatch(db, rolloutId);
  if (stored === null) return null;
  const { state, lastCardAtMs } = stored.state as Pick<LongWatchMemory, 'state' | 'lastCardAtMs'>;
  return { cursor: stored.cursor, own: stored.own, state, lastCardAtMs };
}

export function rememberLongWatch(
  db: Database,
  rolloutId: string,
  memory: LongWatchMemory,
  seen: { readonly fromCursor: number; readonly cards: readonly WatchedCard[]; readonly nowMs: number },
): Promise<void> {
  const { own, cursor, state, lastCardAtMs } = memory;
  return saveLongWatch(db, {
    rolloutId,
    fromCursor: seen.fromCursor,
    cursor,
    cards: seen.cards,
    own,
    state: { state, lastCardAtMs },
    report: longWatchReport(own, state),
    updatedAt: new Date(seen.nowMs),
  });
}

/** A retired version is not watched: its plan has no long watch. */
export function watchedVersion({
  deployment: { candidate, actionName },
}: Pick<LongWatchInput, 'deployment'>): VersionRef {
  if (candidate === null) throw new TypeError(`${actionName} has no version any more; a long watch needs one.`);
  return candidate;
}

/** What of the version has settled after the cursor. `more`: there is more to read at once. */
export async function readVersion(
  db: Database,
  input: LongWatchInput,
  afterSeq: number,
  nowMs: number,
): Promise<CardsPage & { readonly more: boolean }> {
  const page = await readCards(db, {
    actionIds: [watchedVersion(input).id],
    afterSeq,
    settledBefore: new Date(nowMs - input.policies.settleMs),
    limit: BATCH,
    awaited: awaitedBy(input.guardrails),
  });
  return { ...page, more: page.cards.length === BATCH };
}

/**
 * The record: the version's cards in this rollout up to the first that came after the promotion. null while
 * some of them may still get an outcome, so that the record does not count the quick ones alone.
 */
export async function frozenMemory(
  db: Database,
  input: LongWatchInput,
  now: () => number,
): Promise<{ memory: LongWatchMemory | null; head: number | null }> {
  let cards: RecordCard[] = [];
  for (let cursor = input.startSeq; ;) {
    const page = await readVersion(db, input, cursor, now());
    const end = page.cards.findIndex(({ arrivedAtMs }) => arrivedAtMs >= input.startedAtMs);
    const own = end < 0 ? page.cards : page.cards.slice(0, end);
    cards = [...cards, ...own.map(toRecordCard)].slice(-MAX_RECORD_CARDS);
    cursor = own.at(-1)?.seq ?? cursor;
    const isWhole =
      end >= 0 || (!page.more && page.head === null && now() >= input.startedAtMs + input.policies.settleMs);
    if (isWhole) return { memory: freshMemory(input, cards, cursor), head: null };
    if (!page.more) return { memory: null, head: page.head?.firstSeenAt ?? input.startedAtMs };
  }
}

function freshMemory(input: LongWatchInput, cards: readonly RecordCard[], cursor: number): LongWatchMemory {
  const own = freezeRecord(cards, input);
  return { cursor, own, state: startLongWatch(own), lastCardAtMs: input.startedAtMs };
}

/** Without the agent: only the record asks for it. */
export function toWatchedCard({
  triggeredAtMs,
  arrivedAtMs,
  outcomes,
  latencyMs,
  skewed,
  custom,
}: StoredCard): WatchedCard {
  return {
    triggeredAtMs,
    arrivedAtMs,
    outcomes,
    latencyMs,
    ...(skewed && { skewed }),
    ...(custom !== undefined && { custom }),
  };
}

function toRecordCard(card: StoredCard): RecordCard {
  return { ...toWatchedCard(card), agent: card.agentId };
}
