/** What is kept of an event, or of a whole push, that is genuine and cannot be stored. */
import { KNOWN_FIELDS } from '../../domain/events/event.ts';
import type { RefusedPush } from '../../store/dead-letters.ts';
import type { AgentIds } from './agent-ids.ts';
import type { RefusedEvent } from './parse-push.ts';
import type { IngestRefusal } from '../problem.ts';

export interface KeptFrom {
  readonly source: string;
  readonly receivedAt: Date;
  readonly agentIds: AgentIds;
}

/** A push that is none: its size and the reason, for nobody knows what its bytes hold. */
export function toRefusedPush(
  { code, fields, message }: IngestRefusal,
  body: Uint8Array,
  { source, receivedAt, agentIds }: KeptFrom,
): RefusedPush {
  const reason = formatReason(fields) || message;
  return {
    source,
    receivedAt,
    code,
    reason,
    digest: agentIds.digest(body),
    body: new Uint8Array(),
    bodyBytes: body.byteLength,
  };
}

export function toRefusedEvent(
  { code, problems, raw }: RefusedEvent,
  { source, receivedAt, agentIds }: KeptFrom,
): RefusedPush {
  const known = JSON.stringify(pickKnown(raw, agentIds));
  const body = Buffer.from(known);
  const digest = agentIds.digest(Buffer.from(writeOut(raw) ?? known));
  return { source, receivedAt, code, reason: formatReason(problems), digest, body, bodyBytes: body.byteLength };
}

/** Null for what is nested deeper than the stack: JSON is read without one, and written with one. */
function writeOut(raw: unknown): string | null {
  try {
    return JSON.stringify(raw);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/**
 * Under which name those are listed that are there and not kept: what the sender must not send, or may have written
 * anything into.
 */
const UNKNOWN = 'unknownFields';
const WITHHELD = 'withheldFields';

const MAX_NAMES = 20;
const MAX_NAME_LENGTH = 64;
const MAX_TEXT_LENGTH = 512;
const INSTANT_LIKE = /^[\dTtZzWw:+.,\-\u2212 ]{1,64}$/;
const AGENT_ID = 'agentId';

/**
 * The fields that an event has, as far as they are numbers or short texts, agent ids as they are stored; of the others
 * the names.
 */
function pickKnown(raw: unknown, agentIds: AgentIds): object {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return { [WITHHELD]: ['(body)'] };
  const entries = Object.entries(raw);
  const known = entries.filter(([name]) => KNOWN_FIELDS.has(name));
  const agent = known.find(([name, value]) => name === AGENT_ID && isPrimitive(value))?.[1] as
    | string
    | number
    | undefined;
  const kept = known
    .filter(([name, value]) => isKept(name, value))
    .map(([name, value]) => [
      name,
      agent !== undefined && String(value) === String(agent) ? agentIds.hash(String(agent)) : value,
    ]);
  const names = (of: readonly (readonly [string, unknown])[]): string[] =>
    of.slice(0, MAX_NAMES).map(([name]) => name.slice(0, MAX_NAME_LENGTH));
  const unknown = names(entries.filter(([name]) => !KNOWN_FIELDS.has(name)));
  const withheld = names(known.filter(([name, value]) => !isKept(name, value)));
  return {
    ...Object.fromEntries(kept),
    ...(unknown.length > 0 && { [UNKNOWN]: unknown }),
    ...(withheld.length > 0 && { [WITHHELD]: withheld }),
  };
}

function isKept(name: string, value: unknown): boolean {
  if (typeof value === 'string')
    return name.endsWith('At') ? INSTANT_LIKE.test(value) : value.length <= MAX_TEXT_LENGTH;
  return typeof value === 'number' || typeof value === 'boolean' || value === null;
}

function isPrimitive(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number';
}

/** A field's name comes from the sender. */
function formatReason(problems: readonly { readonly field: string; readonly message: string }[]): string {
  return problems
    .map(({ field, message }) => `${field}: ${message}`)
    .join('; ')
    .replaceAll(/\0|\p{Surrogate}/gu, '\uFFFD')
    .slice(0, 2_000);
}
