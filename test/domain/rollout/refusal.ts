import type { Act } from '../../../src/domain/rollout/acts.ts';
import { impossible, unfit } from '../../../src/domain/rollout/acts.ts';
import type { GivenAct } from '../../../src/domain/rollout/messages.ts';
import type { RolloutState } from '../../../src/domain/rollout/state.ts';

/** Why the act is refused, whoever gives it, or null. */
export function refusal(state: RolloutState, name: Act, given: GivenAct): string | null {
  return unfit(name, given) ?? impossible(state, name);
}
