/** What a person sets in the organisation where the engine is not let, and what agents see until then. */
import { capabilitiesOf } from '../plan/target-capabilities.ts';
import { armLabel } from './deployment.ts';
import type { Deployment } from './deployment.ts';
import { shareText } from '../split/audience.ts';
import type { Audience } from '../split/audience.ts';
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
  const seen: readonly [number, Audience | null] =
    unproven !== null && unproven.splitPercent > splitPercent
      ? [unproven.splitPercent, unproven.of ?? null]
      : [splitPercent, splitOf];
  return {
    agentsSee: `Agents may still see ${armLabel(deployment.candidate)} in ${shareText(...seen)}.`,
    writes: capabilitiesOf(deployment.target).restoreByHand(deployment),
  };
}

export function byHandText({ agentsSee, writes }: ByHand): string {
  return `${agentsSee} By hand${writes.length > 1 ? ', in this order' : ''}: ${writes.join(', then ')}.`;
}
