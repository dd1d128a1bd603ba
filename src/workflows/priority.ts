/**
 * What goes first where tasks wait in a queue (https://docs.temporal.io/develop/task-queue-priority-fairness): whatever
 * brings something back to safety, then what tells whether it must, then what serves already, then all else. Among
 * equals, each rollout and each waves has its turn, however much one of them asks for.
 *
 * The worker says so for every activity, whatever priority a client gave its workflow. A server without priorities
 * takes tasks in the order in which they came, as before.
 */
import type { Priority } from '@temporalio/common';
import type { Activities } from '../activities/create.ts';
import type { GuardianActivities } from '../guardian/create.ts';
import { sha256Hex } from '../domain/preflight/sha256.ts';
import type { WavesActivities } from '../waves/activities.ts';

/** 1 goes first; 3 is a server's own default. */
const PRIORITY = { safety: 1, watching: 2, ordinary: 3, asking: 4 } as const;

export type Rank = keyof typeof PRIORITY;

const RANKS: Readonly<Partial<Record<keyof (Activities & GuardianActivities & WavesActivities), Rank>>> = {
  rollBack: 'safety',
  restoreBaseline: 'safety',
  findUndo: 'safety',
  authorise: 'safety',
  isRestoring: 'safety',
  actElsewhere: 'watching',
  guardianLook: 'watching',
  guardianAct: 'watching',
  watch: 'watching',
  longWatch: 'watching',
  followElsewhere: 'watching',
  applySplit: 'watching',
  retireBaseline: 'watching',
  lookAround: 'asking',
  askRegistry: 'asking',
};

export function rankOf(activity: string): Rank {
  return (Object.hasOwn(RANKS, activity) && RANKS[activity as keyof typeof RANKS]) || 'ordinary';
}

/**
 * @param root id of the outermost workflow: of the waves for each of its members, else of the rollout itself. Its digest
 *   has the 64 bytes that a server takes at most.
 */
export function priorityOf(rank: Rank, root: string): Priority {
  return { priorityKey: PRIORITY[rank], fairnessKey: sha256Hex(root) };
}
