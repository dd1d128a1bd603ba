/** Builds of the worker side by side: which there are, what is open on each, who runs them, and where new work goes. */
import type { Client } from '@temporalio/client';
import { WorkflowFailedError } from '@temporalio/client';
import type { WorkerBuild } from '../builds/build.ts';
import { unknownDeployment } from '../builds/change.ts';
import { buildPollers } from '../builds/pollers.ts';
import { routingOf } from '../builds/routing.ts';
import type { Builds } from '../builds/see.ts';
import { seeBuilds } from '../builds/see.ts';
import type { BuildsAct, BuildsAnswer, BuildsRefusal } from '../domain/builds/act.ts';
import { buildsActText, buildsRight } from '../domain/builds/act.ts';
import { actorProblem, reasonProblem } from '../domain/rollout/actor.ts';
import { formatDuration } from '../domain/shared/duration.ts';
import { BUILDS_WORKFLOW, ROLLOUTS_QUEUE } from '../workflows/messages.ts';
import { askWorker, questionId } from './ask-worker.ts';
import type { TemporalLink } from './connection.ts';
import { AssistError } from './errors.ts';
import { READ_TIMEOUT_MS } from './rollouts.ts';
import { signed } from './sign-act.ts';

export function listBuilds(link: TemporalLink, deployment: string): Promise<Builds> {
  return link.call(READ_TIMEOUT_MS, async (client) => {
    const seen = await seeBuilds(client, { deployment, taskQueue: ROLLOUTS_QUEUE, nowMs: Date.now() });
    if (seen === null) throw asError(unknownDeployment(deployment));
    return seen;
  });
}

/** The server tells every queue of the change before it answers, and may have to hear of a worker first. */
export const ANSWER_MS = 40_000;

/** As a worker does it, who knows whether whoever asks may. */
export async function changeBuilds(link: TemporalLink, act: BuildsAct): Promise<Builds> {
  const unfit = actorProblem(act.by) ?? reasonProblem(act.reason);
  if (unfit !== null)
    throw new AssistError('usage', `Cannot ${act.do}: ${unfit}`, 'Nothing was done; say who acts, and why.');
  const workflowId = questionId(BUILDS_WORKFLOW);
  const answer = await ask(link, act, workflowId);
  if (answer.kind === 'refused') throw asError(answer);
  return listBuilds(link, act.deployment);
}

async function ask(link: TemporalLink, act: BuildsAct, workflowId: string): Promise<BuildsAnswer> {
  const of = await link.call(READ_TIMEOUT_MS, (client) => whoAnswers(client, act));
  try {
    return await askWorker<BuildsAnswer>(link, {
      workflow: BUILDS_WORKFLOW,
      workflowId,
      input: signed(link.signer, { act: buildsRight(act).act, by: act.by, workflowId }, act),
      summary: buildsActText(act),
      waitMs: ANSWER_MS,
      of,
      unanswered,
    });
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    const said = `Refused: ${error.cause?.message ?? error.message}`;
    throw new AssistError('build-refused', said, 'Nothing was changed.', { cause: error });
  }
}

/**
 * Any build whose workers run can answer: one that is current may be the very one that does not. Undefined: workers that
 * say none, if any.
 */
async function whoAnswers(client: Client, act: BuildsAct): Promise<WorkerBuild | undefined> {
  const { deployment: deploymentName } = act;
  const routing = await routingOf(client, deploymentName);
  if (routing === null) throw asError(unknownDeployment(deploymentName));
  // This machine's clock may be off by hours.
  const pollers = await buildPollers(client, ROLLOUTS_QUEUE, null);
  const running = pollers.flatMap(({ build }) => (build?.deploymentName === deploymentName ? [build.buildId] : []));
  const { current, ramping } = routing;
  const left = act.do === 'back' ? (ramping ?? current) : null;
  const wanted = [act.do === 'back' ? null : act.build, current, ...running];
  const buildId =
    wanted.find((one) => one !== null && one !== left && running.includes(one)) ?? running.find((one) => one === left);
  return typeof buildId === 'string' ? { deploymentName, buildId } : undefined;
}

function asError({ code, why, remedy }: BuildsRefusal): AssistError {
  return new AssistError(code, why, remedy);
}

function unanswered(cause: unknown): AssistError {
  return new AssistError(
    'no-worker',
    `No worker answered within ${formatDuration(ANSWER_MS)}: none runs, or it cannot reach its database.`,
    'See with `assist-rollouts builds list` who runs, and whether it was done. Where nothing answers, `temporal worker ' +
      'deployment` does the same, and the audit log does not tell of it.',
    { cause },
  );
}
