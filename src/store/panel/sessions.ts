/** Pages that agents have open. A card that waited for its page begins its exposure when the page comes into view. */
import type { Database, Queryable, Transaction } from '../database.ts';
import { AGAINST_NONE, CARD_COLUMNS, OPEN, storeTriggers } from './card-row.ts';
import type { CardRow } from './card-row.ts';
import { CONVERSATIONS } from './cards.ts';
import { LOCKS } from '../locks.ts';

export type Visibility = 'visible' | 'hidden';

export interface PanelSession {
  /** A UUID of the page's connection. */
  readonly id: string;
  readonly conversationId: string;
  readonly userId: string;
  /** The process that it is connected to, which is known (`renewInstance`). */
  readonly instanceId: string;
  readonly state: Visibility;
}

/** Twice opens once; again with another process moves it there. */
export async function openSession(db: Database, session: PanelSession): Promise<void> {
  const { id, conversationId, userId, instanceId, state } = session;
  await db.tx(async (trx) => {
    await trx.query(
      `with locked as materialized (${CONVERSATIONS})
       insert into panel_sessions (id, conversation_id, user_id, instance_id, state)
       select $3::uuid, ($2::text[])[1], $4, $5::uuid, $6 from locked
       on conflict (id) do update set instance_id = excluded.instance_id, state = excluded.state, seen_at = now()
         where panel_sessions.conversation_id = excluded.conversation_id and panel_sessions.user_id = excluded.user_id`,
      [LOCKS.panelConversation, [conversationId], id, userId, instanceId, state],
    );
    if (state === 'visible') await reveal(trx, session);
  });
}

/** Of a page that is open here; one that is not says nothing. */
export async function setVisibility(
  db: Database,
  session: Pick<PanelSession, 'id' | 'conversationId' | 'userId' | 'state'>,
): Promise<void> {
  const { id, conversationId, userId, state } = session;
  await db.tx(async (trx) => {
    const changed = await trx.query(
      `with locked as materialized (${CONVERSATIONS})
       update panel_sessions set state = $5, seen_at = now() from locked where id = $3::uuid
         and conversation_id = ($2::text[])[1] and user_id = $4 returning id`,
      [LOCKS.panelConversation, [conversationId], id, userId, state],
    );
    if (changed.length > 0 && state === 'visible') await reveal(trx, session);
  });
}

/** A page that has gone to another process is not this one's to close. */
export async function closeSession(
  db: Queryable,
  { id, instanceId }: Pick<PanelSession, 'id' | 'instanceId'>,
): Promise<void> {
  await db.query('delete from panel_sessions where id = $1::uuid and instance_id = $2::uuid', [id, instanceId]);
}

/** What waited, and is still of use, can be seen from now on. */
async function reveal(
  trx: Transaction,
  { conversationId, userId }: Pick<PanelSession, 'conversationId' | 'userId'>,
): Promise<void> {
  const cards = await trx.query<CardRow>(
    `update panel_cards c set triggered_at = date_trunc('milliseconds', clock_timestamp()) from panel_versions v
     where v.id = c.version_id and c.conversation_id = $1 and c.agent_id = $2 and c.triggered_at is null
       and c.withdrawn_at is null and c.created_at > clock_timestamp() - ${OPEN}
       and not ${AGAINST_NONE}
     returning ${CARD_COLUMNS}`,
    [conversationId, userId],
  );
  await storeTriggers(trx, cards);
}
