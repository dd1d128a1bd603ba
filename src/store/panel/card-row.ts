/** A card as its events tell of it. */
import type { EngagementEvent } from '../../domain/events/event.ts';
import { WITHHELD_EVENT_TYPE } from '../../domain/events/event.ts';
import type { Outcome } from '../../domain/metrics/index.ts';
import type { Transaction } from '../database.ts';
import { storeBatches } from '../events.ts';
import type { Stored } from '../events.ts';

/** Of events that the panel tells. */
const PANEL_SOURCE = 'panel';

/** So long a card can come to be seen: what was said then is over. */
const CARD_OPEN_MS = 5 * 60_000;
export const OPEN = `interval '${CARD_OPEN_MS} milliseconds'`;

export interface CardRow {
  readonly cardId: string;
  readonly versionId: string;
  readonly action: string;
  readonly version: string;
  readonly withheld: boolean;
  readonly conversationId: string;
  readonly queueId: string;
  readonly agentId: string;
  readonly mediaType: string | null;
  readonly language: string | null;
  readonly createdAt: Date;
  readonly triggeredAt: Date | null;
}

/** Of `panel_cards c` and `panel_versions v`. */
export const CARD_COLUMNS = `c.card_id as "cardId", c.version_id as "versionId", c.action, v.version, c.withheld,
  c.conversation_id as "conversationId", c.queue_id as "queueId", c.agent_id as "agentId",
  c.media_type as "mediaType", c.language, c.created_at as "createdAt", c.triggered_at as "triggeredAt"`;

/**
 * Of `panel_cards c`: held against no card. A card that comes to a panel out of view calls for a look at it, and nothing
 * calls for one where no card is shown; so of both arms only what was in view at once is an exposure.
 */
export const AGAINST_NONE = `(c.withheld or exists (select 1 from panel_split s, jsonb_array_elements(s.arms) a
  where s.action = c.action and (a->>'standsAlone')::boolean))`;

export interface ToldOfCard {
  readonly card: CardRow;
  /** Unique within the panel's events. */
  readonly id: string;
  readonly kind: 'triggered' | 'rendered' | Outcome;
  readonly at: Date;
}

/** The exposures of cards that can be seen from now on. Twice tells once. */
export async function storeTriggers(trx: Transaction, cards: readonly CardRow[]): Promise<void> {
  const told = cards.flatMap((card) => (card.triggeredAt === null ? [] : [triggerOf(card, card.triggeredAt)]));
  const receivedAt = new Date(Math.max(...told.map(({ at }) => at.getTime())));
  if (told.length > 0) await storeTold(trx, [told], receivedAt);
}

/** A batch for each page that tells. `receivedAt`: by the database's clock. */
export function storeTold(
  trx: Transaction,
  batches: readonly (readonly ToldOfCard[])[],
  receivedAt: Date,
): Promise<Stored[]> {
  return storeBatches(
    trx,
    batches.map((told) => ({ source: PANEL_SOURCE, receivedAt, events: told.map(eventOf) })),
  );
}

export function triggerOf(card: CardRow, at: Date): ToldOfCard {
  return { card, id: `${card.cardId}/triggered`, kind: 'triggered', at };
}

function eventOf({ card, id, kind, at }: ToldOfCard): EngagementEvent {
  const { cardId, versionId, action, version, conversationId, queueId, agentId, mediaType, language } = card;
  return {
    id,
    type: card.withheld ? WITHHELD_EVENT_TYPE : `agentassist.action.${kind}`,
    occurredAt: at.toISOString(),
    conversationId,
    cardId,
    actionId: versionId,
    actionName: `${action} v${version}`,
    version,
    agentId,
    queueId,
    ...(mediaType !== null && { mediaType }),
    ...(language !== null && { language }),
    triggeredAt: (card.triggeredAt ?? at).toISOString(),
    ...(kind === 'rendered' && { renderedAt: at.toISOString() }),
  };
}
