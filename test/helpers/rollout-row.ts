import type { RolloutRow } from '../../src/store/rollouts.ts';
import { NOON } from './events.ts';

/** A rollout that bakes, as the store keeps it, but for what is given. */
export function rolloutRow(more: Partial<RolloutRow> = {}): RolloutRow {
  return {
    rolloutId: 'r1',
    workflowId: 'rollout/RefundAssist',
    action: 'RefundAssist',
    version: '1.6.0',
    startedBy: 'kim',
    startedAt: new Date(NOON),
    phase: 'baking',
    outcome: null,
    reason: '',
    endedAt: null,
    report: null,
    safety: null,
    ...more,
  };
}
