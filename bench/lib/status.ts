/** What a rollout in the middle of a bake says of itself, where nothing runs it. */
import type { RolloutStatus } from '../../src/workflows/messages.ts';
import { rolloutWorkflowId } from '../../src/workflows/messages.ts';

export function statusOf(action: string, more: Partial<RolloutStatus> = {}): RolloutStatus {
  return {
    workflowId: rolloutWorkflowId(action),
    rolloutId: `run-${action}`,
    action,
    version: '1.5.0',
    baselineVersion: '1.4.0',
    phase: 'baking',
    outcome: null,
    paused: false,
    splitPercent: 25,
    steps: [{ index: 0, label: 'setSplit 25 %', state: 'running' }],
    waitingFor: '30m to pass',
    canDo: ['pause', 'advance', 'promote', 'abort'],
    report: null,
    reason: '',
    startedAt: '2026-03-01T12:00:00.000Z',
    endedAt: null,
    deployment: null,
    safety: null,
    ...more,
  };
}
