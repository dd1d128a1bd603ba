/** What an act on builds comes to, and doing it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { isGrpcServiceError, WorkflowNotFoundError } from '@temporalio/client';
import type { Client } from '@temporalio/client';
import { status as grpcStatus } from '@grpc/grpc-js';
import type { BuildsAct, BuildsChange, BuildsPlan, BuildsRefusal, BuildsRouting, Moved } from '../domain/builds/act.ts';
import { rolloutWorkflowId } from '../domain/rollout/workflow-id.ts';
import { wavesWorkflowId } from '../domain/waves/workflow-id.ts';
import { UNVERSIONED } from './build.ts';
import { buildPollers } from './pollers.ts';
import type { Routing } from './routing.ts';
import { beforeOf, makeCurrent, moveRun, ramp, rememberBefore, routingOf } from './routing.ts';

/** Which change it is, by what stands now: once that is known, it may be done again and again. */
export async function planChange(client: Client, act: BuildsAct): Promise<BuildsPlan> {
  const { deployment } = act;
  const routing = await routingWith(client, deployment, act.do === 'back' ? UNVERSIONED : act.build);
  if (routing === null) return unknownDeployment(deployment);
  const { current, ramping, rampPercent } = routing;
  const before = { current, ramping, rampPercent };
  if (act.do === 'back') return planBack(client, deployment, before);
  if (act.build !== UNVERSIONED && !routing.builds.some(({ buildId }) => buildId === act.build))
    return unknownBuild(act, routing);
  const build = idOf(act.build);
  if (act.do === 'move') return planMove(client, act, build, before);
  return {
    kind: 'change',
    before,
    change:
      act.do === 'ramp' ? { kind: 'ramp', build, percent: act.percent } : { kind: 'current', build, isBack: false },
  };
}

const LOOKS = 3;
const LOOK_AGAIN_MS = 500;

/** A busy server may not tell for a moment what it knows. */
async function routingWith(client: Client, deployment: string, build: string): Promise<Routing | null> {
  for (let looks = 1; ; looks++) {
    const routing = await routingOf(client, deployment);
    const isKnown = build === UNVERSIONED || routing?.builds.some(({ buildId }) => buildId === build);
    if ((routing !== null && isKnown) || looks === LOOKS) return routing;
    await sleep(LOOK_AGAIN_MS);
  }
}

async function planBack(client: Client, deploymentName: string, before: BuildsRouting): Promise<BuildsPlan> {
  const { current, ramping } = before;
  if (ramping !== null) return { kind: 'change', before, change: { kind: 'ramp', build: null, percent: 0 } };
  const last = current === null ? null : await beforeOf(client, { deploymentName, buildId: current });
  if (last !== null) return { kind: 'change', before, change: { kind: 'current', build: idOf(last), isBack: true } };
  return {
    kind: 'refused',
    code: 'build-refused',
    why: `Nothing ramps, and nobody remembers what was current before ${current ?? UNVERSIONED}.`,
    remedy: 'Name it: `assist-rollouts builds promote <build>`; `assist-rollouts builds list` tells which there are.',
  };
}

async function planMove(
  client: Client,
  moved: Moved,
  build: string | null,
  before: BuildsRouting,
): Promise<BuildsPlan> {
  try {
    const found = await client.workflow.getHandle(idOfMoved(moved)).describe();
    const { workflowId, runId } = found;
    if (found.status.name === 'RUNNING')
      return { kind: 'change', before, change: { kind: 'move', build, workflowId, runId } };
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
  return 'action' in moved
    ? {
        kind: 'refused',
        code: 'rollout-not-found',
        why: `No rollout of "${moved.action}" is open.`,
        remedy: '`assist-rollouts list` shows all; names are case-sensitive.',
      }
    : {
        kind: 'refused',
        code: 'rollout-not-found',
        why: `No waves "${moved.waves}" are open.`,
        remedy: '`assist-rollouts list` shows what is open; names are case-sensitive.',
      };
}

function idOfMoved(moved: Moved): string {
  return 'action' in moved ? rolloutWorkflowId(moved.action) : wavesWorkflowId(moved.waves);
}

export interface MakeOptions {
  /** On which workers take rollouts. */
  readonly taskQueue: string;
  /** By a clock that agrees with the server's, ms since the epoch. */
  readonly now: () => number;
  /** For how long the server may still have to hear of what it is asked for, ms. */
  readonly heardMs?: number;
}

/** Null: it is done. */
export async function makeChange(
  client: Client,
  { deployment: deploymentName, by: identity }: Pick<BuildsAct, 'deployment' | 'by'>,
  { change, before }: Extract<BuildsPlan, { readonly kind: 'change' }>,
  { taskQueue, now, heardMs = HEARD_MS }: MakeOptions,
): Promise<BuildsRefusal | null> {
  for (const giveUpAt = Date.now() + heardMs; ;) {
    const isLate = Date.now() > giveUpAt;
    if (!endsRamp(change) && !(await hasWorkers(client, { deploymentName, taskQueue, nowMs: now() }, change.build))) {
      if (isLate) return unmanned(change.build ?? UNVERSIONED);
    } else {
      try {
        await make(client, { deploymentName, identity }, change, before);
        return null;
      } catch (error) {
        if (!isRefusal(error)) throw error;
        if (isLate) return refused(error);
      }
    }
    await sleep(heardMs / 20);
  }
}

function endsRamp(change: BuildsChange): boolean {
  return change.kind === 'ramp' && change.build === null && change.percent === 0;
}

/** Temporal goes on listing those that were killed for minutes, and sends to nobody what it believes they take. */
async function hasWorkers(
  client: Client,
  at: { readonly deploymentName: string; readonly taskQueue: string; readonly nowMs: number },
  buildId: string | null,
): Promise<boolean> {
  const pollers = await buildPollers(client, at.taskQueue, at.nowMs);
  return pollers.some(({ build }) =>
    buildId === null ? build === null : build?.deploymentName === at.deploymentName && build.buildId === buildId,
  );
}

async function make(
  client: Client,
  to: { readonly deploymentName: string; readonly identity: string },
  change: BuildsChange,
  { current, ramping }: BuildsRouting,
): Promise<void> {
  const { deploymentName, identity } = to;
  const { build: buildId } = change;
  switch (change.kind) {
    case 'ramp':
      return ramp(client, { ...to, buildId, percent: change.percent });
    case 'move': {
      const { workflowId, runId } = change;
      return moveRun(client, {
        workflowId,
        runId,
        to: buildId === null ? null : { deploymentName, buildId },
        identity,
      });
    }
    case 'current':
      if (buildId !== current) {
        await makeCurrent(client, { ...to, buildId });
        if (buildId !== null && !change.isBack)
          await rememberBefore(client, { deploymentName, buildId }, current ?? UNVERSIONED, identity);
      }
      // All of them go to it: a server leaves the ramp of another beside it.
      if (ramping !== null && ramping !== (buildId ?? UNVERSIONED)) await ramp(client, { ...to, ...NO_RAMP });
  }
}

const NO_RAMP = { buildId: null, percent: 0 } as const;

function idOf(build: string): string | null {
  return build === UNVERSIONED ? null : build;
}

/** A worker that has just begun is not heard of on every queue at once. */
const HEARD_MS = 10_000;

function isRefusal(error: unknown): error is Error {
  return isGrpcServiceError(error) && REFUSALS.has(error.code);
}

const REFUSALS: ReadonlySet<grpcStatus> = new Set([
  grpcStatus.FAILED_PRECONDITION,
  grpcStatus.INVALID_ARGUMENT,
  grpcStatus.RESOURCE_EXHAUSTED,
]);

function refused(error: Error): BuildsRefusal {
  return {
    kind: 'refused',
    code: 'build-refused',
    why: `Temporal refused it: ${error.message}`,
    remedy:
      'A build must have workers on every queue of the one before. Start them, then try again; ' +
      '`assist-rollouts builds list` tells who runs.',
  };
}

/** Rollouts would begin where nobody takes them, and the guardian, which follows the current build, would sleep. */
function unmanned(build: string): BuildsRefusal {
  return {
    kind: 'refused',
    code: 'build-refused',
    why: `Nobody runs ${build}: no worker of it has asked for rollouts in the last minute and a half.`,
    remedy: 'Start workers of it, then try again; `assist-rollouts builds list` tells who runs.',
  };
}

export function unknownDeployment(deployment: string): BuildsRefusal {
  return {
    kind: 'refused',
    code: 'build-unknown',
    why: `No worker has ever said that it is a build of "${deployment}".`,
    remedy: 'Start one with this TEMPORAL_DEPLOYMENT_NAME; docs/upgrades.md has the steps.',
  };
}

function unknownBuild(
  { build, deployment }: Extract<BuildsAct, { readonly build: string }>,
  { builds }: Routing,
): BuildsRefusal {
  return {
    kind: 'refused',
    code: 'build-unknown',
    why: `No worker has ever said that it is build "${build}" of "${deployment}".`,
    remedy: `Known are ${[...builds.map(({ buildId }) => buildId), UNVERSIONED].join(', ')}.`,
  };
}
