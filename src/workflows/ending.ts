/** The two ends of a rollout. Neither is said before a read-back proved it. */
import { ActivityFailure, CancellationScope, condition, sleep } from '@temporalio/workflow';
import { isRestored } from '../domain/rollout/proofs.ts';
import type { Proof } from '../activities/types.ts';
import { genesys, quiet, safety } from './activity-proxies.ts';
import type { SafetyProof } from './messages.ts';
import type { RolloutRun } from './run.ts';
import { bake, setSplit, whilePaused, withTimer } from './steps.ts';
import type { Stop } from './supervise.ts';
import { guarded, NEXT, supervise } from './supervise.ts';

/** Candidate to 100, a last bake, baseline retired, read back. */
export async function promote(run: RolloutRun, askedByPerson: boolean): Promise<Stop> {
  if (!askedByPerson && run.state.report?.verdict !== 'safe') {
    const proven = await bake(run, { forMs: 0, atMostMs: 0, minCards: 0, require: 'safe' });
    if (proven.kind === 'rollBack') return proven;
  }
  const raised = await setSplit(run, 100, 'promoting');
  if (raised.kind === 'rollBack') return raised;
  return (await lastBake(run)) ?? retireBaseline(run);
}

async function lastBake(run: RolloutRun): Promise<Stop | null> {
  const { afterPromotionMs } = run.input.plan.policies;
  run.tell({ kind: 'entered', phase: 'promoting', waitingFor: 'the last bake at 100 %' });
  return withTimer(afterPromotionMs, 'last bake at 100 %', async (over) => {
    const end = await supervise(run, { kind: 'hold' }, () => over() || run.state.request?.kind === 'abort', true);
    return end === 'until' ? abortOnly(run) : { kind: 'rollBack', reason: end.reason };
  });
}

async function abortOnly(run: RolloutRun): Promise<Stop | null> {
  const stop = await whilePaused(run);
  return stop?.kind === 'rollBack' ? stop : null;
}

async function retireBaseline(run: RolloutRun): Promise<Stop> {
  const { deployment } = run;
  if (deployment === null) return { kind: 'rollBack', reason: 'nothing is deployed' };
  const done = await guarded(run, () => genesys.retireBaseline.executeWithOptions({ summary: `retire v${deployment.baseline.version}` }, [{ deployment, rolloutId: run.rolloutId }]));
  if (!('value' in done)) return done;
  run.learnLast(done.value.report);
  if (run.state.harmed) return { kind: 'rollBack', reason: run.state.report?.reason ?? 'harm was proven while the baseline was being retired' };
  run.safety = proofOf(run, done.value, null);
  return NEXT;
}

/** Baseline to 100 first, then candidate to 0 and disabled; read back; candidate impressions stop; read back again. */
export async function rollBack(run: RolloutRun, reason: string): Promise<void> {
  const decidedAtMs = Date.now();
  await CancellationScope.nonCancellable(async () => {
    const { deployment } = run;
    if (deployment === null) return;
    run.tell({ kind: 'entered', phase: 'rollingBack', waitingFor: 'the organisation to show the baseline at 100 % again', reason });
    for (;;) {
      const proof = await insist(run, reason, () => safety.rollBack.executeWithOptions({ summary: `back to v${deployment.baseline.version}` }, [{ deployment }]));
      if (run.safety === null) run.tell({ kind: 'splitProven', percent: 0 }, 'engine', proof.state.correlationId);
      run.safety ??= { ...proofOf(run, proof, decidedAtMs), provenByReadBack: false };
      const after = await insist(run, reason, () => quiet.confirmQuiet.executeWithOptions({ summary: 'candidate impressions stop' }, [{ rolloutId: run.rolloutId, deployment, sinceMs: proof.atMs, quietMs: quietMs(run) }]));
      run.learnLast(after.report);
      if (isRestored(after.state, deployment)) break;
      // Something (a late request, a hand in the UI) undid it after the proof: start over, and measure anew.
      run.safety = null;
    }
    run.safety = { ...run.safety, provenByReadBack: true };
  });
}

const LOUD_AFTER = '30s';

/** Never gives up: says loudly that it needs a person, and goes on trying. */
async function insist<T>(run: RolloutRun, reason: string, call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await loudly(run, reason, call);
    } catch (error) {
      if (!(error instanceof ActivityFailure)) throw error;
      attention(run, reason, error.cause?.message ?? error.message);
      await sleep(LOUD_AFTER, { summary: 'try the roll back again' });
    }
  }
}

async function loudly<T>(run: RolloutRun, reason: string, call: () => Promise<T>): Promise<T> {
  let done = false;
  return CancellationScope.nonCancellable(async () => {
    const timer = new CancellationScope({ cancellable: true });
    const warning = timer.run(async () => {
      if (!(await condition(() => done, LOUD_AFTER, { summary: 'call for attention' }))) attention(run, reason, 'no confirmation yet (the pending activity tells its last failure)');
    }).catch(() => undefined);
    try {
      return await call();
    } finally {
      done = true;
      timer.cancel();
      await warning;
    }
  });
}

function attention(run: RolloutRun, reason: string, trouble: string): void {
  run.tell({ kind: 'entered', phase: 'needsAttention', waitingFor: `the organisation to confirm the roll back: ${trouble}; still trying. Look at the card in the organisation by hand.`, reason });
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
