/** What is compared with: a workflow that waits for as many activities and timers as a rollout does, and decides nothing. */
import { proxyActivities, sleep } from '@temporalio/workflow';

export interface PlainActivities {
  step(): Promise<void>;
  stay(): Promise<void>;
}

const { step } = proxyActivities<PlainActivities>({ startToCloseTimeout: '1m' });
const { stay } = proxyActivities<PlainActivities>({ startToCloseTimeout: '1 day', heartbeatTimeout: '9s' });

export async function plain({
  activities,
  timers,
}: {
  readonly activities: number;
  readonly timers: number;
}): Promise<void> {
  for (let i = 0; i < timers; i++) await sleep(1);
  for (let i = 0; i < activities; i++) await step();
  await stay();
}
