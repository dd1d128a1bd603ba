/** What the judge reads: one row per card, in the order in which cards became known. */
import type { Awaited } from '../domain/metrics/awaited.ts';
import type { Outcome } from '../domain/metrics/index.ts';
import { isAnswered, outcomesOf } from '../domain/metrics/outcomes.ts';
import type { OutcomeTimes } from '../domain/metrics/outcomes.ts';
import type { Draw } from '../domain/split/turn.ts';
import type { Queryable } from './database.ts';

export interface StoredCard {
  readonly seq: number;
  readonly actionId: string;
  readonly conversationId: string;
  readonly agentId: string;
  readonly queueId: string;
  /** Absent where the events do not say. */
  readonly mediaType?: string;
  readonly language?: string;
  readonly outcomes: readonly Outcome[];
  /** rendered - triggered; null when never rendered, and when `skewed`. */
  readonly latencyMs: number | null;
  /**
   * Rendered before it was triggered, so the clocks disagree: delivered, but its latency is unknown. Not an undelivered
   * card.
   */
  readonly skewed: boolean;
  /** As the card says it, but never later than it arrived: a clock that is ahead delays and hides nothing. */
  readonly triggeredAtMs: number;
  /** By our own clock. */
  readonly arrivedAtMs: number;
  /** First card, by seq, of its conversation among the actions asked for. */
  readonly firstOfConversation: boolean;
  /** Of the custom metrics asked for, those known; absent when none was asked for. */
  readonly custom?: Readonly<Record<string, number>>;
  /** The trigger fired, and no card was shown. Only where they are asked for. */
  readonly withheld?: true;
  /** How its conversation came to its arm; absent where the organisation chose. */
  readonly draw?: Draw;
}

export interface CardsQuery {
  readonly actionIds: readonly string[];
  /** Cursor: the `nextSeq` of the read before; 0 for the beginning. */
  readonly afterSeq: number;
  /**
   * A card that was first seen at or before this has settled: what it still lacks counts as not there.
   */
  readonly settledBefore: Date;
  readonly limit: number;
  /** A card is settled earlier only when it has its answer and all of this. */
  readonly awaited?: Awaited;
  /**
   * Also where the trigger fired and no card was shown, and of each conversation the first alone: what is compared is
   * conversations, for whether a card was shown has a part in how often the trigger fires again.
   */
  readonly withWithheld?: boolean;
}

export interface CardsPage {
  readonly cards: StoredCard[];
  /** Cursor for the next read. */
  readonly nextSeq: number;
  /** The card that this read stopped at because it may still get what it waits for; ms since the epoch. */
  readonly head: { readonly firstSeenAt: number } | null;
}

interface CardRow extends Omit<
  StoredCard,
  'outcomes' | 'latencyMs' | 'skewed' | 'triggeredAtMs' | 'arrivedAtMs' | 'mediaType' | 'language' | 'withheld' | 'draw'
> {
  readonly mediaType: string | null;
  readonly language: string | null;
  readonly outcomes: OutcomeTimes;
  readonly triggeredAt: Date;
  readonly renderedAt: Date | null;
  readonly firstSeenAt: Date;
  readonly withheld: boolean;
  readonly drawEpoch: number | null;
  readonly drawnPercent: number | null;
}

/**
 * The longest run of settled cards after the cursor. It stops at the first unsettled one: reading past it would count
 * the
 * quick outcomes before the slow ones, and favour whichever is given faster.
 */
export async function readCards(db: Queryable, query: CardsQuery): Promise<CardsPage> {
  const { awaited = NOTHING, withWithheld = false } = query;
  const params = [query.actionIds, query.afterSeq, query.limit];
  const rows = await (awaited.custom.length === 0
    ? db.query<CardRow>(read('', withWithheld), params)
    : db.query<CardRow>(read(CUSTOM, withWithheld), [...params, awaited.custom]));
  const cards = rows.map(toCard);
  const stop = rows.findIndex(
    ({ firstSeenAt }, at) => firstSeenAt > query.settledBefore && !isComplete(cards[at], awaited, withWithheld),
  );
  const head = stop < 0 ? undefined : rows[stop];
  const settled = stop < 0 ? cards : cards.slice(0, stop);
  return {
    cards: settled,
    nextSeq: settled.at(-1)?.seq ?? query.afterSeq,
    head: head ? { firstSeenAt: head.firstSeenAt.getTime() } : null,
  };
}

const NOTHING: Awaited = { custom: [], outcomes: [] };

/** Where some cards are withheld, none waits for an answer: what is compared is what both arms have. */
function isComplete(card: StoredCard | undefined, awaited: Awaited, withWithheld: boolean): boolean {
  if (card === undefined) return false;
  const { outcomes, custom = {} } = card;
  return (
    (withWithheld || (isAnswered(outcomes) && awaited.outcomes.every((outcome) => outcomes.includes(outcome)))) &&
    awaited.custom.every((name) => Object.hasOwn(custom, name))
  );
}

const CUSTOM = `,
  coalesce((select jsonb_object_agg(v.name, v.value) from custom_values v
    where v.card_id = c.card_id and v.name = any($4::text[])), '{}') as custom`;

/** Ids of others may be anything. */
const UUID = '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$';

/** One short index range per action, then merged. */
const read = (more: string, withWithheld: boolean): string => `
select c.seq, c.action_id as "actionId", c.conversation_id as "conversationId", c.agent_id as "agentId",
    c.queue_id as "queueId",
  c.media_type as "mediaType", c.language,
  c.outcomes, c.triggered_at as "triggeredAt", c.rendered_at as "renderedAt", c.first_seen_at as "firstSeenAt",
  c.withheld, ${withWithheld ? 'true' : isFirst('c', 'and not f.withheld')} as "firstOfConversation",
  p.epoch as "drawEpoch", p.drawn_percent as "drawnPercent"${more}
from (select distinct unnest($1::text[]) as id) as a
cross join lateral (select * from exposures x where action_id = a.id and seq > $2::bigint
    and ${withWithheld ? isFirst('x', '') : 'not withheld'}
    order by seq limit $3::bigint) as c
left join panel_cards p on p.card_id = case when c.card_id ~ '${UUID}' then c.card_id::uuid end
order by c.seq limit $3::bigint`;

const isFirst = (card: string, which: string): string => `not exists (select 1 from exposures f
    where f.conversation_id = ${card}.conversation_id and f.seq < ${card}.seq
      and f.action_id = any($1::text[]) ${which})`;

function toCard(row: CardRow): StoredCard {
  const { seq, actionId, conversationId, agentId, queueId, firstOfConversation, triggeredAt, renderedAt, firstSeenAt } =
    row;
  const delayMs = renderedAt === null ? null : renderedAt.getTime() - triggeredAt.getTime();
  const skewed = delayMs !== null && delayMs < 0;
  return {
    seq,
    actionId,
    conversationId,
    agentId,
    queueId,
    firstOfConversation,
    outcomes: outcomesOf(row.outcomes),
    latencyMs: skewed ? null : delayMs,
    skewed,
    triggeredAtMs: Math.min(triggeredAt.getTime(), firstSeenAt.getTime()),
    arrivedAtMs: firstSeenAt.getTime(),
    ...(row.custom === undefined ? {} : { custom: row.custom }),
    ...(row.mediaType !== null && { mediaType: row.mediaType }),
    ...(row.language !== null && { language: row.language }),
    ...(row.withheld && { withheld: true }),
    ...(row.drawEpoch !== null && { draw: { epoch: row.drawEpoch, percent: row.drawnPercent } }),
  };
}

/**
 * Cards of the action that were shown and became known after a cursor, at `since` or later; and how far was looked.
 */
export async function countShown(
  db: Queryable,
  { actionId, afterSeq, since }: { readonly actionId: string; readonly afterSeq: number; readonly since: Date },
): Promise<{ readonly cards: number; readonly seq: number }> {
  const [row] = await db.query<{ cards: number; seq: number }>(
    'select count(*) filter (where first_seen_at >= $3::timestamptz) as cards, coalesce(max(seq), $2::bigint) as seq ' +
      'from exposures where action_id = $1 and seq > $2::bigint and not withheld',
    [actionId, afterSeq, since],
  );
  return row ?? { cards: 0, seq: afterSeq };
}

/** Cursor that lies behind every card known now; 0 when there is none. */
export async function lastSeq(db: Queryable): Promise<number> {
  const [row] = await db.query<{ seq: number }>('select coalesce(max(seq), 0) as seq from exposures');
  return row?.seq ?? 0;
}

/**
 * Cards of the action shown after `since`, as far as their clocks can be believed: none was triggered later than it
 * arrived. And what the time is by the store's own clock, ms since the epoch: those of processes may be off by hours.
 */
export async function cardsSince(
  db: Queryable,
  actionId: string,
  since: Date,
): Promise<{ readonly cards: number; readonly nowMs: number }> {
  const [row] = await db.query<{ cards: number; nowMs: number }>(
    `select count(*) as cards, (extract(epoch from clock_timestamp()) * 1000)::float8 as "nowMs" from exposures
     where action_id = $1 and not withheld and least(triggered_at, first_seen_at) > $2::timestamptz`,
    [actionId, since],
  );
  if (row === undefined) throw new Error('The store counted no cards.');
  return row;
}
