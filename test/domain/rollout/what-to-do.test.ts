/** What to do fits the state that it stands beside. */
import type { Deployment } from '../../../src/domain/rollout/deployment.ts';
import { whatToDo } from '../../../src/domain/rollout/what-to-do.ts';

const held = { phase: 'held', paused: false, canDo: ['advance', 'promote', 'abort'] };

test('of what is held only those acts are named that are possible', () => {
  expect(whatToDo(held)).toBe(
    'read the figures: advance goes on without the proof, promote skips what is left. ' +
      'In doubt abort: the version that served before is put back, and that is proven.',
  );
  expect(whatToDo({ ...held, canDo: ['advance'] })).toBe('read the figures: advance goes on without the proof.');
  expect(whatToDo({ ...held, canDo: [] })).toBe('read the figures.');
});

test('a first version has none before it that could be put back', () => {
  const first = { baseline: null };
  expect(whatToDo({ ...held, deployment: first })).toContain(
    'In doubt abort: agents see no card again, and that is proven.',
  );
  const deployment = { baseline: { id: 'b-1', version: '1.5.0' } } as unknown as Deployment;
  expect(whatToDo({ ...held, deployment })).toContain('the version that served before is put back');
});

test.each([
  ['needsAttention', false, [], /mend what is named here/],
  ['needsAttention', false, ['abort'], /its content is another/],
  ['rollingBack', false, ['abort'], /nothing yet/],
  ['terminated', false, ['recover'], /^recover: /],
  ['terminated', false, ['undo'], /^undo it again: /],
  ['terminated', false, [], /^nothing more: .*`retry`/],
  ['failed', false, [], /^nothing more: .*what the workers run/],
  ['baking', true, ['resume', 'abort'], /^read why it is paused; resume accepts that/],
  ['awaitingApproval', false, ['approve'], /^approve, if you may\.$/],
])('%s, paused %s, %j: %s', (phase, paused, canDo, said) => {
  expect(whatToDo({ phase, paused, canDo })).toMatch(said);
});
