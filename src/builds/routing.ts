/** Which build new work goes to, as Temporal has it, and how that is changed. */
import { isGrpcServiceError } from '@temporalio/client';
import type { Client } from '@temporalio/client';
import { status as grpcStatus } from '@grpc/grpc-js';
import { defaultPayloadConverter } from '@temporalio/common';
import { UNVERSIONED } from './build.ts';
import type { WorkerBuild } from './build.ts';
import type { Timestamp } from './timestamp.ts';
import { timestampMs } from './timestamp.ts';

/** VersionDrainageStatus of temporal/api/enums/v1/deployment.proto. */
const DRAINAGE = { 1: 'draining', 2: 'drained' } as const;

export interface Routing {
  /** To which new rollouts go; null: to workers that say no build. */
  readonly current: string | null;
  readonly currentSinceMs: number | null;
  /** Which has a share of them, `unversioned` for workers that say no build; null: none has. */
  readonly ramping: string | null;
  readonly rampPercent: number;
  /** Of every build that ever polled and was not deleted. */
  readonly builds: readonly KnownBuild[];
  readonly changedBy: string;
}

export interface KnownBuild {
  readonly buildId: string;
  readonly seenSinceMs: number | null;
  /** Only what was current or ramping is ever drained; the server looks every few minutes. */
  readonly drainage: 'draining' | 'drained' | null;
}

/** Null: no worker of that name has ever polled. */
export async function routingOf(client: Client, deploymentName: string): Promise<Routing | null> {
  const answer = await client.workflowService
    .describeWorkerDeployment({ namespace: client.options.namespace, deploymentName })
    .catch(nullIfUnknown);
  if (answer === null) return null;
  const { routingConfig: routing, versionSummaries, lastModifierIdentity } = answer.workerDeploymentInfo ?? {};
  const rampPercent = routing?.rampingVersionPercentage ?? 0;
  return {
    current: routing?.currentDeploymentVersion?.buildId ?? null,
    currentSinceMs: msOf(routing?.currentVersionChangedTime),
    ramping: routing?.rampingDeploymentVersion?.buildId ?? (rampPercent > 0 ? UNVERSIONED : null),
    rampPercent,
    builds: (versionSummaries ?? []).map(({ deploymentVersion, createTime, drainageStatus }) => ({
      buildId: deploymentVersion?.buildId ?? '',
      seenSinceMs: msOf(createTime),
      drainage: DRAINAGE[drainageStatus as keyof typeof DRAINAGE] ?? null,
    })),
    changedBy: lastModifierIdentity ?? '',
  };
}

function nullIfUnknown(error: unknown): null {
  if (isGrpcServiceError(error) && error.code === grpcStatus.NOT_FOUND && !/namespace/i.test(error.message))
    return null;
  throw error;
}

function msOf(time: Timestamp | null | undefined): number | null {
  return time ? timestampMs(time) : null;
}

export interface RoutingAct {
  readonly deploymentName: string;
  /** Null: workers that say no build. */
  readonly buildId: string | null;
  /** Who does it, as Temporal keeps it. */
  readonly identity: string;
}

/** The server refuses a build that nobody polls for, or that lacks a queue of the one before. */
export async function makeCurrent(client: Client, { deploymentName, buildId, identity }: RoutingAct): Promise<void> {
  const { namespace } = client.options;
  await client.workflowService.setWorkerDeploymentCurrentVersion({
    namespace,
    deploymentName,
    buildId: buildId ?? '',
    identity,
  });
}

/** No build: workers that say none; with 0 % nothing ramps any more. */
export async function ramp(
  client: Client,
  { deploymentName, buildId, identity, percent }: RoutingAct & { readonly percent: number },
): Promise<void> {
  const { namespace } = client.options;
  await client.workflowService.setWorkerDeploymentRampingVersion({
    namespace,
    deploymentName,
    buildId: buildId ?? '',
    percentage: percent,
    identity,
  });
}

const BEFORE = 'assist-rollouts-before';

/** Beside a build: which was current when it became so. */
export async function rememberBefore(client: Client, of: WorkerBuild, before: string, identity: string): Promise<void> {
  await client.workflowService.updateWorkerDeploymentVersionMetadata({
    namespace: client.options.namespace,
    deploymentVersion: of,
    upsertEntries: { [BEFORE]: defaultPayloadConverter.toPayload(before) },
    identity,
  });
}

/** Null: it became current by other means, or was never. */
export async function beforeOf(client: Client, of: WorkerBuild): Promise<string | null> {
  const { workerDeploymentVersionInfo: info } = await client.workflowService.describeWorkerDeploymentVersion({
    namespace: client.options.namespace,
    deploymentVersion: of,
  });
  const kept = info?.metadata?.entries?.[BEFORE];
  return kept ? defaultPayloadConverter.fromPayload<string>(kept) : null;
}

/** A run goes on by that build from its next task on. */
export async function moveRun(
  client: Client,
  { workflowId, runId, to, identity }: { workflowId: string; runId: string; to: WorkerBuild | null; identity: string },
): Promise<void> {
  const versioningOverride = to === null ? { autoUpgrade: true } : { pinned: { behavior: PINNED, version: to } };
  await client.workflowService.updateWorkflowExecutionOptions({
    namespace: client.options.namespace,
    workflowExecution: { workflowId, runId },
    workflowExecutionOptions: { versioningOverride },
    updateMask: { paths: ['versioning_override'] },
    identity,
  });
}

/** PinnedOverrideBehavior of temporal/api/workflow/v1/message.proto. */
const PINNED = 1;
