/**
 * What goes first where tasks wait: whatever brings something back to safety, then what tells whether it must, then all
 * else. Among equals, each rollout and each waves has its turn, however much one of them asks for.
 * https://docs.temporal.io/develop/task-queue-priority-fairness
 */
import { sha256Hex } from '../preflight/sha256.ts';

/** 1 goes first; 3 is a server's own default. */
const PRIORITY = { safety: 1, watching: 2, ordinary: 3, asking: 4 } as const;

export type Rank = keyof typeof PRIORITY;

/**
 * @param root id of the outermost workflow: of the waves for each of its members, else of the rollout itself. Its digest
 *   has the 64 bytes that a server takes at most.
 */
export function priorityOf(rank: Rank, root: string): { readonly priorityKey: number; readonly fairnessKey: string } {
  return { priorityKey: PRIORITY[rank], fairnessKey: sha256Hex(root) };
}
