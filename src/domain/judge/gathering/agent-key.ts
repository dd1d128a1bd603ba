/**
 * Agents are kept under so many keys, which bounds the state whatever the number of agents and however long their ids.
 *
 * A key is a cell and a sign. Agents who meet in a cell are added up with their signs, so that on average over the keys
 * a sum of squares over the cells is that over the agents, however many share a cell: what agents have in common with
 * none but themselves drops out of the mixed products.
 *
 * Reference: N. Alon, Y. Matias, M. Szegedy (1999), "The space complexity of approximating the frequency moments",
 * Journal of Computer and System Sciences 58(1), section 2.2.
 * Worked number: agents of 3 and 4 cards in one cell: (3 + 4)^2 = 49 or (3 - 4)^2 = 1, 25 = 3^2 + 4^2 in the mean.
 */
export const AGENT_CELLS = 128;
export const AGENT_KEYS = 2 * AGENT_CELLS;

/** FNV-1a over UTF-16 units (Fowler, Noll, Vo), folded to the keys. Worked number: "" has key 252. */
export function agentKeyOf(agent: string): number {
  return hashOf(agent) % AGENT_KEYS;
}

/** 32 bits. */
export function hashOf(agent: string): number {
  let hash = 2_166_136_261;
  for (let i = 0; i < agent.length; i++) hash = Math.imul(hash ^ agent.charCodeAt(i), 16_777_619);
  return (hash ^ (hash >>> 15)) >>> 0;
}

export function cellOf(key: number): number {
  return key >> 1;
}

export function signOf(key: number): 1 | -1 {
  return key % 2 === 0 ? 1 : -1;
}
