import fc from 'fast-check';
import { parsePlan } from '../../../src/domain/plan/parse.ts';
import { MAX_STEPS } from '../../../src/domain/plan/schema.ts';
import { splitAfter, stepLabel } from '../../../src/domain/plan/steps/steps.ts';
import { samplePlan } from './sample.ts';

const bake = { for: '30m' };

function read(...steps: readonly unknown[]) {
  return parsePlan({ ...samplePlan(), steps, policies: { holdback: 0 } });
}

function splitsOf(ladder: unknown): readonly number[] {
  const result = read({ ladder });
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.plan.steps.flatMap((step) => splitAfter(step) ?? []);
}

function brief(...steps: readonly unknown[]): readonly string[] {
  const result = read(...steps);
  return result.ok ? [] : result.problems.map(({ code, path }) => `${code} ${path}`);
}

test.each([
  ['careful', [1, 2, 5, 10, 25, 50]],
  ['usual', [5, 10, 25, 50]],
  ['quick', [10, 50]],
  [{ preset: 'usual', splits: [7, 9] }, [7, 9]],
  [{ preset: 'usual', shape: 'linear', from: 10, to: 30, rungs: 3 }, [10, 20, 30]],
  [{ splits: [3, 4.5], bake }, [3, 4.5]],
  [{ shape: 'linear', from: 5, to: 50, rungs: 4, bake }, [5, 20, 35, 50]],
  [{ shape: 'linear', from: 0, to: 25, by: 10, bake }, [0, 10, 20, 25]],
  [{ shape: 'linear', from: 1, to: 2, by: 0.25, bake }, [1, 1.25, 1.5, 1.75, 2]],
  [{ shape: 'exponential', from: 5, to: 50, rungs: 4, bake }, [5, 11, 23, 50]],
  [{ shape: 'exponential', from: 1, to: 50, factor: 2, bake }, [1, 2, 4, 8, 16, 32, 50]],
  [{ shape: 'exponential', from: 50, to: 51, rungs: 4, bake }, [50, 50.33, 50.66, 51]],
])('the ladder %j goes %j', (ladder, splits) => expect(splitsOf(ladder)).toEqual(splits));

test('each rung is a split and its bake; the last bake of the plan requires proof', () => {
  const result = read(
    { setSplit: 1 },
    { ladder: { preset: 'quick', bake: { minCards: 7 } } },
    { approve: { reason: 'x' } },
  );
  expect(result.ok && result.plan.steps.map(stepLabel)).toEqual([
    'setSplit 1 %',
    'setSplit 10 %',
    'bake 15 m, at most 3 h (require noHarm)',
    'setSplit 50 %',
    'bake 15 m, at most 3 h (require safe)',
    'approve: x',
  ]);
  expect(result.ok && result.plan.steps[2]).toMatchObject({ minCards: 7 });
});

test.each<[unknown, string]>([
  ['usaul', 'plan-ladder steps.0.ladder'],
  [7, 'plan-ladder steps.0.ladder'],
  [['usual'], 'plan-ladder steps.0.ladder'],
  [{ preset: 'toString' }, 'plan-ladder steps.0.ladder'],
  [{ preset: 5 }, 'plan-ladder steps.0.ladder'],
  [{}, 'plan-ladder steps.0.ladder'],
  [{ splits: [5, 10] }, 'plan-ladder steps.0.ladder'],
  [{ splits: [5, 10], from: 5, bake }, 'plan-ladder steps.0.ladder'],
  [{ splits: [], bake }, 'plan-range steps.0.ladder.splits'],
  [{ splits: [5, 100], bake }, 'plan-split steps.0.ladder.splits.1'],
  [{ splits: [10, 5], bake }, 'plan-split steps.0.ladder'],
  [{ shape: 'linear', from: 5, to: 50, bake }, 'plan-ladder steps.0.ladder'],
  [{ shape: 'linear', from: 5, to: 50, factor: 2, bake }, 'plan-ladder steps.0.ladder'],
  [{ shape: 'exponential', from: 5, to: 50, by: 2, bake }, 'plan-ladder steps.0.ladder'],
  [{ shape: 'linear', from: 5, to: 50, by: 2, rungs: 3, bake }, 'plan-ladder steps.0.ladder'],
  [{ shape: 'linear', from: 50, to: 5, rungs: 3, bake }, 'plan-ladder steps.0.ladder'],
  [{ shape: 'linear', from: 5, to: 5, rungs: 3, bake }, 'plan-ladder steps.0.ladder'],
  [{ shape: 'linear', from: 5, to: 100, rungs: 3, bake }, 'plan-split steps.0.ladder.to'],
  [{ shape: 'exponential', from: 0, to: 50, rungs: 3, bake }, 'plan-ladder steps.0.ladder'],
  [{ shape: 'linear', from: 5, to: 5.1, rungs: 50, bake }, 'plan-ladder steps.0.ladder'],
  [{ shape: 'linear', from: 0, to: 99, by: 1e-9, bake }, 'plan-ladder steps.0.ladder'],
  [{ shape: 'exponential', from: 1, to: 99, factor: 1.0000001, bake }, 'plan-ladder steps.0.ladder'],
  [{ shape: 'linear', from: 5, to: 50, rungs: 1, bake }, 'plan-range steps.0.ladder.rungs'],
  [{ shape: 'linear', from: 5, to: 50, rungs: 1e9, bake }, 'plan-range steps.0.ladder.rungs'],
  [{ shape: 'linear', from: 5, to: 50, rungs: 2.5, bake }, 'plan-type steps.0.ladder.rungs'],
  [{ shape: 'spiral', from: 5, to: 50, rungs: 3, bake }, 'plan-value steps.0.ladder.shape'],
  [{ preset: 'usual', bake: { for: 'half an hour' } }, 'plan-duration steps.0.ladder.bake.for'],
  [{ preset: 'usual', bake: 7 }, 'plan-type steps.0.ladder.bake'],
  [{ preset: 'usual', bak: {} }, 'plan-unknown-field steps.0.ladder.bak'],
])('the ladder %j is refused, once', (ladder, expected) => expect(brief({ ladder })).toEqual([expected]));

test('a name that is nearly one of ours is told, and so is a field', () => {
  const remedies = (ladder: unknown) => {
    const result = read({ ladder });
    return result.ok ? [] : result.problems.map(({ remedy }) => remedy);
  };
  expect(remedies('usaul')[0]).toContain('Did you mean usual?');
  expect(remedies({ preset: 'usual', rugns: 3 })[0]).toContain('Did you mean rungs?');
});

test('what is wrong elsewhere is found beside a ladder that cannot be read, and stands where it was written', () => {
  expect(brief({ ladder: 'careful' }, { ladder: 'nope' }, { setSplit: 20 }, { bake: { for: 30 } })).toEqual([
    'plan-ladder steps.1.ladder',
    'plan-duration steps.3.bake.for',
    'plan-split steps.2.setSplit',
  ]);
  expect(brief({ ladder: 'quick' }, { ladder: 'usual' })).toEqual(
    expect.arrayContaining(['plan-split steps.1.ladder']),
  );
  expect(brief({ ladder: 'quick', setSplit: 5 })).toEqual(['plan-step steps.0']);
});

test('what ladders stand for counts as steps', () => {
  const fine = { splits: [1, 2, 3], bake };
  const many = Array.from({ length: MAX_STEPS }, () => ({ ladder: fine }));
  expect(brief(...many)).toContain('plan-range steps');
  expect(brief(...many, { ladder: fine })).toContain('plan-range steps');
});

const ladders = fc.record({
  shape: fc.constantFrom('linear', 'exponential'),
  from: fc.integer({ min: 1, max: 9_000 }).map((hundredths) => hundredths / 100),
  to: fc.integer({ min: 1, max: 9_999 }).map((hundredths) => hundredths / 100),
  bake: fc.constant(bake),
  spacing: fc.oneof(
    fc.record({ rungs: fc.integer({ min: 2, max: 50 }) }),
    fc.record({ by: fc.double({ min: 0.001, max: 99, noNaN: true }) }),
    fc.record({ factor: fc.double({ min: 1.0001, max: 100, noNaN: true }) }),
  ),
});

test('whatever a ladder says, it is refused at its own place, or rises from its first split to its last', () => {
  fc.assert(
    fc.property(ladders, ({ spacing, ...rest }) => {
      const result = read({ ladder: { ...rest, ...spacing } });
      if (!result.ok) return expect(result.problems.map(({ path }) => path)).toEqual(['steps.0.ladder']);
      const splits = result.plan.steps.flatMap((step) => splitAfter(step) ?? []);
      expect([splits[0], splits.at(-1)]).toEqual([rest.from, rest.to]);
      expect(splits.every((split, at) => at === 0 || split > (splits[at - 1] ?? 100))).toBe(true);
      expect(result.plan.steps).toHaveLength(2 * splits.length);
    }),
    { numRuns: 300 },
  );
});
