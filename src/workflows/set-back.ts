/**
 * A backup of Temporal, or of the database, was restored without the other. What the run forgot it never does again, and
 * what its record forgot is said; neither lets a split rise by itself.
 */
import type { HistoryBehind } from '../domain/rollout/past.ts';
import type { RolloutResult } from '../domain/rollout/view.ts';
import { finish, finishAsRecorded } from './end.ts';
import { historyBehindIn } from './past-differs.ts';
import { rollBack } from './roll-back.ts';
import type { RolloutRun } from './run.ts';
import { isDeployed } from './run.ts';

/** Does the work; where the record knows more of the run than the run does, that decides. */
export async function unlessSetBack(run: RolloutRun, work: () => Promise<RolloutResult>): Promise<RolloutResult> {
  try {
    return await work();
  } catch (error) {
    const behind = historyBehindIn(error);
    if (behind === null) throw error;
    run.dispatch({ kind: 'setBack', differs: behind });
    return behind.end === null ? unlessSetBack(run, () => settle(run, behind)) : finishAsRecorded(run, behind.end);
  }
}

/**
 * What it has forgotten may be an abort, a pause, or harm. What was promoted was proven; all else goes back to what
 * served before.
 */
async function settle(run: RolloutRun, { message, isPromoted }: HistoryBehind): Promise<RolloutResult> {
  if (!isDeployed(run)) return finish(run, 'rejected', message);
  if (isPromoted)
    return finish(
      run,
      run.input.plan.retire === true ? 'retired' : 'promoted',
      `${message} It was promoted, as is on record.`,
    );
  return finish(run, 'rolledBack', await rollBack(run, message));
}
