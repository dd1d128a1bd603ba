/** In the place of src/worker/workflow-code.ts while tests run: each bundle is made once for all files. */
import type { WorkflowBundleOption } from '@temporalio/worker';
import type { Place } from '../../src/codec/client.ts';
import { askBroker } from './ask-broker.ts';

export async function workflowCode({ codecKeys }: Pick<Place, 'codecKeys'>): Promise<WorkflowBundleOption> {
  return { codePath: await askBroker(codecKeys.length > 0 ? 'workflow-bundle-cipher' : 'workflow-bundle') };
}
