/** Who asks the rollout, and what it answers. Registered before anything is awaited. */
import { ApplicationFailure, setHandler } from '@temporalio/workflow';
import type { Act } from '../domain/rollout/acts.ts';
import { ACTS, isBrake, refusal } from '../domain/rollout/acts.ts';
import { parseAct, parseGuardianNotice } from '../domain/rollout/messages.ts';
import { isEnding } from '../domain/rollout/status.ts';
import { ACT_UPDATES, actSignal, guardianSignal, statusQuery } from './messages.ts';
import type { RolloutRun } from './run.ts';

export function answer(run: RolloutRun): void {
  setHandler(statusQuery, () => run.status());
  for (const act of ACTS) {
    setHandler(
      ACT_UPDATES[act],
      ({ by, reason }) => {
        run.dispatch({ kind: 'acted', act, by, reason }, { actor: by });
        return run.status();
      },
      { validator: (given) => refuseUnfit(run, act, given) },
    );
  }
  // A signal cannot be refused: what does not parse, or is not possible any more, is left alone.
  setHandler(actSignal, (given: unknown) => brake(run, given));
  setHandler(guardianSignal, (given: unknown) => hearGuardian(run, given));
}

function refuseUnfit(run: RolloutRun, act: Act, given: unknown): void {
  const refused = refusal(run.state, act, parseAct(given));
  if (refused !== null) throw ApplicationFailure.nonRetryable(refused, 'ActRefused');
}

function brake(run: RolloutRun, given: unknown): void {
  const { name, by, reason } = parseAct(given);
  if (!isBrake(name) || refusal(run.state, name, { by, reason }) !== null) return;
  run.dispatch({ kind: 'acted', act: name, by: String(by), reason: String(reason) }, { actor: String(by) });
}

/** From outside: nobody watches as far as the guardian sees, or it has already brought the baseline back. */
function hearGuardian(run: RolloutRun, given: unknown): void {
  const notice = parseGuardianNotice(given);
  if (notice === null || isEnding(run.state.phase)) return;
  const { kind, reason } = notice;
  if (kind === 'restored')
    return run.dispatch({ kind: 'acted', act: 'abort', by: 'guardian', reason }, { actor: 'guardian' });
  run.dispatch({ kind: 'watchCalled' });
  if (run.state.blind === null) run.dispatch({ kind: 'blinded', reason });
}
