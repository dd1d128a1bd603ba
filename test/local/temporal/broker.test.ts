import { Client } from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import { initialAttributes } from '../../../src/workflows/search-attributes.ts';
import { SEARCH_ATTRIBUTES } from '../../../src/workflows/search-attributes.ts';
import { testTemporal } from '../../helpers/temporal.ts';
import { PATIENCE_MS } from '../../helpers/patience.ts';
import { patientConnection } from '../../helpers/patient-client.ts';

test('a test file gets a namespace of its own in which rollouts can be started and found by their attributes', async () => {
  const { address, namespace } = await testTemporal();
  expect(await testTemporal()).toEqual({ address, namespace });
  const connection = await patientConnection(address);
  try {
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
    expect(Object.keys(customAttributes ?? {})).toEqual(expect.arrayContaining(Object.keys(SEARCH_ATTRIBUTES)));
    const client = new Client({ connection, namespace });
    const attributes = new TypedSearchAttributes(initialAttributes('RefundAssist', '1.5.0'));
    await client.workflow.start('nobody-works-on-this', {
      taskQueue: 'idle',
      workflowId: 'one',
      typedSearchAttributes: attributes,
    });
    await expect(
      client.workflow.start('nobody-works-on-this', { taskQueue: 'idle', workflowId: 'one' }),
    ).rejects.toThrow(/already/);
    expect(await eventually(() => client.workflow.count('AssistAction = "RefundAssist" AND AssistSplit = 0'))).toBe(1);
  } finally {
    await connection.close();
  }
});

async function eventually(count: () => Promise<{ count: number }>): Promise<number> {
  for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline;) {
    const { count: found } = await count();
    if (found > 0) return found;
    await new Promise((resolve) => {
      setTimeout(resolve, 100);
    });
  }
  return 0;
}
