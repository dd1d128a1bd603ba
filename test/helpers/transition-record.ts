import type { TransitionRecord } from '../../src/activities/types.ts';
import { NOON } from './events.ts';

/** A transition as a rollout records it, but for what is given. */
export function transitionRecord(key: string, more: Partial<TransitionRecord> = {}): TransitionRecord {
  return {
    key,
    rolloutId: 'r1',
    workflowId: 'rollout/Card',
    action: 'Card',
    version: '2',
    startedBy: 'kim',
    startedAtMs: NOON,
    atMs: NOON,
    actor: 'engine',
    act: 'deploying',
    reason: 'x',
    before: { phase: 'validating', splitPercent: 0 },
    after: { phase: 'deploying', splitPercent: 0 },
    outcome: null,
    correlationId: null,
    report: null,
    safety: null,
    ...more,
  };
}
