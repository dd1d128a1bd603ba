/** The code of the workflows, for every worker of this process. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Runtime, bundleWorkflowCode } from '@temporalio/worker';
import type { WorkflowBundleOption } from '@temporalio/worker';

let made: Promise<WorkflowBundleOption> | undefined;

/** The bundle made at build time where there is one (starts in no time); else it is made from the sources, once. */
export function workflowCode(): Promise<WorkflowBundleOption> {
  const codePath = join(__dirname, '..', '..', 'workflow-bundle.js');
  if (existsSync(codePath)) return Promise.resolve({ codePath });
  const folder = join(__dirname, '..', 'workflows');
  const workflowsPath = join(folder, existsSync(join(folder, 'index.ts')) ? 'index.ts' : 'index.js');
  const workflowInterceptorModules = [workflowsPath.replace(/index(?=\.[jt]s$)/, 'interceptors')];
  return (made ??= bundleWorkflowCode({
    workflowsPath,
    workflowInterceptorModules,
    logger: Runtime.instance().logger,
  }));
}
