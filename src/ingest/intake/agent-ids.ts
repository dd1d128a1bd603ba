/**
 * Agent ids, replaced by a keyed hash before anything is written: the same agent has the same hash everywhere, so cards
 * still count by agent, and without the key nobody can tell or test who it is.
 */
import { createHash, createHmac } from 'node:crypto';
import type { PushedEvent } from '../../domain/events/event.ts';
import { agentIdHash } from '../../store/agent-id-hash.ts';

export interface AgentIds {
  inEvent(event: PushedEvent): PushedEvent;
  /** An id as it is stored. */
  hash(agentId: string): string;
  /**
   * Names bytes that hold ids by what they say: as keyed as the ids, or whoever has it could try ids until one fits.
   */
  digest(bytes: Uint8Array): string;
}

/** Without a key, ids stay as they come. */
export function createAgentIds(key: string | null): AgentIds {
  if (key === null)
    return {
      inEvent: (event) => event,
      hash: (agentId) => agentId,
      digest: (bytes) => createHash('sha256').update(bytes).digest('hex'),
    };
  const hash = (agentId: string): string => agentIdHash(key, agentId);
  return {
    inEvent: (event) => ('agentId' in event ? { ...event, agentId: hash(event.agentId) } : event),
    hash,
    digest: (bytes) => createHmac('sha256', key).update('assist-rollouts/refused/v1\n').update(bytes).digest('hex'),
  };
}
