/** May this person do what is possible now? Asked once it is known who acts. Pure. */
import type { Actor } from '../identity/actor.ts';
import type { Act } from './acts.ts';
import { approvalAt, approvalRefusal } from './approvals.ts';
import type { RolloutState } from './state.ts';

/** Why not, in one sentence with the way out; or null. */
export function refusalFor(state: RolloutState, name: Act, actor: Actor): string | null {
  if (name !== 'approve') return null;
  const asked = approvalAt(state.approvals, state.step);
  const why = asked === undefined ? null : approvalRefusal(asked, actor, state.starter);
  return why === null ? null : `Cannot approve: ${why}`;
}
