/**
 * Events of live conversations as an Amazon EventBridge API destination sends them: one event a request, admitted by a
 * secret in a header. They go on to the panel processes. Nothing of them is logged, and nothing is kept that is not
 * wanted.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { LiveEventRow } from '../store/live-events.ts';
import { IngestRefusal } from './problem.ts';

/** What the API destination's connection is to send the secret in. */
const BRIDGE_HEADER = 'x-eventbridge-key';

/** Throws IngestRefusal. Each secret is compared in full, whichever of them it is. */
export function createBridgeGate(secrets: readonly string[]): (headers: Headers) => void {
  const known = secrets.map(digest);
  return (headers) => {
    const given = digest(headers.get(BRIDGE_HEADER) ?? '');
    const fits = known.map((secret) => timingSafeEqual(secret, given));
    if (!fits.includes(true)) throw new IngestRefusal('bridge-refused');
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

const envelope = z.object({
  id: z.string().min(1).max(256),
  source: z.string().regex(/^aws\.partner\/genesys\.com\/cloud\/.+/),
  'detail-type': z.string().max(256),
  time: z.string().max(64).optional(),
  detail: z.object({
    topicName: z.string().max(512).optional(),
    eventBody: z.record(z.string(), z.unknown()),
  }),
});

/** Topics whose events the panel processes read. */
const WANTED: readonly RegExp[] = [
  /^v2\.conversations\.[^.]+\.transcription$/,
  /^v2\.conversations\.[^.]+\.suggestions\.[\w.]+$/,
  /^v2\.routing\.queues\.[^.]+\.conversations$/,
];

/** Older than this it was said in a conversation that has gone on: it comes late, and is of no use any more. */
const MAX_LATE_MS = 5 * 60_000;

export type BridgeEvent = LiveEventRow | 'passedOver' | 'late';

/** Throws IngestRefusal for what is no such event; none of its values are repeated. */
export function readBridgeEvent(body: Uint8Array, nowMs: number): BridgeEvent {
  const parsed = envelope.safeParse(jsonOf(body));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const field = issue?.path.map(String).join('.') ?? '';
    throw new IngestRefusal('bridge-event-invalid', [
      { field: field === '' ? '(body)' : field, message: 'Missing, or of another form than EventBridge sends' },
    ]);
  }
  const { id, detail, time, 'detail-type': type } = parsed.data;
  const { eventBody } = detail;
  const topic = topicOf(detail.topicName ?? type, eventBody);
  if (topic === null || !WANTED.some((one) => one.test(topic))) return 'passedOver';
  const toldMs = toldOf(eventBody['eventTime']) ?? toldOf(time) ?? nowMs;
  // What is ahead of our clock happened when it came: else it would hide whatever happens until then.
  const toldAt = new Date(Math.min(toldMs, nowMs));
  return nowMs - toldMs > MAX_LATE_MS ? 'late' : { id, topic, body: eventBody, toldAt };
}

function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw new IngestRefusal('body-not-json');
  }
}

/** Where the name keeps its `{id}`, the conversation's stands in the body; a queue's does not. */
function topicOf(name: string, eventBody: Readonly<Record<string, unknown>>): string | null {
  if (!name.includes('{id}')) return name;
  const { conversationId } = eventBody;
  return typeof conversationId === 'string' ? name.replace('{id}', conversationId) : null;
}

/** ISO 8601, or ms since the epoch. */
function toldOf(time: unknown): number | null {
  const ms = typeof time === 'number' ? time : typeof time === 'string' ? Date.parse(time) : Number.NaN;
  return Number.isFinite(ms) && Math.abs(ms) < 8.64e15 ? ms : null;
}
