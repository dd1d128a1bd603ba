import type { RolloutEvent } from '../../../src/domain/rollout/events.ts';
import { initialState } from '../../../src/domain/rollout/state.ts';
import { apply } from '../../../src/domain/rollout/transition.ts';
import { statusOf } from '../../../src/domain/rollout/view.ts';
import type { RolloutStatus } from '../../../src/domain/rollout/view.ts';
import { refOf } from '../../helpers/arms.ts';

const facts = {
  workflowId: 'rollout/Card',
  rolloutId: 'r1',
  action: 'Card',
  version: '1.5.0',
  steps: [],
  startedAtMs: 0,
};
const deployment = {
  target: 'agentAssistActions' as const,
  actionName: 'Card',
  baseline: refOf('b', '1.4.0'),
  candidate: refOf('c', '1.5.0'),
};
const called: readonly RolloutEvent[] = [
  { kind: 'deployed', deployment },
  { kind: 'splitProven', percent: 50, atMs: 1 },
  {
    kind: 'entered',
    phase: 'needsAttention',
    waitingFor: 'the organisation to confirm the roll back: no confirmation yet; still trying. By hand: set it',
  },
];
const proven: readonly RolloutEvent[] = [
  { kind: 'splitProven', percent: 0, atMs: 9 },
  { kind: 'restoreProven', atMs: 9, decidedAtMs: 2 },
];
const after = (events: readonly RolloutEvent[]): RolloutStatus =>
  statusOf(
    facts,
    events.reduce((state, event, at) => apply(state, event, at), initialState()),
  );

test('nobody is sent to the organisation any more once it was read back, though it is read back once more', () => {
  expect(after(called)).toMatchObject({ byHand: { agentsSee: expect.stringContaining('in at most 50 %') } });
  const back = after([...called, ...proven]);
  expect(back.byHand).toBeUndefined();
  expect(back.waitingFor).toBe(
    'cards of v1.5.0 to have stopped, and a second look at the organisation: it showed what it shall at the first',
  );
});

test('a roll back that goes well says so too while cards stop', () => {
  const begun: RolloutEvent = { kind: 'entered', phase: 'rollingBack', waitingFor: 'the baseline at 100 % again' };
  expect(after([...called, begun]).waitingFor).toBe('the baseline at 100 % again');
  expect(after([...called, begun, ...proven]).waitingFor).toMatch(/^cards of v1\.5\.0 to have stopped/);
});

test('what was undone after the proof waits for a person again', () => {
  const undone = after([...called, ...proven, { kind: 'quietProven', isRestored: false }]);
  expect(undone.byHand).toBeDefined();
  expect(undone.waitingFor).toContain('By hand: set it');
});

test.each<[string, readonly RolloutEvent[]]>([
  ['has called for somebody meanwhile', called.slice(-1)],
  [
    'asks about another content of the baseline',
    [
      {
        kind: 'baselineAsked',
        drift: { kind: 'baselineContent', key: 'b', message: 'The baseline holds another html.' },
      },
      ...called.slice(-1),
    ],
  ],
])('what is looked at once more and %s does not say that all is well', (_, meanwhile) => {
  const undone = after([...called, ...proven, ...meanwhile]);
  expect(undone.byHand).toBeDefined();
  expect(undone.waitingFor).toContain('By hand: set it');
});
