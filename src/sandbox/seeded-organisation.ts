/**
 * What the organisation holds on its first day. Examples and tests use these ids; nothing else is valid in a trigger.
 */
import type { ActionBody } from './wire.ts';

export const SEEDED = {
  queues: {
    billing: { id: '6f2f7b7e-3a51-4c0e-9c57-0b6c1d1f4a01', name: 'Billing' },
    orders: { id: '0d9a4f1c-52c8-4d5b-8f36-7a4de0b2c902', name: 'Orders' },
    support: { id: 'b4c1e6d8-8a0f-4e7a-a2d4-15f7c39ae703', name: 'Support' },
  },
  skills: {
    refunds: { id: '21e8b5a4-6c3d-4f9b-b7a1-9d02e4c68f11', name: 'Refunds' },
    retention: { id: 'c7d3906f-1b2e-4a58-9e64-f83ab5071d12', name: 'Retention' },
    technical: { id: '5a90e2c3-d47b-4b16-8c0d-62e1f97b4a13', name: 'Technical' },
  },
  teams: {
    days: { id: 'd7a4c1b2-6e35-4f08-9b21-0c8e5f3a7d31', name: 'Days' },
    nights: { id: '1e9b5f70-3c84-4d16-a7f2-6b0d92c8e432', name: 'Nights' },
  },
  groups: {
    agents: { id: '3f6a1c88-5e27-4d09-a1b4-7c2f90d8e621', name: 'Agents' },
    leads: { id: '94d0b7e5-0c3a-4f61-8b9d-e5a1267f3c22', name: 'Team leads' },
  },
} as const;

export const ORGANISATION = { id: '7c1f0a55-94f1-4f0b-8f2e-3d5a6b7c8d90', name: 'Sandbox' } as const;

interface SeededQueue {
  readonly id: string;
  readonly name: string;
}

/** Further queues with conversations of their own, for what is divided by queues. */
export function busyQueue(index: number): SeededQueue {
  const number = String(index + 1).padStart(4, '0');
  return { id: `4b1d0c52-7e93-4a68-9f0b-c2a5d816${number}`, name: `Team ${number}` };
}

/** Those with conversations. */
export function seededQueues(busy: number): readonly SeededQueue[] {
  return [...Object.values(SEEDED.queues), ...Array.from({ length: busy }, (_, index) => busyQueue(index))];
}

export const SEEDED_ACTION_ID = 'e1f0a9c2-7d34-4b8e-9a5c-3c6d2b1f8e21';

/** The version that serves everybody before anyone rolls anything out. */
export const SEEDED_BASELINE: ActionBody = {
  name: 'RefundAssist v1.4.0',
  description: 'Refund policy at a glance',
  enabled: true,
  version: '1.4.0',
  trigger: {
    type: 'transcript',
    minConfidence: 0.75,
    keywords: ['pricing', 'refund', 'escalation'],
    conditions: [
      { type: 'queue', id: SEEDED.queues.billing.id },
      { type: 'skill', id: SEEDED.skills.refunds.id },
    ],
  },
  content: {
    type: 'html',
    html: '<div class="assist-card"><h3>Policy Reference</h3><p>Check refund guidelines before proceeding.</p></div>',
  },
  ui: { position: 'right', size: 'medium', required_features: ['flexbox'] },
  metadata: { traffic_split: 100, ab_test_group: 'control', version: '1.4.0' },
};
