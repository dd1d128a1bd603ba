/** The schedule that starts the guardian every minute. */
import type { WantedSchedule } from '../schedules/schedule.ts';
import { GUARDIAN_WORKFLOW, ROLLOUTS_QUEUE } from '../workflows/messages.ts';

export const GUARDIAN_SCHEDULE: WantedSchedule = {
  id: 'assist-rollouts-guardian',
  everyMs: 60_000,
  workflowType: GUARDIAN_WORKFLOW,
  workflowId: 'guardian',
  taskQueue: ROLLOUTS_QUEUE,
  maxRunMs: 180_000,
  summary: 'looks for splits that nobody watches',
};
