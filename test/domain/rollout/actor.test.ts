import { actorProblem, reasonProblem } from '../../../src/domain/rollout/actor.ts';
import { initialState } from '../../../src/domain/rollout/state.ts';
import { refusal } from './refusal.ts';

test.each(['ana', "Ana Maria O'Neill", 'ana@example.com', '安娜', 'x'.repeat(128), 'engineer', 'bob (CISO)'])(
  '%j may act',
  (by) => {
    expect(actorProblem(by)).toBeNull();
  },
);

const NOBODY: unknown[] = [
  undefined,
  null,
  7,
  {},
  ['ana'],
  '',
  '   ',
  'engine',
  ' Engine ',
  'ENGINE',
  'ｅｎｇｉｎｅ',
  'cli',
  'guardian',
  'x'.repeat(129),
  'an\na',
  '\u001B[2Jana',
  'en\u200Bgine',
  'a\u202Ena',
  'ana\u2028',
  'ana\uD800',
];

test.each(NOBODY)('%j may not', (by) => {
  expect(actorProblem(by)).toMatch(/^"by" .+\.$/);
  expect(refusal({ ...initialState(), phase: 'baking' }, 'pause', { by, reason: 'because' })).toMatch(
    /^Cannot pause: "by"/,
  );
});

test.each<unknown>([undefined, null, 7, '', ' \n ', 'x'.repeat(2001), 'a\0', 'a\uD800'])(
  '%j is no reason',
  (reason) => {
    expect(reasonProblem(reason)).toMatch(/^"reason" .+\.$/);
    expect(refusal({ ...initialState(), phase: 'baking' }, 'pause', { by: 'ana', reason })).toMatch(
      /^Cannot pause: "reason"/,
    );
  },
);

test('a reason has up to 2000 characters', () => {
  expect(reasonProblem('x'.repeat(2000))).toBeNull();
});

test('what is said of a long name is short', () => {
  expect(actorProblem('x'.repeat(300_000))?.length).toBeLessThan(200);
});
