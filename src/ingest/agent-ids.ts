/**
 * Agent ids, replaced by a keyed hash before anything is written: the same agent has the same hash everywhere, so cards
 * still count by agent, and without the key nobody can tell or test who it is.
 */
import { createHash, createHmac } from 'node:crypto';
import type { PushedEvent } from '../domain/events/event.ts';

export interface AgentIds {
  inEvent(event: PushedEvent): PushedEvent;
  /** An id as it is stored. */
  hash(agentId: string): string;
  /** Names bytes that hold ids by what they say: as keyed as the ids, or whoever has it could try ids until one fits. */
  digest(bytes: Uint8Array): string;
}

/** Without a key, ids stay as they come. */
export function createAgentIds(key: string | null): AgentIds {
  if (key === null) return { inEvent: (event) => event, hash: (agentId) => agentId, digest: (bytes) => createHash('sha256').update(bytes).digest('hex') };
  const hash = (agentId: string): string => agentIdHash(key, agentId);
  return {
    inEvent: (event) => ('agentId' in event ? { ...event, agentId: hash(event.agentId) } : event),
    hash,
    digest: (bytes) => createHmac('sha256', key).update('assist-rollouts/refused/v1\n').update(bytes).digest('hex'),
  };
}

/** 128 bits of HMAC-SHA256: no two of any number of agents share one. A hash is left as it is, so that a replay changes nothing. */
export function agentIdHash(key: string, agentId: string): string {
  if (HASHED.test(agentId)) return agentId;
  return `agent~${createHmac('sha256', key).update(`assist-rollouts/agent-id/v1\n${agentId}`).digest('hex').slice(0, 32)}`;
}

const HASHED = /^agent~[0-9a-f]{32}$/;
