/** A member that its waves want no more: it is told why, and cancelled then, for a cancel itself says nothing. */
import { getExternalWorkflowHandle, log } from '@temporalio/workflow';
import { MAX_REASON_LENGTH } from '../domain/rollout/actor.ts';
import type { MemberStatus } from '../domain/waves/state.ts';
import { calledOffSignal, rolloutWorkflowId } from './messages.ts';
import type { WavesRun } from './waves-run.ts';

/** One in another organisation is told by what its scope ends (waves-elsewhere.ts). */
export async function callOff(run: WavesRun, { id, action, organisation }: MemberStatus): Promise<void> {
  if (organisation === null) {
    if (run.calledOff.has(id)) return;
    const why = `the waves ${run.input.waves.name} stopped: ${run.status.reason}`.slice(0, MAX_REASON_LENGTH);
    run.calledOff.set(id, why);
    await tell(action, why);
  }
  run.scopeOf(id).cancel();
}

/** Never rejects: one that is gone needs no word, and what cannot be told is called off all the same. */
async function tell(action: string, reason: string): Promise<void> {
  try {
    // Whichever of its runs goes on: it may have been taken back to an earlier task since it was begun.
    await getExternalWorkflowHandle(rolloutWorkflowId(action)).signal(calledOffSignal, { reason });
  } catch (error) {
    log.info('a rollout that is called off does not listen any more', { action, error: String(error) });
  }
}
