/** An agent's id as it is stored wherever agents have a key: in events, dead letters and audit entries alike. */
import { createHmac } from 'node:crypto';

/**
 * 128 bits of HMAC-SHA256: no two of any number of agents share one. A hash is left as it is, so that a replay changes
 * nothing.
 */
export function agentIdHash(key: string, agentId: string): string {
  if (HASHED.test(agentId)) return agentId;
  const hash = createHmac('sha256', key).update(`assist-rollouts/agent-id/v1\n${agentId}`).digest('hex');
  return `agent~${hash.slice(0, 32)}`;
}

const HASHED = /^agent~[0-9a-f]{32}$/;
