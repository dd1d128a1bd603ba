/** What Temporal starts every minute, by whichever process looks after it. */
import {
  AUDIT_SHIPPING_WORKFLOW,
  AUDIT_SIGNING_WORKFLOW,
  GUARDIAN_WORKFLOW,
  MEASURING_WORKFLOW,
  ROLLOUTS_QUEUE,
} from '../workflows/messages.ts';
import type { WantedSchedule } from './wanted.ts';

function everyMinute(
  workflowType: string,
  { name = workflowType, ...more }: Pick<WantedSchedule, 'summary' | 'maxRunMs'> & { readonly name?: string },
): WantedSchedule {
  const id = `assist-rollouts-${name}`;
  return { id, everyMs: 60_000, workflowType, workflowId: name, taskQueue: ROLLOUTS_QUEUE, ...more };
}

export const GUARDIAN_SCHEDULE = everyMinute(GUARDIAN_WORKFLOW, {
  summary: 'looks for splits that nobody watches',
  maxRunMs: 180_000,
});
export const MEASURING_SCHEDULE = everyMinute(MEASURING_WORKFLOW, {
  name: 'measuring',
  summary: 'asks how conversations with cards were handled',
  maxRunMs: 120_000,
});
export const SIGNING_SCHEDULE = everyMinute(AUDIT_SIGNING_WORKFLOW, {
  summary: 'signs the audit log',
  maxRunMs: 180_000,
});
export const SHIPPING_SCHEDULE = everyMinute(AUDIT_SHIPPING_WORKFLOW, {
  summary: 'ships the audit log to the SIEM',
  maxRunMs: 180_000,
});
