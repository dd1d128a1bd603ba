/** Back to the baseline: never given up, and said only after a read-back proved it. */
import { ActivityFailure, CancellationScope, condition, isCancellation, sleep } from '@temporalio/workflow';
import type { BaselineChanged, Proof } from '../activities/types.ts';
import { byHand, byHandText } from '../domain/rollout/by-hand.ts';
import { armLabel } from '../domain/rollout/deployment.ts';
import type { Deployment } from '../domain/rollout/deployment.ts';
import { splitText } from '../domain/split/audience.ts';
import { capabilitiesOf } from '../domain/plan/target-capabilities.ts';
import { isRestored } from '../domain/rollout/proofs.ts';
import { stopAfter } from '../domain/text/sentence.ts';
import { backOffMs } from '../domain/shared/back-off.ts';
import { confirmQuiet, rollBack as rollBackActivity } from './activity-proxies.ts';
import type { DeployedRun } from './run.ts';
import { historyBehindIn } from './past-differs.ts';
import { awaitLastWord, firstOf } from './supervise.ts';

/**
 * Baseline to 100 first, then candidate to 0 and disabled; read back; candidate impressions stop; read back again.
 * Answers the reason, with what could not be taken back.
 */
export async function rollBack(run: DeployedRun, why: string, decidedAtMs = Date.now()): Promise<string> {
  const reason = `${why}${whereSeen(run, why)}`;
  return CancellationScope.nonCancellable(async () => {
    run.dispatch({
      kind: 'entered',
      phase: 'rollingBack',
      waitingFor: `the organisation to show ${shownAgain(run)} again`,
      reason,
    });
    let proof = await restored(run, reason, decidedAtMs);
    while (proof === null) {
      await sleep(WARN_AFTER_MS, { summary: 'roll back again' });
      proof = await restored(run, reason, decidedAtMs);
    }
    await awaitLastWord(run);
    return `${reason}${remainder(reason, run, proof)}`;
  });
}

/** What was judged among some is said of them, and of nobody else. */
function whereSeen({ state: { splitPercent, splitOf } }: DeployedRun, why: string): string {
  return splitOf === null ? '' : `${stopAfter(why)} It was at split ${splitText(splitPercent, splitOf)}.`;
}

function remainder(reason: string, { state }: DeployedRun, { state: { remaining = 0 } }: Proof): string {
  if (remaining === 0) return '';
  const which = armLabel(state.deployment.candidate);
  return `${stopAfter(reason)} What was shown stays: ${which} was shown ${remaining} times, and agents who have it may still use it.`;
}

/** Null when the read-back at the end shows something else: it was undone after the proof. */
async function restored(run: DeployedRun, reason: string, decidedAtMs: number): Promise<Proof | null> {
  const proof = await untilConfirmed(run, reason, (deployment, mayAsk) =>
    rollBackActivity.executeWithOptions({ summary: `back to ${armLabel(deployment.baseline)}` }, [
      { deployment, mayAsk, past: run.past() },
    ]),
  );
  const { atMs, state } = proof;
  run.dispatch({ kind: 'splitProven', percent: 0, atMs }, { correlationId: state.correlationId });
  run.dispatch({ kind: 'restoreProven', atMs, decidedAtMs });
  const { lateEventsMs } = capabilitiesOf(run.state.deployment.target);
  const after = await untilConfirmed(
    run,
    reason,
    (deployment, mayAsk) =>
      confirmQuiet.executeWithOptions({ summary: 'candidate impressions stop' }, [
        { deployment, sinceMs: atMs, quietMs: quietMs(run), mayAsk },
      ]),
    lateEventsMs,
  );
  const isProven = isRestored(after.state, run.state.deployment);
  run.dispatch({ kind: 'quietProven', isRestored: isProven });
  return isProven ? after : null;
}

/** What stands there once it is rolled back. */
function shownAgain({ state }: DeployedRun): string {
  return state.deployment.baseline === null ? 'no card' : 'the baseline at 100 %';
}

const WARN_AFTER_MS = 30_000;

/**
 * Never gives up, and says loudly that it needs a person when the confirmation takes long: the activity itself tries
 * for ever, so a day of refusals costs no history. A baseline that another hand changed is not raised before a person
 * has said so, or its content is back. Nobody is called within the time that it takes in any case.
 */
async function untilConfirmed<T extends Proof>(
  run: DeployedRun,
  reason: string,
  call: (deployment: Deployment, mayAsk: boolean) => Promise<T | BaselineChanged>,
  inAnyCaseMs = 0,
): Promise<T> {
  for (let mayAsk = true; ;) {
    const { deployment } = run.state;
    const answer = await firstOf<T | BaselineChanged | 'accepted'>([
      () =>
        warnAfter(run, reason, WARN_AFTER_MS + inAnyCaseMs, () =>
          retryForever(run, reason, () => call(deployment, mayAsk)),
        ),
      () => condition(() => !mayAsk && run.state.changedBaseline === null).then(() => 'accepted' as const),
    ]);
    if (answer === 'accepted') mayAsk = true; // with the deployment as a person accepted it
    else if (!('drift' in answer)) {
      if (run.state.changedBaseline !== null) run.dispatch({ kind: 'baselineAccepted' });
      return answer;
    } else {
      run.dispatch({ kind: 'baselineAsked', drift: answer.drift });
      callForAttention(
        run,
        reason,
        `${answer.drift.message} It is not raised to 100 % by itself; abort goes back to it as it now is, or ` +
          'put its content back',
      );
      mayAsk = false;
    }
  }
}

const RETRY = { firstMs: 1000, maxMs: 15 * 60_000 };

/** An activity that gave up all the same (it never should) is called again, ever more seldom. */
async function retryForever<T>(run: DeployedRun, reason: string, call: () => Promise<T>): Promise<T> {
  for (let retries = 0; ; retries += 1) {
    try {
      return await call();
    } catch (error) {
      if (isCancellation(error) || !(error instanceof ActivityFailure) || historyBehindIn(error) !== null) throw error;
      callForAttention(run, reason, error.cause?.message ?? error.message);
      await sleep(backOffMs(retries, RETRY, 1), { summary: 'try the roll back again' });
    }
  }
}

async function warnAfter<T>(run: DeployedRun, reason: string, ms: number, call: () => Promise<T>): Promise<T> {
  let done = false;
  const timer = new CancellationScope();
  const warning = timer
    .run(async () => {
      if (
        !(await condition(() => done, ms, { summary: 'call for attention' })) &&
        (run.state.phase !== 'needsAttention' || run.state.isReadBack)
      ) {
        callForAttention(run, reason, 'no confirmation yet (the pending activity tells its last failure)');
      }
    })
    .catch(() => undefined);
  try {
    return await call();
  } finally {
    done = true;
    timer.cancel();
    await warning;
  }
}

function callForAttention(run: DeployedRun, reason: string, trouble: string): void {
  run.dispatch({
    kind: 'entered',
    phase: 'needsAttention',
    waitingFor: `the organisation to confirm the roll back: ${trouble}; still trying. ${byHandText(byHand(run.state.deployment, run.state))}`,
    reason,
  });
}

/** A request that was on its way when its step was left may still arrive: longer than any request lives. */
const IN_FLIGHT_MS = 15_000;

/** Long enough that a card of a conversation in flight, a late event and a write in flight would show. */
function quietMs(run: DeployedRun): number {
  const { lateEventsMs } = capabilitiesOf(run.state.deployment.target);
  const quietMs = Math.max(Math.min(run.input.plan.policies.settleMs, 10_000), lateEventsMs);
  return Math.max(run.state.writeInFlight ? IN_FLIGHT_MS : 0, quietMs);
}
