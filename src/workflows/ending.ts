/** The two ends of a rollout. Neither is said before a read-back proved it. */
import { ActivityFailure, CancellationScope, condition, isCancellation, sleep } from '@temporalio/workflow';
import type { BaselineChanged, Proof } from '../activities/types.ts';
import { isRestored } from '../domain/rollout/proofs.ts';
import type { Deployment } from '../targets/target.ts';
import { confirmQuiet, rollBack as rollBackActivity } from './activity-proxies.ts';
import { decide, standAlone, whilePaused } from './decide.ts';
import { withLimit } from './deadline.ts';
import type { SafetyProof } from './messages.ts';
import type { RolloutRun } from './run.ts';
import { bake, outcomeOf, setSplit } from './steps.ts';
import type { StepOutcome } from './supervise.ts';
import { CONTINUE, firstOf, rollBackFor, supervise } from './supervise.ts';

/** Almost all to the candidate, a last stage beside the holdback, then all; the baseline retired, read back. */
export async function promote(run: RolloutRun, askedByPerson: boolean): Promise<StepOutcome> {
  if (!askedByPerson && run.state.report?.verdict !== 'safe') {
    const proven = await bake(run, { forMs: 0, atMostMs: 0, minCards: 0, require: 'safe' });
    if (proven.kind === 'rollBack') return proven;
  }
  const { request, report } = run.state;
  run.deciding = {
    report,
    reason:
      request?.kind === 'promote'
        ? `promote by ${request.by}: ${request.reason}`
        : (report?.reason ?? 'promoted by the plan'),
  };
  run.tell({ kind: 'promotionBegun' });
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
    const outcome = await stage();
    if (outcome.kind === 'rollBack') return outcome;
  }
  return CONTINUE;
}

/** Beside the holdback both versions are judged as in any bake; at 100 % only an abort and drift can end it. */
async function lastStage(run: RolloutRun, tolerant: boolean): Promise<StepOutcome> {
  const { afterPromotionMs, holdbackPercent } = run.input.plan.policies;
  const stage =
    holdbackPercent > 0
      ? `the last stage, with ${holdbackPercent} % held back on the old version`
      : 'the last stage at 100 %, with nothing to compare with';
  run.tell({ kind: 'entered', phase: 'promoting', waitingFor: stage });
  return withLimit(run, { ms: afterPromotionMs, what: stage, action: 'finish the promotion' }, async (over) => {
    // A stage that nobody judges does not end well by itself: somebody looks again, or `onBlind` decides.
    const ended = (): boolean => over() && run.state.blind === null;
    for (;;) {
      const end = await supervise(
        run,
        { kind: 'hold' },
        () => ended() || run.state.request?.kind === 'abort' || run.state.advanced || run.state.paused,
        { tolerant },
      );
      const decision = await decide(run, end);
      const stop = decision.kind === 'goOn' ? await whilePaused(run) : decision;
      if (stop.kind === 'rollBack') return stop;
      if (ended() || run.state.advanced) return run.state.harmed ? rollBackFor(run.state.reason) : CONTINUE;
    }
  });
}

async function retire(run: RolloutRun): Promise<StepOutcome> {
  const outcome = outcomeOf(await standAlone(run));
  if (outcome.kind === 'rollBack' || run.retired === null) return outcome;
  if (run.state.harmed)
    return rollBackFor(run.state.report?.reason ?? 'harm was proven while the baseline was being retired');
  run.promoted = true;
  run.splitSinceMs = run.retired.atMs;
  run.safety = proofOf(run, run.retired, null);
  return CONTINUE;
}

/** Baseline to 100 first, then candidate to 0 and disabled; read back; candidate impressions stop; read back again. */
export async function rollBack(run: RolloutRun, reason: string): Promise<void> {
  const decidedAtMs = Date.now();
  await CancellationScope.nonCancellable(async () => {
    if (run.deployment === null) return;
    run.tell({
      kind: 'entered',
      phase: 'rollingBack',
      waitingFor: 'the organisation to show the baseline at 100 % again',
      reason,
    });
    while (!(await restored(run, reason, decidedAtMs))) await sleep(WARN_AFTER, { summary: 'roll back again' });
  });
}

/** False when the read-back at the end shows something else: it was undone after the proof. */
async function restored(run: RolloutRun, reason: string, decidedAtMs: number): Promise<boolean> {
  const proof = await untilConfirmed(run, reason, (deployment, mayAsk) =>
    rollBackActivity.executeWithOptions({ summary: `back to v${deployment.baseline.version}` }, [
      { deployment, mayAsk },
    ]),
  );
  run.tell({ kind: 'splitProven', percent: 0 }, 'engine', proof.state.correlationId);
  run.safety = { ...proofOf(run, proof, decidedAtMs), provenByReadBack: false };
  const after = await untilConfirmed(run, reason, (deployment, mayAsk) =>
    confirmQuiet.executeWithOptions({ summary: 'candidate impressions stop' }, [
      { rolloutId: run.rolloutId, deployment, sinceMs: proof.atMs, quietMs: quietMs(run), mayAsk },
    ]),
  );
  run.learnLast(after.report);
  const isProven = run.deployment !== null && isRestored(after.state, run.deployment);
  run.safety = isProven ? { ...run.safety, provenByReadBack: true } : null;
  return isProven;
}

const WARN_AFTER = '30s';

/**
 * Never gives up, and says loudly that it needs a person when the confirmation takes long: the activity itself tries
 * for ever, so a day of
 * refusals costs no history. A baseline that another hand changed is not raised before a person has said so, or its
 * content is back.
 */
async function untilConfirmed<T extends Proof>(
  run: RolloutRun,
  reason: string,
  call: (deployment: Deployment, mayAsk: boolean) => Promise<T | BaselineChanged>,
): Promise<T> {
  for (let mayAsk = true; ;) {
    const { deployment } = run;
    if (deployment === null) throw new Error('a roll back needs a deployment');
    const answer = await firstOf<T | BaselineChanged | 'accepted'>([
      () => warned(run, reason, () => insisted(run, reason, () => call(deployment, mayAsk))),
      () => condition(() => !mayAsk && run.state.changedBaseline === null).then(() => 'accepted' as const),
    ]);
    if (answer === 'accepted') mayAsk = true; // with the deployment as a person accepted it
    else if (!('drift' in answer)) {
      if (run.state.changedBaseline !== null) run.tell({ kind: 'baselineAccepted' });
      return answer;
    } else {
      run.tell({ kind: 'baselineAsked', drift: answer.drift });
      attention(
        run,
        reason,
        `${answer.drift.message} It is not raised to 100 % by itself; abort goes back to it as it now is, or ` +
          'put its content back',
      );
      mayAsk = false;
    }
  }
}

const MAX_REST_MS = 15 * 60_000;

/** An activity that gave up all the same (it never should) is called again, ever more seldom. */
async function insisted<T>(run: RolloutRun, reason: string, call: () => Promise<T>): Promise<T> {
  for (let restMs = 1000; ; restMs = Math.min(MAX_REST_MS, restMs * 2)) {
    try {
      return await call();
    } catch (error) {
      if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
      attention(run, reason, error.cause?.message ?? error.message);
      await sleep(restMs, { summary: 'try the roll back again' });
    }
  }
}

async function warned<T>(run: RolloutRun, reason: string, call: () => Promise<T>): Promise<T> {
  let done = false;
  const timer = new CancellationScope();
  const warning = timer
    .run(async () => {
      if (
        !(await condition(() => done, WARN_AFTER, { summary: 'call for attention' })) &&
        run.state.phase !== 'needsAttention'
      ) {
        attention(run, reason, 'no confirmation yet (the pending activity tells its last failure)');
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

function attention(run: RolloutRun, reason: string, trouble: string): void {
  run.tell({
    kind: 'entered',
    phase: 'needsAttention',
    waitingFor: `the organisation to confirm the roll back: ${trouble}; still trying. ${byHand(run)}`,
    reason,
  });
}

/** What a person sets in the organisation, in which order, when the engine is not let. */
function byHand({ deployment, state }: RolloutRun): string {
  if (deployment === null) return '';
  const { baseline, candidate } = deployment;
  return (
    `Agents may still see v${candidate.version} in ${state.splitPercent} % of the conversations. By hand, in ` +
    `this order: v${baseline.version} (${baseline.id}) enabled with traffic_split 100, ` +
    `then v${candidate.version} (${candidate.id}) traffic_split 0 and disabled.`
  );
}

/** A request that was on its way when its step was left may still arrive: longer than any request lives. */
const IN_FLIGHT_MS = 15_000;

/** Long enough that a card of a conversation in flight, and a write in flight, would show. */
function quietMs(run: RolloutRun): number {
  return Math.max(run.writeInFlight ? IN_FLIGHT_MS : 0, Math.min(run.input.plan.policies.settleMs, 10_000));
}

function proofOf(run: RolloutRun, proof: Proof, decidedAtMs: number | null): SafetyProof {
  const first = run.firstCandidateCardAtMs;
  return {
    provenByReadBack: true,
    provenAt: new Date(proof.atMs).toISOString(),
    firstCandidateCardAt: first === null ? null : new Date(first).toISOString(),
    timeToSafetyMs: first === null || decidedAtMs === null ? null : proof.atMs - first,
    reactionMs: decidedAtMs === null ? null : proof.atMs - decidedAtMs,
  };
}
