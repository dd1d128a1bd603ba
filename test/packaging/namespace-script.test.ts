import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Connection } from '@temporalio/client';
import { findOwnTemporal } from '../../bench/lib/temporal.ts';
import { ROOT } from '../helpers/sources.ts';
import { testTemporal } from '../helpers/temporal.ts';

const run = promisify(execFile);

test('the namespace script creates the namespace, and does no harm the second time', async () => {
  const { address, namespace: taken } = await testTemporal();
  const namespace = `${taken}-compose`;
  const cli = await findOwnTemporal(() => {});
  const env = {
    PATH: `${dirname(cli)}:/usr/bin:/bin`,
    HOME: ROOT,
    TEMPORAL_ADDRESS: address,
    TEMPORAL_NAMESPACE: namespace,
  };
  for (let times = 0; times < 2; times += 1)
    await run('/bin/sh', [join(ROOT, 'deploy/temporal-namespace.sh')], { env });
  const connection = await Connection.connect({ address });
  try {
    const { namespaceInfo, config } = await connection.workflowService.describeNamespace({ namespace });
    expect(namespaceInfo?.name).toBe(namespace);
    expect(Number(config?.workflowExecutionRetentionTtl?.seconds)).toBe(30 * 86_400);
  } finally {
    await connection.close();
  }
});
