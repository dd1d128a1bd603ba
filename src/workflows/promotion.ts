/** Everybody gets the candidate: said only after a read-back proved it. */
import { isHarmed } from '../domain/rollout/overrides.ts';
import { decide, standAlone, whilePaused } from './decide.ts';
import { withLimit } from './deadline.ts';
import type { DeployedRun } from './run.ts';
import { holds } from '../domain/rollout/watch-decision.ts';
import { bake, outcomeOf, setSplit } from './steps.ts';
import type { StepOutcome } from './supervise.ts';
import { CONTINUE, isAborted, requested, rollBackForHarm, supervise } from './supervise.ts';

/** Almost all to the candidate, a last stage beside the holdback, then all; the baseline retired, read back. */
export async function promote(run: DeployedRun, isAsked: boolean): Promise<StepOutcome> {
  // Unless what a person asked for has lapsed.
  const askedByPerson = isAsked && requested(run).kind === 'promote';
  const begun = await begin(run, askedByPerson);
  if (begun.kind === 'rollBack') return begun;
  const { holdbackPercent } = run.input.plan.policies;
  const stages = [
    ...(holdbackPercent > 0
      ? [() => setSplit(run, 100 - holdbackPercent, 'promoting'), () => lastStage(run, askedByPerson)]
      : []),
    () => setSplit(run, 100, 'promoting'),
    ...(holdbackPercent > 0 ? [] : [() => lastStage(run, true)]),
    () => retire(run),
  ];
  for (const stage of stages) {
    let outcome = await stage();
    // What was decided lapsed before the first split rose by it.
    while (outcome.kind !== 'rollBack' && run.state.decision === null) {
      const again = await begin(run, false);
      outcome = again.kind === 'rollBack' ? again : await stage();
    }
    if (outcome.kind === 'rollBack') return outcome;
  }
  return CONTINUE;
}

/** With proof, or because a person said so. */
async function begin(run: DeployedRun, askedByPerson: boolean): Promise<StepOutcome> {
  if (!askedByPerson && (run.state.report === null || !holds('goal', run.state.report))) {
    const proven = await bake(run, { forMs: 0, atMostMs: 0, minCards: 0, require: 'goal' });
    if (proven.kind === 'rollBack') return proven;
  }
  run.dispatch({ kind: 'promotionBegun' });
  return CONTINUE;
}

/** Beside the holdback both versions are judged as in any bake; at 100 % only an abort and drift can end it. */
async function lastStage(run: DeployedRun, tolerant: boolean): Promise<StepOutcome> {
  const { afterPromotionMs, holdbackPercent } = run.input.plan.policies;
  const stage =
    holdbackPercent > 0
      ? `the last stage, with ${holdbackPercent} % held back ${heldOn(run)}`
      : 'the last stage at 100 %, with nothing to compare with';
  run.dispatch({ kind: 'entered', phase: 'promoting', waitingFor: stage });
  return withLimit(run, { ms: afterPromotionMs, what: stage, action: 'finish the promotion' }, async (over) => {
    // A stage that nobody judges does not end well by itself: somebody looks again, or `onBlind` decides.
    const ended = (): boolean => over() && run.state.blind === null;
    for (;;) {
      const end = await supervise(
        run,
        { kind: 'hold' },
        () => ended() || isAborted(run) || run.state.advanced || run.state.paused,
        { tolerant },
      );
      const decision = await decide(run, end);
      const stop = decision.kind === 'goOn' ? await whilePaused(run) : decision;
      if (stop.kind === 'rollBack') return stop;
      if (ended() || run.state.advanced) return isHarmed(run.state, Date.now()) ? rollBackForHarm(run) : CONTINUE;
    }
  });
}

function heldOn({ state }: DeployedRun): string {
  return state.deployment.baseline === null ? 'without a card' : 'on the old version';
}

async function retire(run: DeployedRun): Promise<StepOutcome> {
  const outcome = outcomeOf(await standAlone(run));
  if (outcome.kind === 'rollBack') return outcome;
  return isHarmed(run.state, Date.now()) ? rollBackForHarm(run) : CONTINUE;
}
