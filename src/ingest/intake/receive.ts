/** One push: who sent it, what it holds, stored; what cannot be stored is kept as a dead letter when it was genuine. */
import type { Readable } from 'node:stream';
import type { Database } from '../../store/database.ts';
import { keepRefused } from '../../store/dead-letters.ts';
import type { RefusedPush } from '../../store/dead-letters.ts';
import { isBadValue } from '../../store/errors.ts';
import type { Stored } from '../../store/events.ts';
import { eventKind, METRIC_EVENT_TYPE, saysLevel } from '../../domain/events/event.ts';
import type { PushedEvent } from '../../domain/events/event.ts';
import { count, isMeasuring, observe } from '../../telemetry/measure.ts';
import { activeTraceparent } from '../../telemetry/spans.ts';
import type { AgentIds } from './agent-ids.ts';
import { MAX_BYTES, readBody } from './body.ts';
import type { IntakeCounts } from './counts.ts';
import type { MemoryBudget } from './memory-budget.ts';
import { Overloaded } from './group-commit.ts';
import type { GroupCommit } from './group-commit.ts';
import type { IngestLogger } from '../logger.ts';
import { parsePush, listProblems, toRefusal } from './parse-push.ts';
import type { ParsedPush } from './parse-push.ts';
import { IngestRefusal } from '../problem.ts';
import type { FieldProblem } from '../problem.ts';
import type { PushClaim, Scope } from '../authenticator.ts';
import { toRefusedEvent, toRefusedPush } from './refused.ts';

export interface ReceiverParts {
  readonly db: Database;
  readonly source: string;
  readonly now: () => number;
  readonly authenticate: (headers: Headers) => PushClaim;
  readonly commits: GroupCommit;
  readonly budget: MemoryBudget;
  readonly counts: IntakeCounts;
  readonly agentIds: AgentIds;
  readonly logger: IngestLogger | undefined;
  readonly bodyMs?: number | undefined;
}

/** The connection that a push came over. */
export interface Carrier {
  readonly incoming?: Readable | undefined;
  /** Called once the push is known to be genuine. */
  readonly proven?: (() => void) | undefined;
}

export interface Taken extends Stored {
  /** Events that were not stored; each is a dead letter. */
  readonly refused: number;
  /** What is wrong with the first of them. */
  readonly problems?: readonly FieldProblem[];
}

/** Throws IngestRefusal. */
export function createReceiver(parts: ReceiverParts): (request: Request, carrier: Carrier) => Promise<Taken> {
  const warnOfLevel = once(() => parts.logger?.warn({}, SAYS_LEVEL));
  return async (request, { incoming, proven }) => {
    const claim = parts.authenticate(request.headers);
    if (parts.commits.isFull(1)) throw new IngestRefusal('overloaded');
    const { bytes, reservation } = await readBody(request, parts.budget, {
      incoming,
      ...(parts.bodyMs === undefined ? {} : { bodyMs: parts.bodyMs }),
    });
    try {
      const scope = claim.scopeOf(bytes);
      if (scope === null) throw new IngestRefusal('signature-mismatch');
      reservation.proven();
      proven?.();
      const taken = await takeIn({ ...parts, warnOfLevel }, bytes, scope);
      parts.logger?.info({ webhookId: claim.id ?? parts.agentIds.digest(bytes), ...taken }, 'push stored');
      return taken;
    } finally {
      reservation.release();
    }
  };
}

const SAYS_LEVEL =
  'agentassist.action.level is understood for one release more: send agentassist.action.metric, and the name as metric';

function once(act: () => void): () => void {
  let done = false;
  return () => {
    if (!done) act();
    done = true;
  };
}

/** What can never be stored as it is is refused only when its dead letter is durable: the sender forgets it then. */
async function takeIn(
  parts: ReceiverParts & { readonly warnOfLevel: () => void },
  body: Uint8Array,
  scope: Scope,
): Promise<Taken> {
  const arrivedMs = parts.now();
  const from = { source: sourceOf(parts.source, scope), receivedAt: new Date(arrivedMs), agentIds: parts.agentIds };
  const refuse = async (refusal: IngestRefusal, letters: readonly RefusedPush[]): Promise<never> => {
    await keep(parts, letters);
    throw refusal;
  };
  let push: ParsedPush;
  try {
    push = parsePush(body, arrivedMs);
  } catch (error) {
    if (!(error instanceof IngestRefusal)) throw error;
    return refuse(error, [toRefusedPush(error, body, from)]);
  }
  const { events, refused } = push;
  if (push.saysLevel) parts.warnOfLevel();
  if (scope === 'metrics') assertMetrics(push);
  const letters = refused.map((event) => toRefusedEvent(event, from));
  if (events.length === 0) return refuse(toRefusal(refused), letters);
  await keep(parts, letters);
  try {
    const stored = await storeEvents(parts, events, from);
    parts.counts.refusedEvents += refused.length;
    count('assist_rollouts_intake_events_total', refused.length, { result: 'refused' });
    return { ...stored, refused: refused.length, ...(refused.length > 0 && { problems: listProblems(refused) }) };
  } catch (error) {
    // The database found a value that none of our checks did.
    if (!(error instanceof IngestRefusal) || error.status !== 400) throw error;
    return refuse(error, [toRefusedPush(error, body, from)]);
  }
}

async function keep({ db, counts }: ReceiverParts, letters: readonly RefusedPush[]): Promise<void> {
  if (letters.length === 0) return;
  await keepRefused(db, letters).catch((cause: unknown) => {
    throw storeRefusal(cause);
  });
  counts.deadLetters += letters.length;
}

/** Ids are unique within a source, so who sends custom metrics cannot take the ids of the platform's events either. */
function sourceOf(source: string, scope: Scope): string {
  return scope === 'metrics' ? METRICS_SOURCE : source;
}

const METRICS_SOURCE = 'metrics';

/** Nothing is kept of a push that its sender may not send: its dead letter could be replayed. */
function assertMetrics({ events, refused }: ParsedPush): void {
  const others = [...events, ...refused.map(({ raw }) => raw).filter((raw) => !saysLevel(raw))]
    .map(typeOf)
    .filter((type) => type !== METRIC_EVENT_TYPE);
  const [type] = others;
  if (others.length === 0) return;
  const seen = typeof type === 'string' ? `"${type.slice(0, 128)}"` : 'none';
  throw new IngestRefusal('event-out-of-scope', [
    { field: 'type', message: `Not permitted: expected ${METRIC_EVENT_TYPE}, received ${seen}` },
  ]);
}

function typeOf(event: unknown): unknown {
  return typeof event === 'object' && event !== null && 'type' in event ? event.type : undefined;
}

export type StoreParts = Pick<ReceiverParts, 'source' | 'now' | 'commits' | 'counts' | 'agentIds'>;

/** A dead letter that is tried again, as if it arrived now: stored, or refused as a whole. */
export async function storeAgain(parts: StoreParts, body: Uint8Array, source: string | null): Promise<Stored> {
  const arrivedMs = parts.now();
  const push = parsePush(body, arrivedMs);
  if (source === METRICS_SOURCE) assertMetrics(push);
  if (push.refused.length > 0) throw toRefusal(push.refused);
  return storeEvents(parts, push.events, { source: source ?? parts.source, receivedAt: new Date(arrivedMs) });
}

/** The path of every event. */
async function storeEvents(
  { commits, counts, agentIds }: StoreParts,
  pushed: readonly PushedEvent[],
  { source, receivedAt }: { readonly source: string; readonly receivedAt: Date },
): Promise<Stored> {
  const events = pushed.map((event) => agentIds.inEvent(event));
  const traceparent = activeTraceparent();
  const stored = await commits.submit({ source, receivedAt, events, traceparent }).catch((error: unknown) => {
    throw storeRefusal(error);
  });
  counts.pushes += 1;
  counts.events += stored.stored;
  counts.duplicates += stored.duplicates;
  counts.unknownTypes += countUnknown(events);
  count('assist_rollouts_intake_events_total', stored.stored, { result: 'stored' });
  count('assist_rollouts_intake_events_total', stored.duplicates, { result: 'duplicate' });
  if (isMeasuring()) for (const { occurredAt } of events) observeLag(receivedAt.getTime() - Date.parse(occurredAt));
  return stored;
}

/** A clock that is ahead makes no lag. */
function observeLag(ms: number): void {
  observe('assist_rollouts_intake_lag_seconds', Math.max(0, ms) / 1000);
}

/**
 * Whatever went wrong in the store, the push is not stored and worth another try; unless it holds a value that never
 * will be.
 */
export function storeRefusal(error: unknown): IngestRefusal {
  if (error instanceof Overloaded) return new IngestRefusal('overloaded');
  if (isBadValue(error))
    return new IngestRefusal('event-invalid', [{ field: '(body)', message: 'The database refuses a value' }]);
  return new IngestRefusal('store-unavailable', [], { cause: error });
}

function countUnknown(events: readonly PushedEvent[]): number {
  return events.reduce((sum, event) => sum + (eventKind(event) === 'unknown' ? 1 : 0), 0);
}

/** What the whole process holds at most, however many pushes that is. */
export const MAX_HELD_BYTES = 64 * MAX_BYTES;
