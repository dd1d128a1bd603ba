/** From bytes to events: those that can be stored, and those that cannot, each with the reason by its field. */
import { parseEvent, saysLevel } from '../../domain/events/event.ts';
import type { PushedEvent } from '../../domain/events/event.ts';
import { timeProblems } from '../../domain/events/times.ts';
import { IngestRefusal } from '../problem.ts';
import type { FieldProblem, IngestProblemCode } from '../problem.ts';

export interface RefusedEvent {
  readonly code: IngestProblemCode;
  /** At least one; the fields with their place in the push. */
  readonly problems: readonly FieldProblem[];
  readonly raw: unknown;
}

export interface ParsedPush {
  readonly events: readonly PushedEvent[];
  readonly refused: readonly RefusedEvent[];
  /** An event says a word of before. */
  readonly saysLevel: boolean;
}

export const MAX_EVENTS = 1_000;
const MAX_PROBLEMS = 10;

/** Throws IngestRefusal for what is no push at all. */
export function parsePush(body: Uint8Array, arrivedMs: number): ParsedPush {
  const json = parseJson(decode(body));
  const isBatch = typeof json === 'object' && json !== null && 'events' in json;
  const events: PushedEvent[] = [];
  const refused: RefusedEvent[] = [];
  const list = isBatch ? batchOf(json.events) : [json];
  for (const [index, raw] of list.entries()) {
    const read = readEvent(raw, isBatch ? `events.${index}.` : '', arrivedMs);
    if ('event' in read) events.push(read.event);
    else refused.push(read);
  }
  return { events, refused, saysLevel: list.some(saysLevel) };
}

/** For a push with nothing that can be stored. */
export function toRefusal(refused: readonly RefusedEvent[]): IngestRefusal {
  const codes = new Set(refused.map(({ code }) => code));
  const [code = 'event-invalid'] = codes;
  return new IngestRefusal(codes.size > 1 ? 'event-invalid' : code, listProblems(refused));
}

/** The first of them. */
export function listProblems(refused: readonly RefusedEvent[]): FieldProblem[] {
  return refused.flatMap(({ problems }) => problems).slice(0, MAX_PROBLEMS);
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

function batchOf(events: unknown): readonly unknown[] {
  if (Array.isArray(events) && events.length >= 1 && events.length <= MAX_EVENTS) return events;
  const seen = Array.isArray(events) ? `a list of ${events.length}` : typeof events;
  throw new IngestRefusal('event-invalid', [
    { field: 'events', message: `Invalid batch: expected a list of 1 to ${MAX_EVENTS} events, received ${seen}` },
  ]);
}

function readEvent(raw: unknown, prefix: string, arrivedMs: number): { readonly event: PushedEvent } | RefusedEvent {
  const placed = (path: string): string => `${prefix}${path}`.replace(/\.$/, '') || '(body)';
  const parsed = parseEvent(raw);
  if ('issues' in parsed) {
    return {
      code: 'event-invalid',
      raw,
      problems: parsed.issues.map(({ path, message }) => ({ field: placed(path.map(String).join('.')), message })),
    };
  }
  const texts = findUnstorable(parsed.event);
  if (texts.length > 0)
    return {
      code: 'event-invalid',
      raw,
      problems: texts.map(({ field, message }) => ({ field: placed(field), message })),
    };
  const times = timeProblems(parsed.event, arrivedMs);
  const [first] = times;
  return first === undefined
    ? parsed
    : { code: first.code, raw, problems: times.map(({ field, message }) => ({ field: placed(field), message })) };
}

/** Well-formed JSON that PostgreSQL cannot hold. */
function findUnstorable(event: PushedEvent): FieldProblem[] {
  return Object.entries(event).flatMap(([field, value]) =>
    /\0|\p{Surrogate}/u.test(String(value ?? ''))
      ? [{ field, message: 'Invalid text: it holds a NUL character or half a surrogate pair' }]
      : [],
  );
}
