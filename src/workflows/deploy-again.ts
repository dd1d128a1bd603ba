/** What an undo goes back to and is gone from the organisation: deployed again out of the registry, within a limit. */
import { condition, isCancellation } from '@temporalio/workflow';
import type { DeployAgain } from '../activities/find-undo.ts';
import { cancelledBeforeServing } from '../domain/rollout/audit-reason.ts';
import type { Deployment } from '../domain/rollout/deployment.ts';
import { stopAfter } from '../domain/text/sentence.ts';
import { deploy } from './activity-proxies.ts';
import { withLimit } from './deadline.ts';
import type { RolloutRun } from './run.ts';
import { firstOf } from './supervise.ts';

/**
 * At split 0 beside what serves, as a candidate; the roll back then makes it the baseline. A text: why it does not go on,
 * and what stands there then. Whoever aborts or cancels waits for nothing, for what serves is the same either way.
 */
export async function deployAgain(
  run: RolloutRun,
  { plan, alone }: DeployAgain,
  isAnswered: () => boolean,
): Promise<Deployment | string> {
  const { target, action } = plan;
  const version = `v${action.version}`;
  const mayStand = `What serves is unchanged; if ${version} is in the organisation again, it stands at split 0, where nobody sees it.`;
  const { limits } = run.input.plan.policies;
  const limit = { ms: limits.prepareMs, what: `${version} to be deployed again`, action: 'reject' };
  run.dispatch({
    kind: 'entered',
    phase: 'deploying',
    waitingFor: `${version} to exist in the organisation again, from the registry`,
  });
  const deployed = (): Promise<Deployment> =>
    deploy.executeWithOptions({ summary: `deploy ${version} again` }, [
      { target, action, rolloutId: run.rolloutId, ...(alone && { noCard: 'baseline' as const }) },
    ]);
  try {
    const made = await withLimit(run, limit, (over) =>
      firstOf<Deployment | string>([
        deployed,
        () => condition(() => abortedBy(run) !== null).then(() => ''),
        () => condition(over).then(() => `${version} could not be deployed again within its limit.`),
      ]),
    );
    if (!isAnswered()) await condition(isAnswered);
    const aborted = abortedBy(run);
    if (aborted !== null) return `${aborted}${stopAfter(aborted)} ${mayStand}`;
    if (typeof made === 'string') return `${made} ${mayStand}`;
    return { ...made, baseline: made.candidate, candidate: made.baseline };
  } catch (error) {
    if (isCancellation(error)) return cancelledBeforeServing(mayStand);
    throw error;
  }
}

/** Null: nobody aborted it. */
export function abortedBy({ state: { request } }: RolloutRun): string | null {
  return request?.kind === 'abort'
    ? `Aborted before anything that serves was changed, by ${request.by}: ${request.reason}`
    : null;
}
