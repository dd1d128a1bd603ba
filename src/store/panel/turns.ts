/** Whose turn the conversations of some cards are, by what stands in the store as the cards are added. */
import type { Membership } from '../../domain/split/audience.ts';
import { membershipsOf } from '../../domain/split/audience.ts';
import type { Turn } from '../../domain/split/turn.ts';
import { turnOf } from '../../domain/split/turn.ts';
import type { Transaction } from '../database.ts';
import { splitsOf } from './splits.ts';
import type { PanelSplit } from './splits.ts';

/** Of a card that is to be. */
interface Met {
  readonly action: string;
  readonly conversationId: string;
  readonly queueId: string;
  readonly agentId: string;
  /** The process that adds it may show what is not on trial, and no more. */
  readonly baselineOnly?: boolean | undefined;
}

interface TakenTurn extends Turn {
  /** The version is on trial: a process without a lease does not show it. */
  readonly isOnTrial: boolean;
}

/**
 * One for each card, null where it is nobody's, in order: what the first card of a conversation is given, its next one
 * keeps. Under the lock on the split and on the conversations.
 */
export async function takeTurns(trx: Transaction, cards: readonly Met[]): Promise<readonly (TakenTurn | null)[]> {
  const splits = new Map(
    (await splitsOf(trx, [...new Set(cards.map(({ action }) => action))])).map((split) => [split.action, split]),
  );
  const kept = await lastTurns(trx, cards);
  const members = await membershipsOfAgents(trx, cards, [...splits.values()]);
  return cards.map((card) => {
    const split = splits.get(card.action);
    if (split === undefined) return null;
    const { conversationId, queueId, agentId, baselineOnly } = card;
    const place = { conversationId, queueId, agentId, baselineOnly, memberships: members.get(agentId) ?? [] };
    const turn = turnOf(split, place, kept.of(split, card));
    if (turn === null) return null;
    kept.keep(card, turn);
    const arm = split.arms.find(({ versionId }) => versionId === turn.versionId);
    return { ...turn, isOnTrial: turn.withheld || arm?.group === 'candidate' };
  });
}

interface LastRow extends Pick<Turn, 'versionId' | 'withheld'> {
  readonly action: string;
  readonly conversationId: string;
  readonly agentId: string;
  readonly epoch: number;
  readonly percent: number | null;
}

type Kept = Omit<Met, 'queueId' | 'baselineOnly'>;

/** The latest card of each agent in each conversation, the latest last. */
const LAST = `
select action, conversation_id as "conversationId", agent_id as "agentId", version_id as "versionId", withheld, epoch,
  drawn_percent as percent
from (
  select distinct on (c.action, c.conversation_id, c.agent_id) c.* from panel_cards c
  where c.conversation_id = any($1::text[]) and c.action = any($2::text[])
  order by c.action, c.conversation_id, c.agent_id, c.created_at desc) as last
order by created_at`;

async function lastTurns(trx: Transaction, cards: readonly Met[]) {
  const rows = await trx.query<LastRow>(LAST, [
    [...new Set(cards.map(({ conversationId }) => conversationId))],
    [...new Set(cards.map(({ action }) => action))],
  ]);
  const ofConversation = new Map<string, Turn>();
  const ofAgent = new Map<string, Turn>();
  const keep = (card: Kept, turn: Turn): void => {
    ofConversation.set(keyOf(card), turn);
    ofAgent.set(`${keyOf(card)} ${card.agentId}`, turn);
  };
  for (const { versionId, withheld, epoch, percent, ...met } of rows)
    keep(met, { versionId, withheld, draw: { epoch, percent } });
  return {
    keep,
    of: ({ unit }: PanelSplit, card: Kept): Turn | null =>
      (unit === 'agent' ? ofAgent.get(`${keyOf(card)} ${card.agentId}`) : ofConversation.get(keyOf(card))) ?? null,
  };
}

function keyOf({ action, conversationId }: Kept): string {
  return `${action} ${conversationId}`;
}

/** Asked for only where an audience goes by them. */
async function membershipsOfAgents(
  trx: Transaction,
  cards: readonly Met[],
  splits: readonly PanelSplit[],
): Promise<ReadonlyMap<string, readonly Membership[]>> {
  const asked = splits.some(({ of }) => of !== null && membershipsOf(of).length > 0);
  if (!asked) return new Map();
  const rows = await trx.query<Membership & { readonly userId: string }>(
    'select kind, group_id as "groupId", user_id as "userId" from panel_members where user_id = any($1::text[])',
    [[...new Set(cards.map(({ agentId }) => agentId))]],
  );
  const members = new Map<string, Membership[]>();
  for (const { userId, kind, groupId } of rows)
    members.set(userId, [...(members.get(userId) ?? []), { kind, groupId }]);
  return members;
}
