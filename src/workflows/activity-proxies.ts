/** Timeouts and retries by kind of call. This is the only retry layer; the clients below it never repeat. */
import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/types.ts';
import { GENESYS_QUEUE, ROLLOUTS_QUEUE } from './messages.ts';

const backoff = { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '30s' } as const;

/** Database and judge: patient, for a rollout outlives an outage. */
export const local = proxyActivities<Activities>({
  taskQueue: ROLLOUTS_QUEUE,
  startToCloseTimeout: '30s',
  retry: backoff,
});

/** Calls to the organisation: through the rate-limited queue. */
export const genesys = proxyActivities<Activities>({
  taskQueue: GENESYS_QUEUE,
  startToCloseTimeout: '60s',
  heartbeatTimeout: '10s',
  retry: backoff,
});

/** The way back to safety never queues behind ordinary calls, and tries again quickly. */
export const safety = proxyActivities<Activities>({
  taskQueue: ROLLOUTS_QUEUE,
  startToCloseTimeout: '30s',
  heartbeatTimeout: '5s',
  retry: { initialInterval: '200ms', backoffCoefficient: 1.7, maximumInterval: '10s' },
});

/** One long activity per split; a dead worker shows within `heartbeatTimeout`. */
export const watching = proxyActivities<Activities>({
  taskQueue: ROLLOUTS_QUEUE,
  startToCloseTimeout: '365 days',
  heartbeatTimeout: '5s',
  retry: { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '10s' },
});

export const quiet = proxyActivities<Activities>({
  taskQueue: ROLLOUTS_QUEUE,
  startToCloseTimeout: '10m',
  heartbeatTimeout: '10s',
  retry: backoff,
});
