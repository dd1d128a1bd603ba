/**
 * What goes first of the activities. The worker says so of each, whatever priority a client gave its workflow. A server
 * without priorities takes tasks in the order in which they came.
 */
import type { Activities } from '../activities/create.ts';
import type { Rank } from '../domain/rollout/priority.ts';
import type { GuardianActivities } from '../guardian/create.ts';
import type { WavesActivities } from '../waves/activities.ts';

const RANKS: Readonly<Partial<Record<keyof (Activities & GuardianActivities & WavesActivities), Rank>>> = {
  rollBack: 'safety',
  restoreBaseline: 'safety',
  findUndo: 'safety',
  authorise: 'safety',
  isRestoring: 'safety',
  whyCalledOff: 'safety',
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
