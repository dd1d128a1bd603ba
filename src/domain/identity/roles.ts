/** Which roles may do what. */
import type { Role } from './actor.ts';

/** What only brings back what served before, or stops: whoever answers for a part of what is touched may. */
const BRAKES: readonly string[] = ['pause', 'abort', 'recover', 'freeze'];

/** What is not named here is for admins alone. */
const ROLES_OF_ACT: Readonly<Record<string, readonly Role[]>> = {
  view: ['viewer', 'operator', 'approver'],
  start: ['operator'],
  retry: ['operator'],
  restart: ['operator'],
  replace: ['operator'],
  undo: ['operator'],
  pause: ['operator', 'approver'],
  abort: ['operator', 'approver'],
  recover: ['operator', 'approver'],
  resume: ['operator'],
  advance: ['operator'],
  promote: ['operator', 'approver'],
  approve: ['approver'],
  // Whoever has approved; their role may have been taken since.
  withdraw: ['viewer', 'operator', 'approver'],
  override: ['approver'],
  freeze: ['operator', 'approver'],
};

/** Any one of them is enough. */
export function rolesThatMay(act: string): readonly Role[] {
  return [...((Object.hasOwn(ROLES_OF_ACT, act) ? ROLES_OF_ACT[act] : undefined) ?? []), 'admin'];
}

export function isBrakeAct(act: string): boolean {
  return BRAKES.includes(act);
}
