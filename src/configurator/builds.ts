/** Builds of the worker side by side: which there are, what is open on each, who runs them, and where new work goes. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { isGrpcServiceError } from '@temporalio/client';
import { status as grpcStatus } from '@grpc/grpc-js';
import { UNVERSIONED } from '../builds/build.ts';
import type { Routing } from '../builds/routing.ts';
import { beforeOf, makeCurrent, moveRun, ramp, rememberBefore, routingOf } from '../builds/routing.ts';
import type { Builds } from '../builds/see.ts';
import { seeBuilds } from '../builds/see.ts';
import { rolloutWorkflowId, ROLLOUTS_QUEUE } from '../workflows/messages.ts';
import type { TemporalLink } from './connection.ts';
import { AssistError } from './errors.ts';
import { READ_TIMEOUT_MS } from './rollouts.ts';

/** Who acts on builds, and on which deployment. */
export interface BuildActor {
  readonly deployment: string;
  readonly by: string;
}

export function listBuilds(link: TemporalLink, deployment: string): Promise<Builds> {
  return link.call(READ_TIMEOUT_MS, (client) => shownBuilds(client, deployment));
}

async function shownBuilds(client: Client, deployment: string): Promise<Builds> {
  const seen = await seeBuilds(client, { deployment, taskQueue: ROLLOUTS_QUEUE, nowMs: Date.now() });
  if (seen === null) throw unknownDeployment(deployment);
  return seen;
}

/** A share of new rollouts begins on it; the rest, and what is open, stays where it is. */
export function rampBuild(
  link: TemporalLink,
  { deployment, by }: BuildActor,
  build: string,
  percent: number,
): Promise<Builds> {
  return acting(link, deployment, async (client) => {
    await known(client, deployment, build);
    await ramp(client, { deploymentName: deployment, buildId: idOf(build), identity: by, percent });
  });
}

/** All new rollouts begin on it. */
export function promoteBuild(link: TemporalLink, { deployment, by }: BuildActor, build: string): Promise<Builds> {
  return acting(link, deployment, async (client) => {
    const { current } = await known(client, deployment, build);
    if (current === idOf(build)) return;
    await makeCurrent(client, { deploymentName: deployment, buildId: idOf(build), identity: by });
    if (build === UNVERSIONED) return;
    await rememberBefore(client, { deploymentName: deployment, buildId: build }, current ?? UNVERSIONED, by);
  });
}

/** The ramp ends; where there is none, what was current before is so again. */
export function takeBuildBack(link: TemporalLink, { deployment, by }: BuildActor): Promise<Builds> {
  return acting(link, deployment, async (client) => {
    const { current, ramping } = await knownRouting(client, deployment);
    if (ramping !== null) return ramp(client, { deploymentName: deployment, buildId: null, identity: by, percent: 0 });
    const before = current === null ? null : await beforeOf(client, { deploymentName: deployment, buildId: current });
    if (before === null)
      throw new AssistError(
        'build-refused',
        `Nothing ramps, and nobody remembers what was current before ${current ?? UNVERSIONED}.`,
        'Name it: `assist-rollouts builds promote <build>`; `assist-rollouts builds list` tells which there are.',
      );
    await makeCurrent(client, { deploymentName: deployment, buildId: idOf(before), identity: by });
  });
}

/** One rollout goes on by another build, as `recover` is for what nobody can go on with. */
export function moveRollout(
  link: TemporalLink,
  { deployment, by }: BuildActor,
  { action, to }: { readonly action: string; readonly to: string },
): Promise<Builds> {
  return acting(link, deployment, async (client) => {
    await known(client, deployment, to);
    const { workflowId, runId } = await client.workflow.getHandle(rolloutWorkflowId(action)).describe();
    const buildId = idOf(to);
    await moveRun(client, {
      workflowId,
      runId,
      to: buildId === null ? null : { deploymentName: deployment, buildId },
      identity: by,
    });
  });
}

function idOf(build: string): string | null {
  return build === UNVERSIONED ? null : build;
}

async function acting(
  link: TemporalLink,
  deployment: string,
  act: (client: Client) => Promise<unknown>,
): Promise<Builds> {
  return link.call(ACT_MS, async (client) => {
    for (const giveUpAt = Date.now() + HEARD_MS; ;) {
      try {
        await act(client);
        return await shownBuilds(client, deployment);
      } catch (error) {
        if (!isRefusal(error)) throw error;
        if (Date.now() > giveUpAt) throw refused(error);
      }
      await sleep(HEARD_MS / 20);
    }
  });
}

/** A worker that has just begun is not heard of on every queue at once. */
const HEARD_MS = 10_000;
/** The server tells every queue of the change before it answers. */
const ACT_MS = 30_000;

function isRefusal(error: unknown): error is Error {
  return isGrpcServiceError(error) && REFUSALS.has(error.code);
}

const REFUSALS: ReadonlySet<grpcStatus> = new Set([
  grpcStatus.FAILED_PRECONDITION,
  grpcStatus.INVALID_ARGUMENT,
  grpcStatus.RESOURCE_EXHAUSTED,
]);

function refused(error: Error): AssistError {
  return new AssistError(
    'build-refused',
    `Temporal refused it: ${error.message}`,
    'A build must have workers on every queue of the one before. Start them, then try again; ' +
      '`assist-rollouts builds list` tells who runs.',
    { cause: error },
  );
}

async function knownRouting(client: Client, deployment: string): Promise<Routing> {
  const routing = await routingOf(client, deployment);
  if (routing === null) throw unknownDeployment(deployment);
  return routing;
}

function unknownDeployment(deployment: string): AssistError {
  return new AssistError(
    'build-unknown',
    `No worker has ever said that it is a build of "${deployment}".`,
    'Start one with this TEMPORAL_DEPLOYMENT_NAME; docs/upgrades.md has the steps.',
  );
}

async function known(client: Client, deployment: string, build: string): Promise<Routing> {
  const routing = await knownRouting(client, deployment);
  if (build === UNVERSIONED || routing.builds.some(({ buildId }) => buildId === build)) return routing;
  throw new AssistError(
    'build-unknown',
    `No worker has ever said that it is build "${build}" of "${deployment}".`,
    `Known are ${[...routing.builds.map(({ buildId }) => buildId), UNVERSIONED].join(', ')}.`,
  );
}
