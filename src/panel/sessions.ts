/**
 * What a page holds after its agent has signed in: which agent, which conversation, until when. Nothing of it is kept
 * here. And the receipt that goes with a card: to whom it was sent, and how long after it was made.
 */
import { PanelRefusal } from './problem.ts';
import { createSeal } from '../http/seal.ts';

export interface Session {
  readonly userId: string;
  readonly conversationId: string;
  readonly expiresAtMs: number;
}

/** How long one holds; the page opens another before. */
const SESSION_MS = 10 * 60_000;

export interface Receipt {
  readonly cardId: string;
  /** Of the card when it was sent. */
  readonly ageMs: number;
}

export interface Sessions {
  open(userId: string, conversationId: string): { readonly session: string; readonly expiresInMs: number };
  /** Of an Authorization header. Throws PanelRefusal. */
  verify(authorization: string | undefined): Session;
  receiptOf(card: Receipt, session: Session): string;
  /** Null when that card was not sent to the agent of this session, for this conversation. */
  readReceipt(receipt: string, session: Session): Receipt | null;
}

export function createSessions(secrets: readonly string[], now: () => number): Sessions {
  const sessions = createSeal(secrets, 'panel session');
  const receipts = createSeal(secrets, 'panel receipt');
  return {
    open(userId, conversationId) {
      const session = sessions.seal(JSON.stringify([userId, conversationId, now() + SESSION_MS]));
      return { session, expiresInMs: SESSION_MS };
    },
    verify(authorization) {
      const [, sealed] = /^Bearer +(\S+)$/i.exec(authorization ?? '') ?? [];
      if (sealed === undefined) throw new PanelRefusal('panel-session-missing');
      const text = sessions.open(sealed);
      if (text === null) throw new PanelRefusal('panel-session-invalid');
      const [userId, conversationId, expiresAtMs] = JSON.parse(text) as [string, string, number];
      if (expiresAtMs <= now()) throw new PanelRefusal('panel-session-expired');
      return { userId, conversationId, expiresAtMs };
    },
    receiptOf: ({ cardId, ageMs }, { userId, conversationId }) =>
      receipts.seal(JSON.stringify([cardId, userId, conversationId, Math.round(ageMs)])),
    readReceipt(receipt, { userId, conversationId }) {
      const text = receipts.open(receipt);
      if (text === null) return null;
      const [cardId, toUser, toConversation, ageMs] = JSON.parse(text) as [string, string, string, number];
      return toUser === userId && toConversation === conversationId ? { cardId, ageMs } : null;
    },
  };
}
