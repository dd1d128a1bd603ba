/** One round each, started by a schedule: a round that fails leaves nothing half done, and the next one begins anew. */
import { proxyActivities } from '@temporalio/workflow';
import type { AuditActivities } from '../audit/duties.ts';
import { AUDIT_SHIPPING_QUEUE, AUDIT_SIGNING_QUEUE } from './messages.ts';
import { followCurrent } from './follow-current.ts';

/** Nobody takes it in time where nobody holds the key, or knows the SIEM, any more: that fails, to be seen. */
const bounded = {
  scheduleToStartTimeout: '30s',
  startToCloseTimeout: '120s',
  heartbeatTimeout: '10s',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumAttempts: 3 },
} as const;

const signing = proxyActivities<Pick<AuditActivities, 'signAudit'>>({ ...bounded, taskQueue: AUDIT_SIGNING_QUEUE });
const shipping = proxyActivities<Pick<AuditActivities, 'shipAudit'>>({ ...bounded, taskQueue: AUDIT_SHIPPING_QUEUE });

export async function auditSigning(): Promise<void> {
  await signing.signAudit();
}
followCurrent(auditSigning);

export async function auditShipping(): Promise<void> {
  await shipping.shipAudit();
}
followCurrent(auditShipping);
