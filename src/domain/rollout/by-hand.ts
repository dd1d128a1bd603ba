/** What a person sets in the organisation where the engine is not let, and what agents see until then. */
import { capabilitiesOf } from '../plan/target-capabilities.ts';
import { armLabel } from './deployment.ts';
import type { Deployment } from './deployment.ts';

export interface ByHand {
  /** One sentence. */
  readonly agentsSee: string;
  /** Ids and target values, in the order in which they are written: the baseline FIRST. */
  readonly writes: readonly string[];
}

export function byHand(deployment: Deployment, splitPercent: number): ByHand {
  return {
    agentsSee: `Agents may still see ${armLabel(deployment.candidate)} in ${splitPercent} % of the conversations.`,
    writes: capabilitiesOf(deployment.target).restoreByHand(deployment),
  };
}

export function byHandText({ agentsSee, writes }: ByHand): string {
  return `${agentsSee} By hand${writes.length > 1 ? ', in this order' : ''}: ${writes.join(', then ')}.`;
}
