/** What is open, by build: rollouts and waves, which stay on the build that they began on. */
import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import type { WorkerBuild } from './build.ts';
import { buildText } from './build.ts';

const OPEN = "WorkflowType IN ('rollout', 'waves') AND ExecutionStatus = 'Running'";

/** Null: of those that are on no build. Temporal's lists are a few seconds late. */
export function countOpen(client: Client, of: WorkerBuild | null): Promise<number> {
  const isOn = of === null ? 'IS NULL' : `= '${quoted(buildText(of))}'`;
  return client.workflow.count(`${OPEN} AND TemporalWorkerDeploymentVersion ${isOn}`).then(({ count }) => count);
}

function quoted(text: string): string {
  return text.replaceAll("'", "''");
}

type Raw = Pick<WorkflowExecutionDescription, 'raw'>;

/** Null: it goes to whichever build is current. */
export function pinnedTo({ raw }: Raw): WorkerBuild | null {
  const { versioningInfo } = raw.workflowExecutionInfo ?? {};
  const override = versioningInfo?.versioningOverride;
  if (override?.autoUpgrade === true) return null;
  const pinned =
    override?.pinned?.version ??
    (Number(versioningInfo?.behavior) === PINNED ? versioningInfo?.deploymentVersion : null);
  return pinned ? { deploymentName: pinned.deploymentName ?? '', buildId: pinned.buildId ?? '' } : null;
}

/** Null: its last task was done by a worker that says no build. */
export function builtBy({ raw }: Raw): string | null {
  return pinnedTo({ raw })?.buildId ?? raw.workflowExecutionInfo?.versioningInfo?.deploymentVersion?.buildId ?? null;
}

/** VersioningBehavior of temporal/api/enums/v1/workflow.proto. */
const PINNED = 1;
