/**
 * A workflow that goes on by whichever build is current, at its next task: what must never be without a worker. All
 * others stay on the build that they began on (worker/workers.ts).
 */
import { setWorkflowOptions, workflowInfo } from '@temporalio/workflow';

export function followCurrent(workflow: (given: never) => Promise<unknown>): void {
  // A server takes no such word from a worker that says no build; its SDK then names one of no deployment.
  setWorkflowOptions(
    () => (workflowInfo().currentDeploymentVersion?.deploymentName ? { versioningBehavior: 'AUTO_UPGRADE' } : {}),
    workflow,
  );
}
