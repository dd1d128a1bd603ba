/**
 * Agent ids, replaced by a keyed hash before anything is written: the same agent has the same hash everywhere, so cards
 * still count by agent, and without the key nobody can tell or test who it is.
 */
import { createHmac } from 'node:crypto';
import type { PushedEvent } from '../domain/events/event.ts';

export interface AgentIds {
  inEvent(event: PushedEvent): PushedEvent;
  /** Of a push that is refused and kept: its bytes, with no agent id in the clear. */
  inRefused(body: Uint8Array): Uint8Array;
}

/** Without a key, ids stay as they come. */
export function createAgentIds(key: string | null): AgentIds {
  if (key === null) return { inEvent: (event) => event, inRefused: (body) => body };
  return {
    inEvent: (event) => ('agentId' in event ? { ...event, agentId: agentIdHash(key, event.agentId) } : event),
    inRefused: (body) => refused(key, body),
  };
}

/** 128 bits of HMAC-SHA256: no two of any number of agents share one. A hash is left as it is, so that a replay changes nothing. */
export function agentIdHash(key: string, agentId: string): string {
  if (HASHED.test(agentId)) return agentId;
  return `agent~${createHmac('sha256', key).update(`assist-rollouts/agent-id/v1\n${agentId}`).digest('hex').slice(0, 32)}`;
}

const HASHED = /^agent~[0-9a-f]{32}$/;
const AGENT_FIELD = /^(agent|user)_?id$/i;

/** What is not JSON cannot be searched for ids with certainty, so only its size is kept. */
function refused(key: string, body: Uint8Array): Uint8Array {
  const text = new TextDecoder().decode(body);
  try {
    const json: unknown = JSON.parse(text);
    const known = new Set<string>();
    collect(json, known);
    return Buffer.from(JSON.stringify(json, (_, value: unknown) => (isPrimitive(value) && known.has(String(value)) ? agentIdHash(key, String(value)) : value)));
  } catch {
    return Buffer.from(`(${body.byteLength} bytes that are not JSON; withheld, since they may hold agent ids)`);
  }
}

function collect(value: unknown, known: Set<string>): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [field, inner] of Object.entries(value)) {
    if (AGENT_FIELD.test(field) && isPrimitive(inner)) known.add(String(inner));
    collect(inner, known);
  }
}

function isPrimitive(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number';
}
