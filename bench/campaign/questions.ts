/** What people ask of the engine beside their rollouts: it changes nothing, and has to change nothing under any fault. */
import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import {
  CALENDAR_WORKFLOW,
  DRY_RUN_WORKFLOW,
  FREEZE_WORKFLOW,
  REGISTRY_WORKFLOW,
  ROLLOUTS_QUEUE,
} from '../../src/workflows/messages.ts';
import {
  GUARDIAN_SCHEDULE,
  MEASURING_SCHEDULE,
  SHIPPING_SCHEDULE,
  SIGNING_SCHEDULE,
} from '../../src/schedules/duties.ts';
import { campaignPlan } from './plans.ts';

const ANSWER_MS = 30_000;

/** A short run of its own. */
export async function askOf(client: Client, workflow: string, input: object): Promise<void> {
  await client.workflow.execute(workflow, {
    workflowId: `${workflow}/${randomUUID()}`,
    taskQueue: ROLLOUTS_QUEUE,
    args: [input],
    workflowExecutionTimeout: ANSWER_MS,
  });
}

/** Who gets no answer asks no more. */
export async function askAround(client: Client, action: string, hookUrl: string): Promise<void> {
  const plan = await campaignPlan('good', action, hookUrl);
  const questions: readonly (readonly [string, object])[] = [
    [DRY_RUN_WORKFLOW, { plan, startedBy: 'campaign' }],
    [REGISTRY_WORKFLOW, { kind: 'history', action, limit: 5 }],
    [CALENDAR_WORKFLOW, { action, queues: [], windows: null }],
    [FREEZE_WORKFLOW, { do: 'list' }],
  ];
  await Promise.allSettled(questions.map(([workflow, input]) => askOf(client, workflow, input)));
}

/** What Temporal starts every minute, at once. */
export async function startDuties(client: Client): Promise<void> {
  const duties = [GUARDIAN_SCHEDULE, MEASURING_SCHEDULE, SIGNING_SCHEDULE, SHIPPING_SCHEDULE];
  await Promise.allSettled(duties.map(({ id }) => client.schedule.getHandle(id).trigger()));
}
