import { byHand } from '../../../src/domain/rollout/by-hand.ts';
import type { Deployment } from '../../../src/domain/rollout/deployment.ts';
import { initialState } from '../../../src/domain/rollout/state.ts';
import type { RolloutState } from '../../../src/domain/rollout/state.ts';
import { apply } from '../../../src/domain/rollout/transition.ts';
import { refOf } from '../../helpers/arms.ts';

const deployment: Deployment = {
  target: 'agentAssistActions',
  actionName: 'Card',
  baseline: refOf('b', '1.4.0'),
  candidate: refOf('c', '1.5.0'),
};
const seenIn = (state: RolloutState): string => byHand(deployment, state).agentsSee;
const written = (state: RolloutState, splitPercent: number): RolloutState =>
  apply(state, { kind: 'writeBegun', rises: true, written: { splitPercent, stage: 'both' } }, 5);

test('of whole queues each that may have the candidate is named with where it was, and no more than they can give', () => {
  const queue = (id: string, baseline: string) => ({
    id,
    baseline,
    candidate: 'new',
    mediaTypes: ['Call'],
    volume: 10,
  });
  const queues = [queue('q1', 'old'), queue('q2', 'older'), queue('q3', 'old'), queue('q4', 'old')];
  const handle = { unit: 'queue', queues, volumeFrom: '', volumeTo: '' };
  const divided: Deployment = { ...deployment, target: 'copilotQueues', shares: [0, 25, 50, 75, 100], handle };
  const proven = apply(initialState(), { kind: 'splitProven', percent: 80, atMs: 4 }, 4);
  expect(byHand(divided, proven)).toEqual({
    agentsSee: 'Agents may still see v1.5.0 in at most 75 % of the conversations.',
    writes: ['put queues q1, q3 back on assistant old', 'put queue q2 back on assistant older'],
  });
});

test('agents may see what was proven, or more by a write that no answer has proven', () => {
  const proven = apply(initialState(), { kind: 'splitProven', percent: 25, atMs: 4 }, 4);
  expect(seenIn(proven)).toBe('Agents may still see v1.5.0 in at most 25 % of the conversations.');
  expect(seenIn(written(proven, 95))).toBe('Agents may still see v1.5.0 in at most 95 % of the conversations.');
  expect(seenIn(written(proven, 10))).toContain(' 25 % ');
  expect(seenIn(apply(written(proven, 95), { kind: 'writeNotMade' }, 6))).toContain(' 25 % ');
});
