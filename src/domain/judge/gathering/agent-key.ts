/**
 * Agents are kept under so many keys: two agents who share one count as one cluster, which is right as long as their
 * cards are
 * added up together, and bounds the state whatever the number of agents and however long their ids.
 */
export const AGENT_KEYS = 1024;

/** FNV-1a over UTF-16 units (Fowler, Noll, Vo), folded to the keys. Worked number: "" has key 1020. */
export function agentKeyOf(agent: string): number {
  let hash = 2_166_136_261;
  for (let i = 0; i < agent.length; i++) hash = Math.imul(hash ^ agent.charCodeAt(i), 16_777_619);
  return ((hash ^ (hash >>> 15)) >>> 0) % AGENT_KEYS;
}
