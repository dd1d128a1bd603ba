/** Messages for people, on their way into the outbox. */
import { createHash } from 'node:crypto';
import type { Message } from '../domain/messages/message.ts';
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
       on conflict do nothing returning seq
     )
     select pg_notify('${OUTBOX_CHANNEL}', '') from added limit 1`,
    [
      message.rolloutId ?? message.action ?? '',
      targets.map(({ destination }) => destination),
      bodies.map((body) => jsonText(body)),
      bodies.map(({ id }) => id),
      targets.map(({ heldUntil }) => heldUntil),
    ],
  );
}

/** The same for every attempt, and for every worker that tells it. */
function messageId(transition: string, destination: string): string {
  return `msg_${createHash('sha256').update(`${transition}\n${destination}`).digest('hex').slice(0, 32)}`;
}
