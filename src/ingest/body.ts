/** From bytes to events, or to a refusal that names the field. */
import { eventPushSchema } from '../domain/events/event.ts';
import type { PushedEvent } from '../domain/events/event.ts';
import type { Hold } from './gate.ts';
import { IngestRefusal } from './problem.ts';
import type { FieldProblem } from './problem.ts';

export const MOST_BYTES = 1024 * 1024;
const MOST_PROBLEMS = 10;

/** Read whole when it is announced to be no larger; else piece by piece, so that only what has come is held. */
const READ_WHOLE_BYTES = 64 * 1024;

/** The bytes exactly as sent, since the signature is over them; stops reading at the limit, or when there is no room. */
export async function readBody(request: Request, hold: Hold): Promise<Uint8Array> {
  if ((request.headers.get('content-encoding') ?? 'identity') !== 'identity') throw new IngestRefusal('body-encoding-unsupported');
  const announced = request.headers.get('content-length');
  const bytes = /^\d{1,15}$/.test(announced ?? '') ? Number(announced) : null;
  if (bytes !== null && bytes > MOST_BYTES) throw new IngestRefusal('body-too-large');
  try {
    if (bytes === null || bytes > READ_WHOLE_BYTES) return await readStream(request, hold);
    if (!hold.add(bytes)) throw new IngestRefusal('overloaded');
    return new Uint8Array(await request.arrayBuffer());
  } catch (error) {
    throw error instanceof IngestRefusal ? error : new IngestRefusal('body-incomplete');
  }
}

async function readStream(request: Request, hold: Hold): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of request.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > MOST_BYTES) throw new IngestRefusal('body-too-large');
    if (!hold.add(chunk.byteLength)) throw new IngestRefusal('overloaded');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

export function parsePush(body: Uint8Array): PushedEvent[] {
  const json = parseJson(decode(body));
  const push = eventPushSchema.safeParse(json);
  if (!push.success) throw new IngestRefusal('event-invalid', fieldProblems(push.error.issues, json));
  const { events } = push.data;
  const isBatch = holdsEvents(json);
  const problems = events.flatMap((event, index) => unstorable(event, isBatch ? `events.${index}.` : ''));
  if (problems.length > 0) throw new IngestRefusal('event-invalid', problems.slice(0, MOST_PROBLEMS));
  return events;
}

function decode(body: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    throw new IngestRefusal('body-not-utf8');
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new IngestRefusal('body-not-json');
  }
}

function holdsEvents(json: unknown): boolean {
  return typeof json === 'object' && json !== null && 'events' in json;
}

interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly code?: string | undefined;
  readonly errors?: readonly (readonly Issue[])[];
}

/** A push is a batch or one event; only what is wrong with the one that was meant helps the sender. */
function fieldProblems(issues: readonly Issue[], json: unknown): FieldProblem[] {
  const meant = issues.flatMap((issue) => issue.errors?.[holdsEvents(json) ? 0 : 1] ?? [issue]);
  return meant.slice(0, MOST_PROBLEMS).map(({ path, message }) => ({ field: path.map(String).join('.') || '(body)', message }));
}

const EARLIEST = Date.parse('2000-01-01T00:00:00Z');
const LATEST = Date.parse('2100-01-01T00:00:00Z');

interface Instants {
  readonly occurredAt: string;
  readonly triggeredAt?: string;
  readonly renderedAt?: string | undefined;
}

/** Well-formed JSON that PostgreSQL cannot hold (NUL, half a surrogate pair), or that no clock of ours ever showed. */
function unstorable(event: PushedEvent, prefix: string): FieldProblem[] {
  const texts = Object.entries(event).flatMap(([field, value]) => (/\0|\p{Surrogate}/u.test(String(value ?? ''))
    ? [{ field: `${prefix}${field}`, message: 'Invalid text: it holds a NUL character or half a surrogate pair' }] : []));
  const { occurredAt, triggeredAt = occurredAt, renderedAt = occurredAt }: Instants = event;
  const instants = Object.entries({ occurredAt, triggeredAt, renderedAt }).flatMap(([field, instant]) => {
    const ms = Date.parse(instant);
    return ms >= EARLIEST && ms < LATEST ? [] : [{ field: `${prefix}${field}`, message: 'Invalid instant: expected a year from 2000 to 2099' }];
  });
  return [...texts, ...instants];
}
