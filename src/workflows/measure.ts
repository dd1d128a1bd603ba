/** One round, started by a schedule; a round that fails leaves nothing half done, and the next one finds it again. */
import { proxyActivities } from '@temporalio/workflow';
import type { Measured, MeasuringActivities } from '../activities/measure-handling.ts';
import { MEASURING_QUEUE } from './messages.ts';
import { followCurrent } from './follow-current.ts';

const measuring = proxyActivities<MeasuringActivities>({
  taskQueue: MEASURING_QUEUE,
  scheduleToStartTimeout: '30s',
  startToCloseTimeout: '60s',
  heartbeatTimeout: '10s',
  retry: { maximumAttempts: 1 },
});

export async function measureHandling(): Promise<Measured> {
  return measuring.measureHandling();
}
followCurrent(measureHandling);
