/** Why a split of queues or agents is not written as it was asked: said after all that could be done. */
import { strayDrift } from '../../domain/rollout/drift.ts';
import type { Drift } from '../../domain/rollout/drift.ts';
import type { StrayedFrom } from '../../domain/split/seen-version.ts';
import { TargetError } from '../target-error.ts';

/** What another hand chose is never overwritten. `giveBack`: what a person does about it. */
export function strayRefused(actionName: string, astray: StrayedFrom, giveBack: string): TargetError {
  const drift = strayDrift(astray);
  return new TargetError(
    'ContentChanged',
    `${actionName}: ${drift.message} Another hand did that, so it is left as it is. ${giveBack}`,
    drift,
  );
}

/** `gone`: by what the same is told again; `what`: the same as a clause; `share`: 0..100, as it was asked. */
export function goneRefused(actionName: string, gone: string, what: string, share: number): TargetError {
  const message = `${what}, so ${share} % cannot be shown as it was meant.`;
  const drift: Drift = { kind: 'deleted', key: `deleted ${gone}`, message };
  return new TargetError('ContentChanged', `${actionName}: ${message} Abort, or promote.`, drift);
}
