/** A card of the store as the judge takes it. */
import type { Arm } from '../domain/judge/types.ts';
import type { SliceKey } from '../domain/plan/plan.ts';
import { capabilitiesOf } from '../domain/plan/target-capabilities.ts';
import { clusterOf, noCardArm } from '../domain/rollout/deployment.ts';
import type { Deployment } from '../domain/rollout/deployment.ts';
import type { TimedCard } from '../domain/rollout/looks.ts';
import type { AgentHabits } from '../store/agent-habits.ts';
import type { StoredCard } from '../store/exposures.ts';

/** Where one arm shows no card, whether one was shown tells the arms apart. */
function armOf({ actionId, withheld }: StoredCard, deployment: Deployment): Arm {
  const noCard = noCardArm(deployment);
  if (noCard === null) return actionId === deployment.candidate?.id ? 'candidate' : 'baseline';
  return (withheld === true) === (noCard === 'candidate') ? 'candidate' : 'baseline';
}

/** `by`: what slices are cut by. */
export function toTimed(
  card: StoredCard,
  deployment: Deployment,
  by: readonly SliceKey[],
  known: AgentHabits,
): TimedCard {
  const habits = known.get(card.agentId);
  return {
    arm: armOf(card, deployment),
    outcomes: card.outcomes,
    latencyMs: card.latencyMs,
    // Where nobody tells what is on a screen, that is not told of a card does not say that it was not delivered.
    skewed: card.skewed || !capabilitiesOf(deployment.target).metrics.includes('undeliveredRate'),
    agent: clusterOf(deployment, card),
    queue: card.queueId,
    firstOfConversation: card.firstOfConversation,
    triggeredAtMs: card.triggeredAtMs,
    arrivedAtMs: card.arrivedAtMs,
    ...(card.custom === undefined ? {} : { custom: card.custom }),
    ...(card.withheld === true && { withheld: true }),
    ...(card.draw !== undefined && { draw: card.draw }),
    ...(card.mediaType !== undefined && by.includes('mediaType') && { mediaType: card.mediaType }),
    ...(card.language !== undefined && by.includes('language') && { language: card.language }),
    ...(habits !== undefined && { habits }),
  };
}
