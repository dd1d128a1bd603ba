/** The code of the workflows, for every worker of this process. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Runtime, bundleWorkflowCode } from '@temporalio/worker';
import type { WorkflowBundleOption } from '@temporalio/worker';
import type { Place } from '../codec/client.ts';
import { FAILURE_CONVERTER } from '../codec/converter.ts';

const made = new Map<boolean, Promise<WorkflowBundleOption>>();

/**
 * The bundle made at build time where there is one (starts in no time); else it is made from the sources, once. In
 * cipher workflows have one of their own, for how they write their failures is part of it.
 */
export function workflowCode({ codecKeys }: Pick<Place, 'codecKeys'>): Promise<WorkflowBundleOption> {
  const inCipher = codecKeys.length > 0;
  const codePath = join(__dirname, '..', '..', inCipher ? 'workflow-bundle-cipher.js' : 'workflow-bundle.js');
  if (existsSync(codePath)) return Promise.resolve({ codePath });
  const folder = join(__dirname, '..', 'workflows');
  const workflowsPath = join(folder, existsSync(join(folder, 'index.ts')) ? 'index.ts' : 'index.js');
  const workflowInterceptorModules = [workflowsPath.replace(/index(?=\.[jt]s$)/, 'interceptors')];
  const preloadModules = [workflowsPath.replace(/index(?=\.[jt]s$)/, 'shared')];
  const before = made.get(inCipher);
  if (before !== undefined) return before;
  const bundling = bundleWorkflowCode({
    workflowsPath,
    workflowInterceptorModules,
    preloadModules,
    ...(inCipher && { failureConverterPath: FAILURE_CONVERTER }),
    logger: Runtime.instance().logger,
  });
  made.set(inCipher, bundling);
  return bundling;
}
