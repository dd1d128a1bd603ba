/**
 * What the guardian says from outside, which anybody can say who may send signals: only what is on record is believed,
 * and a flood of it costs little.
 */
import { ActivityFailure, CancellationScope, condition } from '@temporalio/workflow';
import { THROUGH_TEMPORAL } from '../domain/identity/names.ts';
import { parseGuardianNotice } from '../domain/rollout/messages.ts';
import { isToldEnough } from '../domain/rollout/refusals.ts';
import { isEnding } from '../domain/rollout/status.ts';
import { isRestoring } from './activity-proxies.ts';
import type { RolloutRun } from './run.ts';

/** A new watch is asked for no sooner than so long after the last. */
const CALLED_EVERY_MS = 20_000;
const ASKED_EVERY = '10s';

export function createEar(run: RolloutRun): (given: unknown) => Promise<void> {
  let calledAtMs = -Infinity;
  let isAsking = false;
  let heardMore = false;

  /** Nobody watches as far as the guardian sees: a new watch begins, and shows whether it does. */
  function hearUnwatched(reason: string): void {
    const nowMs = Date.now();
    if (nowMs < calledAtMs + CALLED_EVERY_MS) return;
    calledAtMs = nowMs;
    run.dispatch({ kind: 'watchCalled' });
    if (run.state.blind === null) run.dispatch({ kind: 'blinded', reason });
  }

  /** One question at a time: what is asked is the record, whoever's word made us ask. */
  async function hearRestored(reason: string): Promise<void> {
    heardMore = true;
    if (isAsking) return;
    isAsking = true;
    while (heardMore && !isDecided(run)) {
      heardMore = false;
      await believe(run, reason);
      await condition(() => isDecided(run), ASKED_EVERY, { summary: 'before the record is asked again' });
    }
    isAsking = false;
  }

  return async (given) => {
    const notice = parseGuardianNotice(given);
    if (notice === null || isDecided(run)) return;
    return notice.kind === 'restored' ? hearRestored(notice.reason) : hearUnwatched(notice.reason);
  };
}

function isDecided({ state: { phase, request } }: RolloutRun): boolean {
  return isEnding(phase) || request?.kind === 'abort';
}

/** The baseline is back already: there is only to prove that and to end. Where no record can be read it is believed. */
async function believe(run: RolloutRun, reason: string): Promise<void> {
  const isOnRecord = await CancellationScope.nonCancellable(() =>
    isRestoring.executeWithOptions({ summary: 'is that recovery on record?' }, [{ rolloutId: run.rolloutId }]),
  ).catch((error: unknown) => {
    if (error instanceof ActivityFailure) return true;
    throw error;
  });
  if (isDecided(run)) return;
  if (isOnRecord) return run.dispatch({ kind: 'acted', act: 'abort', by: 'guardian', reason }, { actor: 'guardian' });
  if (isToldEnough(run.state.refusals)) return run.dispatch({ kind: 'refusalCounted' });
  const why = `a signal says that the guardian brought the baseline back, and no such recovery is on record. Given was: ${reason}`;
  run.dispatch({ kind: 'refused', act: 'abort', by: THROUGH_TEMPORAL, why }, { actor: THROUGH_TEMPORAL });
}
