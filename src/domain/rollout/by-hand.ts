/** What a person sets in the organisation where the engine is not let, and what agents see until then. */
import { capabilitiesOf } from '../plan/target-capabilities.ts';
import { armLabel } from './deployment.ts';
import type { Deployment } from './deployment.ts';
import { shareText } from '../split/audience.ts';
import type { Audience } from '../split/audience.ts';

export interface ByHand {
  /** One sentence. */
  readonly agentsSee: string;
  /** Ids and target values, in the order in which they are written: the baseline FIRST. */
  readonly writes: readonly string[];
}

/** `splitPercent`, and of whose conversations: what the candidate was last proven to have. */
export function byHand(deployment: Deployment, splitPercent: number, of: Audience | null): ByHand {
  return {
    agentsSee: `Agents may still see ${armLabel(deployment.candidate)} in ${shareText(splitPercent, of)}.`,
    writes: capabilitiesOf(deployment.target).restoreByHand(deployment),
  };
}

export function byHandText({ agentsSee, writes }: ByHand): string {
  return `${agentsSee} By hand${writes.length > 1 ? ', in this order' : ''}: ${writes.join(', then ')}.`;
}
