/** In the place of src/worker/workflow-code.ts while tests run: the bundle is made once for all files. */
import type { WorkflowBundleOption } from '@temporalio/worker';
import { askBroker } from './ask-broker.ts';

export async function workflowCode(): Promise<WorkflowBundleOption> {
  return { codePath: await askBroker('workflow-bundle') };
}
