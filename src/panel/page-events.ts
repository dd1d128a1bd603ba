/** What pages tell: parsed, and bound to what was sent to whom. No clock of an agent has a part in it. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { PageEvent } from '../store/panel/page-events.ts';
import type { Visibility } from '../store/panel/sessions.ts';
import { PanelRefusal } from './problem.ts';
import type { Session, Sessions } from './sessions.ts';

/** Of one call. */
const MAX_EVENTS = 100;
/** A page that slept tells of long ago; of more than a day it tells nothing. */
const MAX_SINCE_MS = 24 * 3_600_000;

const id = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[\w-]+$/, 'is not made of letters, digits, "-" and "_"');
const sinceMs = z.number().min(0).max(MAX_SINCE_MS);
const ofCard = { id, cardId: z.uuid(), receipt: z.string().max(2_200), sinceMs };
const eventSchema = z.discriminatedUnion('kind', [
  z.object({
    ...ofCard,
    kind: z.literal('rendered'),
    sha256: z.string().regex(/^[0-9a-f]{64}$/, 'is no SHA-256 in hex'),
  }),
  z.object({ ...ofCard, kind: z.enum(['accepted', 'dismissed']) }),
  z.object({ id, kind: z.enum(['visible', 'hidden']), sinceMs: sinceMs.optional() }),
]);
const bodySchema = z.object({ page: z.uuid().optional(), events: z.array(eventSchema).min(1).max(MAX_EVENTS) });

export interface PageTold {
  /** Of the page that tells; the one of its agent and conversation where it does not say. */
  readonly pageId: string;
  readonly cards: readonly PageEvent[];
  /** The last that was said of it; null when nothing was. */
  readonly state: Visibility | null;
}

/** Throws PanelRefusal. One event that cannot be is enough: a page of ours sends none. */
export function readPageEvents(body: unknown, session: Session, sessions: Sessions): PageTold {
  const { page, events } = parseBody(bodySchema, body);
  let state: Visibility | null = null;
  const cards = events.flatMap((event, at): PageEvent[] => {
    if (!('cardId' in event)) {
      state = event.kind;
      return [];
    }
    const receipt = sessions.readReceipt(event.receipt, session);
    if (receipt?.cardId !== event.cardId) throw new PanelRefusal('panel-receipt-refused', `events.${at}`);
    const { id, kind, cardId, sinceMs } = event;
    const sha256 = 'sha256' in event ? event.sha256 : undefined;
    return [{ id, kind, cardId, afterMs: receipt.ageMs + sinceMs, sha256 }];
  });
  return { pageId: page ?? pageIdOf(session), cards, state };
}

/** Throws PanelRefusal with the first that is wrong. */
export function parseBody<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new PanelRefusal('panel-body-invalid', `${issue?.path.join('.') || 'body'}: ${issue?.message ?? 'is wrong'}`);
}

/** Of a page that does not name itself: one for each agent and conversation. */
export function pageIdOf({ userId, conversationId }: Session): string {
  const hex = createHash('sha256')
    .update(JSON.stringify([userId, conversationId]))
    .digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}
