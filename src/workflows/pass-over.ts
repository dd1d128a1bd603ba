/**
 * A promotion that a person asked for passes over splits, bakes and notes; never over a gate: hooks that are still to
 * come are asked, and it stops at an approval.
 */
import type { Step } from '../domain/plan/steps/steps.ts';
import { approvalAt, isGiven } from '../domain/rollout/approvals.ts';
import { letsPassApprovals } from '../domain/rollout/overrides.ts';
import { hook } from './hook.ts';
import type { DeployedRun } from './run.ts';
import { runStep } from './steps.ts';
import type { StepOutcome } from './supervise.ts';
import { CONTINUE } from './supervise.ts';

export interface Passing {
  /** `continue`: it was passed, or its gate lets it pass. */
  over(step: Step, index: number): Promise<StepOutcome>;
  /** What was passed over and is not on record yet: told with the next step that begins. */
  passed(): { readonly passed?: readonly number[] };
  /** Something was passed over, or its gate asked. */
  readonly begun: boolean;
  /** A gate was asked. */
  readonly stopped: boolean;
}

export function startPassing(run: DeployedRun): Passing {
  let untold: number[] = [];
  let begun = false;
  let stopped = false;
  const passed = (): { readonly passed?: readonly number[] } => {
    const told = untold;
    untold = [];
    return told.length === 0 ? {} : { passed: told };
  };
  return {
    passed,
    get begun() {
      return begun;
    },
    get stopped() {
      return stopped;
    },
    async over(step, index) {
      begun = true;
      if (step.kind === 'hook') {
        stopped = true;
        run.dispatch({ kind: 'stepStarted', step: index, ...passed() });
        const outcome = await hook(run, step, true);
        // Asked for anew, once it was held.
        return outcome.kind === 'promote' ? CONTINUE : outcome;
      }
      if (step.kind !== 'approve' || mayPass(run, index)) {
        untold.push(index);
        return CONTINUE;
      }
      stopped = true;
      const reason = `The promotion that ${askedBy(run)} asked for stops before an approval that is still to come: ${step.reason}`;
      run.dispatch({ kind: 'lapsed', reason });
      return runStep(run, step, index, passed());
    },
  };
}

function askedBy({ state: { request } }: DeployedRun): string {
  return request?.by ?? 'somebody';
}

function mayPass({ state: { approvals, overrides } }: DeployedRun, index: number): boolean {
  const asked = approvalAt(approvals, index);
  return asked === undefined || isGiven(asked) || letsPassApprovals(overrides, Date.now());
}
