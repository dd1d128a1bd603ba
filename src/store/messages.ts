/** Messages for people, on their way into the outbox. */
import { createHash } from 'node:crypto';
import type { Message } from '../domain/messages/message.ts';
import type { SentMessage } from '../domain/story/sent-message.ts';
import type { Queryable, Transaction } from './database.ts';
import { OUTBOX_CHANNEL } from './outbox.ts';
import { jsonText } from './values.ts';

/** What is told of one transition, in its transaction: give the key of its audit entry. */
export type Tell = (trx: Transaction, message: Message, key: string) => Promise<void>;

/** As it waits in the outbox, and is sent. */
export interface QueuedMessage extends Message {
  /** Of this message at this destination, whatever the attempt. */
  readonly id: string;
  /** Of the audit entry. */
  readonly transition: string;
  /** Marks of those among several receivers that have it already. */
  readonly taken?: readonly string[];
}

export interface MessageTarget {
  readonly destination: string;
  /** Not before then; several that were held go together. */
  readonly heldUntil: Date | null;
}

/** Each destination gets it once, however often this is said. */
export async function queueMessage(
  db: Queryable,
  message: Message,
  transition: string,
  targets: readonly MessageTarget[],
): Promise<void> {
  if (targets.length === 0) return;
  const bodies = targets.map(({ destination }): QueuedMessage => {
    const id = messageId(transition, destination);
    return { ...message, id, transition };
  });
  await db.query(
    `with added as (
       insert into outbox (destination, ordering_key, body, alone, key, held_until)
       select destination, $1, body::jsonb, held_until is null, key, held_until
       from unnest($2::text[], $3::text[], $4::text[], $5::timestamptz[]) as t (destination, body, key, held_until)
       on conflict do nothing returning seq, destination, key, held_until
     ), logged as (
       insert into message_log (destination, key, rollout_id, event, headline, held_until)
       select destination, key, $6, $7, $8, held_until from added where $6::text is not null
       on conflict do nothing
     )
     select pg_notify('${OUTBOX_CHANNEL}', '') from added limit 1`,
    [
      message.rolloutId ?? message.action ?? '',
      targets.map(({ destination }) => destination),
      bodies.map((body) => jsonText(body)),
      bodies.map(({ id }) => id),
      targets.map(({ heldUntil }) => heldUntil),
      message.rolloutId,
      message.event,
      message.headline,
    ],
  );
}

const MAX_SENT = 500;

/** What became of the messages of a rollout, oldest first. */
export async function sentMessages(db: Queryable, rolloutId: string): Promise<readonly SentMessage[]> {
  const rows = await db.query<LoggedMessage>(
    `select destination, event, headline, queued_at as "queuedAt", held_until as "heldUntil", attempts,
       next_try_at as "nextTryAt", problem, delivered_at as "deliveredAt", given_up_at as "givenUpAt"
     from (select * from message_log where rollout_id = $1 order by queued_at desc, destination limit $2::bigint) newest
     order by queued_at, destination`,
    [rolloutId, MAX_SENT],
  );
  return rows.map(sentMessage);
}

interface LoggedMessage extends Pick<SentMessage, 'destination' | 'event' | 'headline' | 'attempts' | 'problem'> {
  readonly queuedAt: Date;
  readonly heldUntil: Date | null;
  readonly nextTryAt: Date | null;
  readonly deliveredAt: Date | null;
  readonly givenUpAt: Date | null;
}

function sentMessage({ queuedAt, heldUntil, nextTryAt, deliveredAt, givenUpAt, ...row }: LoggedMessage): SentMessage {
  const instant = (at: Date | null): string | null => at?.toISOString() ?? null;
  return {
    ...row,
    queuedAt: queuedAt.toISOString(),
    heldUntil: instant(heldUntil),
    nextTryAt: instant(nextTryAt),
    deliveredAt: instant(deliveredAt),
    givenUpAt: instant(givenUpAt),
  };
}

/** The same for every attempt, and for every worker that tells it. */
function messageId(transition: string, destination: string): string {
  return `msg_${createHash('sha256').update(`${transition}\n${destination}`).digest('hex').slice(0, 32)}`;
}
