/** One push: who sent it, what it holds, stored; or refused, and kept as a dead letter when it was genuine. */
import type { Database } from '../store/database.ts';
import { keepRefusedPush } from '../store/dead-letters.ts';
import { isBadValue } from '../store/errors.ts';
import type { Stored } from '../store/events.ts';
import { KNOWN_EVENT_TYPES, LEVEL_EVENT_TYPE } from '../domain/events/event.ts';
import type { PushedEvent } from '../domain/events/event.ts';
import type { AgentIds } from './agent-ids.ts';
import { MOST_BYTES, parsePush, readBody } from './body.ts';
import type { Gate } from './gate.ts';
import { Overloaded } from './group-commit.ts';
import type { GroupCommit } from './group-commit.ts';
import { digestOf } from './hub-signature.ts';
import type { IngestLogger } from './logger.ts';
import { IngestRefusal } from './problem.ts';
import type { Proof } from './proof.ts';

export interface IntakeCounts {
  pushes: number;
  events: number;
  duplicates: number;
  /** Events of a type that this version does not know; kept. */
  unknownTypes: number;
  refused: number;
  deadLetters: number;
  overloaded: number;
}

export interface ReceiverParts {
  readonly db: Database;
  readonly source: string;
  readonly now: () => number;
  readonly prove: (headers: Headers) => Proof;
  readonly commits: GroupCommit;
  readonly gate: Gate;
  readonly counts: IntakeCounts;
  readonly agentIds: AgentIds;
  readonly logger: IngestLogger | undefined;
}

/** Throws IngestRefusal. */
export function createReceiver(parts: ReceiverParts): (request: Request) => Promise<Stored> {
  return async (request) => {
    const proof = parts.prove(request.headers);
    if (parts.commits.isFull(1)) throw new IngestRefusal('overloaded');
    const hold = parts.gate.enter();
    try {
      const body = await readBody(request, hold);
      if (!proof.holds(body)) throw new IngestRefusal('signature-mismatch');
      const stored = await takeIn(parts, body);
      parts.logger?.info({ webhookId: proof.id ?? digestOf(body), ...stored }, 'push stored');
      return stored;
    } finally {
      hold.leave();
    }
  };
}

/** A genuine push that can never be stored as it is is refused only when its dead letter is durable: the sender forgets it then. */
async function takeIn(parts: ReceiverParts, body: Uint8Array): Promise<Stored> {
  try {
    return await storePush(parts, body);
  } catch (error) {
    if (!(error instanceof IngestRefusal) || error.status !== 400) throw error;
    const { db, source, now, counts, agentIds } = parts;
    const reason = error.fields.map(({ field, message }) => `${field}: ${message}`).join('; ') || error.message;
    const push = { source, receivedAt: new Date(now()), code: error.code, reason: storable(reason), digest: digestOf(body), body: agentIds.inRefused(body) };
    await keepRefusedPush(db, push).catch((cause: unknown) => {
      throw storeRefusal(cause);
    });
    counts.deadLetters += 1;
    throw error;
  }
}

type StoreParts = Pick<ReceiverParts, 'source' | 'now' | 'commits' | 'counts' | 'agentIds'>;

/** The path of every push, and of a dead letter that is tried again. */
export async function storePush({ source, now, commits, counts, agentIds }: StoreParts, body: Uint8Array): Promise<Stored> {
  const events = parsePush(body).map((event) => agentIds.inEvent(event));
  const stored = await commits.submit({ source, receivedAt: new Date(now()), events }).catch((error: unknown) => {
    throw storeRefusal(error);
  });
  counts.pushes += 1;
  counts.events += stored.stored;
  counts.duplicates += stored.duplicates;
  counts.unknownTypes += unknownIn(events);
  return stored;
}

export function freshCounts(): IntakeCounts {
  return { pushes: 0, events: 0, duplicates: 0, unknownTypes: 0, refused: 0, deadLetters: 0, overloaded: 0 };
}

/** Whatever went wrong in the store, the push is not stored and worth another try; unless it holds a value that never will be. */
export function storeRefusal(error: unknown): IngestRefusal {
  if (error instanceof Overloaded) return new IngestRefusal('overloaded');
  if (isBadValue(error)) return new IngestRefusal('event-invalid', [{ field: '(body)', message: 'The database refuses a value' }]);
  return new IngestRefusal('store-unavailable', [], { cause: error });
}

const KNOWN: ReadonlySet<string> = new Set([...KNOWN_EVENT_TYPES, LEVEL_EVENT_TYPE]);

function unknownIn(events: readonly PushedEvent[]): number {
  return events.reduce((sum, { type }) => sum + (KNOWN.has(type) ? 0 : 1), 0);
}

/** A field's name comes from the sender. */
function storable(reason: string): string {
  return reason.replaceAll(/\0|\p{Surrogate}/gu, '\uFFFD').slice(0, 2_000);
}

/** What the whole process holds at most, however many pushes that is. */
export const MOST_HELD_BYTES = 64 * MOST_BYTES;
