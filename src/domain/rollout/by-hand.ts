/** What a person sets in the organisation where the engine is not let, and what agents see until then. */
import { capabilitiesOf } from '../plan/target-capabilities.ts';
import { armLabel } from './deployment.ts';
import type { Deployment } from './deployment.ts';
import { assistantQueuesOf } from '../split/assistant-queues.ts';
import { shareText } from '../split/audience.ts';
import type { Audience } from '../split/audience.ts';
import { movedAt } from '../split/movable.ts';
import { achievedShare } from './shares.ts';
import type { RolloutState } from './state.ts';

export interface ByHand {
  /** One sentence. */
  readonly agentsSee: string;
  /** Ids and target values, in the order in which they are written: the baseline FIRST. */
  readonly writes: readonly string[];
}

/** What the candidate has at most, for all that is known: what was last proven, or what was written since. */
export function byHand(
  deployment: Deployment,
  { splitPercent, splitOf, unproven }: Pick<RolloutState, 'splitPercent' | 'splitOf' | 'unproven'>,
): ByHand {
  const [asked, of]: readonly [number, Audience | null] =
    unproven !== null && unproven.splitPercent > splitPercent
      ? [unproven.splitPercent, unproven.of ?? null]
      : [splitPercent, splitOf];
  const share = achievedShare(deployment, asked);
  return {
    agentsSee: `Agents may still see ${armLabel(deployment.candidate)} in at most ${shareText(share, of)}.`,
    writes: queuesBack(deployment, share) ?? capabilitiesOf(deployment.target).restoreByHand(deployment),
  };
}

/** More of them nobody reads in a message: the plan has them all. */
const MAX_NAMED = 20;

/** Which queues may be on the candidate's assistants, and where each was; null: no queues are divided. */
function queuesBack(deployment: Deployment, share: number): readonly string[] | null {
  const handle = assistantQueuesOf(deployment);
  if (handle?.unit !== 'queue') return null;
  const moved = movedAt(handle.queues, share);
  return [...new Set(moved.map(({ baseline }) => baseline))].map((assistant) => {
    const ids = moved.filter(({ baseline }) => baseline === assistant).map(({ id }) => id);
    const more = ids.length > MAX_NAMED ? ` and ${ids.length - MAX_NAMED} more of the plan` : '';
    const which = `${ids.length === 1 ? 'queue' : 'queues'} ${ids.slice(0, MAX_NAMED).join(', ')}${more}`;
    return `put ${which} back on assistant ${assistant}`;
  });
}

export function byHandText({ agentsSee, writes }: ByHand): string {
  return `${agentsSee} By hand${writes.length > 1 ? ', in this order' : ''}: ${writes.join(', then ')}.`;
}
