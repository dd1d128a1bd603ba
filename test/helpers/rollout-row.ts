import type { RolloutRow } from '../../src/store/rollouts.ts';
import { NOON } from './events.ts';

const DAY = 86_400_000;

/** One that was promoted so many days before noon. */
export function endedRow(rolloutId: string, days: number): RolloutRow {
  return rolloutRow({
    rolloutId,
    workflowId: 'rollout/x',
    action: 'x',
    version: '1',
    startedAt: new Date(NOON - 200 * DAY),
    phase: 'promoted',
    outcome: 'promoted',
    endedAt: new Date(NOON - days * DAY),
  });
}

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
