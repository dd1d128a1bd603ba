import type { Begun, RestorePlan } from '../../../src/domain/guardian/restore-plan.ts';
import { begunIn, goOn, planRestore } from '../../../src/domain/guardian/restore-plan.ts';
import { unwatched } from '../../../src/domain/guardian/named.ts';
import type { SeenServing } from '../../../src/domain/guardian/seen.ts';

const control = (more: Partial<SeenServing> = {}): SeenServing => ({
  target: 'copilotQueues',
  id: 'b',
  actionName: 'Card',
  version: '1.4.0',
  group: 'control',
  enabled: true,
  splitPercent: 100,
  rolloutId: 'run-1',
  standsAlone: false,
  changedAt: null,
  ...more,
});
const candidate = (more: Partial<SeenServing> = {}): SeenServing =>
  control({ id: 'c', version: '1.5.0', group: 'candidate', splitPercent: 0, ...more });

const BEGUN: Begun = { newest: 'run-1', baseline: 'b', candidates: ['c'], splitPercent: 50 };

const planned = (versions: readonly SeenServing[], begun: Begun | null = BEGUN): RestorePlan<SeenServing> =>
  goOn(planRestore(versions, null, []), begun, versions);

test.each<[string, readonly SeenServing[], Begun | null, object]>([
  ['nothing is shown any more', [control(), candidate()], BEGUN, { kind: 'restore', candidates: [{ id: 'c' }] }],
  ['the candidate is gone', [control()], BEGUN, { kind: 'restore', baseline: { id: 'b' }, candidates: [] }],
  ['nothing was begun', [control(), candidate()], null, { kind: 'nothing' }],
  ['its baseline was taken off since then', [control({ enabled: false }), candidate()], BEGUN, { kind: 'nothing' }],
  ['its baseline is gone', [candidate()], BEGUN, { kind: 'nothing' }],
  [
    'another candidate is shown still: both are named',
    [control(), candidate(), candidate({ id: 'd', splitPercent: 10 })],
    { ...BEGUN, candidates: ['c', 'd'] },
    { kind: 'restore', candidates: [{ id: 'c' }, { id: 'd' }] },
  ],
  [
    'first versions, which stand beside no card',
    [candidate({ enabled: false })],
    { ...BEGUN, baseline: null },
    { kind: 'restore', baseline: null, candidates: [{ id: 'c' }] },
  ],
  ['what stood beside no card is gone', [], { ...BEGUN, baseline: null }, { kind: 'nothing' }],
])('what was begun goes on: %s', (_name, versions, begun, expected) => {
  expect(planned(versions, begun)).toMatchObject(expected);
});

test('a way back that was not done to the end is to be done, though nothing of it is shown', () => {
  expect(planned([control(), candidate({ halfBack: 'Nobody has proven it.' })], null)).toMatchObject({
    kind: 'restore',
    baseline: { id: 'b' },
    candidates: [{ id: 'c' }],
  });
});

test('it is said of what is half back alone; what somebody has is shown', () => {
  const half = candidate({ halfBack: 'A queue is with another.' });
  const { sentence } = unwatched('Card', [half], 'its run was terminated');
  expect(sentence).toBe(
    'v1.5.0 of Card was not taken back to the end (A queue is with another) and nobody watches: its run was terminated.',
  );
  expect(unwatched('Card', [half, candidate({ id: 'd', splitPercent: 10 })], 'x').sentence).toMatch(/are shown/);
});

test.each([undefined, null, 'x', {}, { ...BEGUN, candidates: [1] }, { ...BEGUN, splitPercent: '50' }])(
  'what is nothing that was begun: %p',
  (details) => {
    expect(begunIn(details)).toBeNull();
    expect(begunIn(BEGUN)).toEqual(BEGUN);
  },
);
