/** A worker of plain workflows: no store, no organisation, the same settings. Prints one JSON line when it is ready. */
import { join } from 'node:path';
import { activityInfo, Context } from '@temporalio/activity';
import { NativeConnection, Worker } from '@temporalio/worker';
import { startHeartbeat } from '../../src/activities/heartbeat.ts';
import type { PlainActivities } from './plain.workflow.ts';

const activities: PlainActivities = {
  step: () => Promise.resolve(),
  async stay() {
    const heartbeat = startHeartbeat(Context.current());
    heartbeat.send({ workflow: activityInfo().workflowExecution?.workflowId });
    await Context.current()
      .cancelled.catch(() => undefined)
      .finally(() => heartbeat.stop());
  },
};

async function main(): Promise<void> {
  const { TEMPORAL_ADDRESS: address = '', TEMPORAL_NAMESPACE: namespace = '' } = process.env;
  const connection = await NativeConnection.connect({ address });
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue: 'plain',
    workflowsPath: join(__dirname, 'plain.workflow.js'),
    activities,
    maxConcurrentActivityTaskExecutions: 2000,
    maxHeartbeatThrottleInterval: '1s',
    defaultHeartbeatThrottleInterval: '1s',
    shutdownForceTime: '1s',
  });
  process.once('SIGTERM', () => process.exit(0));
  process.stdout.write(`${JSON.stringify({ kind: 'ready', pid: process.pid })}\n`);
  await worker.run();
}

void main();
