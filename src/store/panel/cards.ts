/** Cards that triggers made. Each is a row, and the beginning of its exposure is in the same transaction. */
import type { Database, Queryable, Transaction } from '../database.ts';
import { LOCKS } from '../locks.ts';
import { CARD_COLUMNS, OPEN, storeTriggers } from './card-row.ts';
import type { CardRow } from './card-row.ts';
import { takeTurns } from './turns.ts';
import { jsonText } from '../values.ts';

/** Payload: ids of conversations with new cards, comma separated. Empty after a lost connection: look for yourself. */
export const PANEL_CARDS_CHANNEL = 'panel_cards';

/** The trigger of some versions of an action fired: which of them is shown, or none, is decided as it is added. */
export interface NewCard {
  /** A UUID, drawn anew for each. */
  readonly cardId: string;
  readonly action: string;
  /** Ids of the versions whose trigger fired. */
  readonly fired: readonly string[];
  /** The process has no lease: it may show what is not on trial, and no more. */
  readonly baselineOnly?: boolean | undefined;
  readonly conversationId: string;
  readonly utteranceId: string;
  readonly queueId: string;
  /** User id of the agent who is in the conversation. */
  readonly agentId: string;
  readonly mediaType?: string | undefined;
  readonly language?: string | undefined;
}

/**
 * `withheld`: nobody serves the conversation, and it is told that no card is shown; `duplicate`: the utterance has its
 * card of this action already; `fenced`: it is the turn of a version that this process may not show; `none`: of one whose
 * trigger did not fire, or of nobody.
 */
export type AddedCard = 'added' | 'withheld' | 'duplicate' | 'fenced' | 'none';

/**
 * Many at once, with an answer for each; when this resolves they are durable. No card comes in beside a change of the
 * split: what a roll back has taken out of service gets none after it. Twice adds once.
 */
export async function addCards(db: Database, cards: readonly NewCard[]): Promise<AddedCard[]> {
  if (cards.length === 0) return [];
  return db.tx(async (trx) => {
    await lock(trx, cards);
    const turns = await takeTurns(trx, cards);
    const isTheirs = ({ fired }: NewCard, at: number): boolean => fired.includes(turns[at]?.versionId ?? '');
    const isFenced = (card: NewCard, at: number): boolean =>
      card.baselineOnly === true && turns[at]?.isOnTrial === true;
    const made = cards.map((card, at) => {
      const turn = turns[at];
      if (!turn || !isTheirs(card, at) || isFenced(card, at)) return null;
      const { versionId, withheld, draw } = turn;
      return { ...card, versionId, withheld, ...draw };
    });
    const added = await trx.query<CardRow>(ADD, [jsonText(made.filter((card) => card !== null))]);
    await storeTriggers(trx, added);
    const ids = new Set(added.map(({ cardId }) => cardId));
    return made.map((card, at) => {
      const given = cards[at];
      if (card === null) return given !== undefined && isTheirs(given, at) && isFenced(given, at) ? 'fenced' : 'none';
      if (!ids.has(card.cardId)) return 'duplicate';
      return card.withheld ? 'withheld' : 'added';
    });
  });
}

/**
 * Beside no change of the split, and one at a time of a conversation: a card made while a page comes into view would be
 * missed by both. In one order, so that nobody waits in a circle.
 */
async function lock(trx: Transaction, cards: readonly NewCard[]): Promise<void> {
  await trx.query(
    `select pg_advisory_xact_lock_shared($3::bigint), (select count(*) from (${CONVERSATIONS}) as locked)`,
    [LOCKS.panelConversation, cards.map(({ conversationId }) => conversationId), LOCKS.panelSplit],
  );
}

/** By few keys: a server has room for some thousand locks of all sessions together. */
export const CONVERSATIONS = `select pg_advisory_xact_lock($1::int, h) from (
  select distinct hashtext(id) & 63 as h from unnest($2::text[]) as t (id) order by 1 offset 0) as hashes`;

/** A payload holds less than 8000 bytes, and an id of a conversation at most 256. */
const IDS_A_NOTE = 30;

const ADD = `
with given as (
  select g.*, coalesce((
    select max(s.state) from panel_sessions s join panel_instances i on i.id = s.instance_id
    where s.conversation_id = g."conversationId" and s.user_id = g."agentId" and i.lease_until > clock_timestamp()
  ), 'absent') as panel, date_trunc('milliseconds', clock_timestamp()) as at
  from jsonb_to_recordset($1::jsonb) as g ("cardId" uuid, action text, "versionId" uuid, withheld boolean,
    "conversationId" text, "utteranceId" text, "queueId" text, "agentId" text, "mediaType" text, language text,
    epoch bigint, percent float8)
), c as (
  insert into panel_cards (card_id, action, version_id, withheld, conversation_id, utterance_id, queue_id, agent_id,
    media_type, language, epoch, drawn_percent, panel, created_at, triggered_at)
  select "cardId", action, "versionId", withheld, "conversationId", "utteranceId", "queueId", "agentId", "mediaType",
    language, epoch, percent, panel, at, case when panel = 'visible' then at end
  from given
  on conflict do nothing
  returning *
), told as (
  select pg_notify('${PANEL_CARDS_CHANNEL}', string_agg(id, ',')) from (
    select id, (row_number() over (order by id) - 1) / ${IDS_A_NOTE} as part
    from (select distinct conversation_id as id from c where not withheld) as ids) as parts group by part
)
select ${CARD_COLUMNS} from c join panel_versions v on v.id = c.version_id where (select count(*) from told) >= 0`;

export interface OpenCard {
  readonly cardId: string;
  readonly action: string;
  readonly versionId: string;
  readonly conversationId: string;
  /** Whose pages may show it. */
  readonly agentId: string;
  readonly epoch: number;
  /** Since it was made; what a page tells of it is told in the same measure (`PageEvent.afterMs`). */
  readonly ageMs: number;
}

/** What pages of these conversations may show now, and no agent has dismissed; the oldest first. */
export async function cardsToShow(db: Queryable, conversationIds: readonly string[]): Promise<OpenCard[]> {
  return db.query<OpenCard>(
    `select card_id as "cardId", action, version_id as "versionId", conversation_id as "conversationId",
       agent_id as "agentId", epoch, (extract(epoch from clock_timestamp() - created_at) * 1000)::float8 as "ageMs"
     from panel_cards where conversation_id = any($1::text[]) and created_at > clock_timestamp() - ${OPEN}
       and not withheld and withdrawn_at is null
       and not exists (select 1 from exposures e where e.card_id = panel_cards.card_id::text and e.outcomes ? 'dismissed')
     order by created_at, card_id`,
    [conversationIds],
  );
}

export interface PanelStates {
  readonly action: string;
  readonly version: string;
  readonly versionId: string;
  readonly cards: number;
  /** How the agent's page stood when the card was made. */
  readonly visible: number;
  readonly hidden: number;
  readonly absent: number;
  /** Never could be seen: no exposure. */
  readonly unseen: number;
}

/** By action and version, of cards made since. */
export async function readPanelStates(db: Queryable, since: Date): Promise<PanelStates[]> {
  return db.query<PanelStates>(
    `select c.action, v.version, c.version_id as "versionId", count(*) as cards,
       count(*) filter (where panel = 'visible') as visible, count(*) filter (where panel = 'hidden') as hidden,
       count(*) filter (where panel = 'absent') as absent, count(*) filter (where triggered_at is null) as unseen
     from panel_cards c join panel_versions v on v.id = c.version_id
     where c.created_at >= $1::timestamptz group by 1, 2, 3 order by 1, 2`,
    [since],
  );
}
