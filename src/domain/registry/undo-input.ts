/** What an undo is asked with, whoever sends it. */
import { proofProblem } from '../identity/signed-act.ts';
import { actionProblem, parseVersion } from '../plan/identity.ts';
import { show } from '../plan/problem.ts';
import { actorProblem, reasonProblem } from '../rollout/actor.ts';

export interface UndoInput {
  /**
   * `to`: a version, or `none` for no card; absent: the last proven one before the one that serves. `from`: what must
   * serve still, or nothing is taken back; absent: whatever serves.
   */
  readonly undo: { readonly action: string; readonly to?: string; readonly from?: string };
  readonly startedBy: string;
  readonly reason: string;
  /** ISO instant: what comes later is refused. */
  readonly expiresAt?: string;
  readonly signature?: string;
}

/** Is this meant as an undo, however wrong it may be? */
export function asksUndo(given: unknown): boolean {
  return typeof given === 'object' && given !== null && 'undo' in given;
}

/** The input of an undo, or what is wrong with it. Never throws. */
export function parseUndoInput(given: unknown): UndoInput | string {
  const { undo, startedBy, reason, expiresAt, signature } = given as Partial<Record<keyof UndoInput, unknown>>;
  const { action, to, from } = (typeof undo === 'object' && undo !== null ? undo : {}) as Partial<
    Record<keyof UndoInput['undo'], unknown>
  >;
  const problem =
    actionProblem(action) ??
    (to !== undefined && to !== 'none' && typeof parseVersion(to) !== 'string'
      ? `"to" is ${show(to)}; expected a version, such as 1.4.0, or none.`
      : (fromProblem(from) ??
        actorProblem(startedBy) ??
        reasonProblem(reason) ??
        proofProblem({ expiresAt, signature })));
  if (problem !== null) return problem;
  return {
    undo: {
      action: action as string,
      ...(to !== undefined && { to: to as string }),
      ...(from !== undefined && { from: from as string }),
    },
    startedBy: startedBy as string,
    reason: reason as string,
    ...(expiresAt !== undefined && { expiresAt: expiresAt as string }),
    ...(signature !== undefined && { signature: signature as string }),
  };
}

function fromProblem(from: unknown): string | null {
  if (from === undefined || typeof parseVersion(from) === 'string') return null;
  return `"from" is ${show(from)}; expected a version, such as 1.4.0.`;
}
