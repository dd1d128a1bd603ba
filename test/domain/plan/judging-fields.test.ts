/** `maxCards` and `goal`, as people write them. */
import { parsePlan } from '../../../src/domain/plan/parse.ts';
import type { Problem } from '../../../src/domain/plan/problem.ts';
import { samplePlan } from './sample.ts';

function parsed(raw: unknown) {
  const result = parsePlan(raw);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.plan;
}

const brief = (found: readonly Problem[]) => found.map(({ code, path }) => `${code} ${path}`);

test.each<[unknown, unknown]>([
  [200, { cards: 200, do: 'pause' }],
  [{ cards: 200 }, { cards: 200, do: 'pause' }],
  [
    { cards: 200, do: 'rollback' },
    { cards: 200, do: 'rollback' },
  ],
])('maxCards %j', (maxCards, expected) => {
  const bake = { for: '30m', maxCards };
  const plan = parsed({ ...samplePlan(), steps: [{ setSplit: 5 }, { bake }], policies: { maxCards: 5000 } });
  expect(plan.steps[1]).toMatchObject({ maxCards: expected });
  expect(plan.policies.maxCards).toEqual({ cards: 5000, do: 'pause' });
});

test.each<[string, unknown, unknown, string, RegExp]>([
  ['no number', 'many', undefined, 'steps.1.bake.maxCards', /^"many" is no number of cards; expected a whole number/],
  ['none', 0, undefined, 'steps.1.bake.maxCards', /^0 is no number of cards/],
  ['an action that goes on showing', { cards: 9, do: 'hold' }, undefined, 'steps.1.bake.maxCards', /do: "hold"/],
  ['not more than minCards', 100, undefined, 'steps.1.bake.maxCards', /can never end: it waits for 100 settled/],
  ['a rollout of fewer than its bakes need', undefined, 90, 'policies.maxCards', /its bakes wait for 100/],
])('maxCards that cannot be: %s', (_, maxCards, all, path, message) => {
  const bake = { for: '30m', ...(maxCards !== undefined && { maxCards }) };
  const policies = all === undefined ? {} : { maxCards: all };
  const result = parsePlan({ ...samplePlan(), steps: [{ setSplit: 5 }, { bake }], policies });
  const problems = result.ok ? [] : result.problems;
  expect(problems).toEqual([expect.objectContaining({ code: 'plan-max-cards', path })]);
  expect(problems[0]?.message).toMatch(message);
});

test("a goal is of its margin's kind, and the last bake requires it", () => {
  const [first, ...others] = samplePlan().guardrails as Record<string, unknown>[];
  const plan = parsed({ ...samplePlan(), guardrails: [{ ...first, margin: '10%', goal: '2%' }, ...others] });
  expect(plan.guardrails[0]).toMatchObject({ goal: 0.02 });
  const bakes = plan.steps.flatMap((step) => (step.kind === 'bake' ? [step.require] : []));
  expect(bakes.at(-1)).toBe('goal');
  expect(bakes.slice(0, -1)).not.toContain('goal');
});

test.each<[string, Record<string, unknown>, RegExp]>([
  ['of another kind', { goal: '1pp' }, /^"1pp" is of another kind than the margin/],
  ['nothing', { goal: '0%' }, /^"0%" is not above zero/],
  ['not a goal', { goal: 'soon' }, /^"soon" is not a share/],
  ['of what stops nothing', { goal: '2%', mode: 'observe' }, /^a goal of "2%" would hold the promotion/],
])('a goal that cannot be: %s', (_, more, message) => {
  const acceptance = { metric: 'acceptanceRate', worseWhen: 'lower', margin: '10%', alpha: 0.01 };
  const undelivered = { metric: 'undeliveredRate', worseWhen: 'higher', margin: '1pp', alpha: 0.01 };
  const result = parsePlan({ ...samplePlan(), guardrails: [{ ...acceptance, ...more }, undelivered] });
  const problems = result.ok ? [] : result.problems;
  expect(problems).toEqual([expect.objectContaining({ code: 'plan-goal', path: 'guardrails.0.goal' })]);
  expect(problems[0]?.message).toMatch(message);
});

test('a bake cannot require a goal that no guardrail has', () => {
  const raw = { ...samplePlan(), steps: [{ setSplit: 5 }, { bake: { for: '30m', require: 'goal' } }] };
  const result = parsePlan(raw);
  expect(result.ok ? [] : brief(result.problems)).toEqual(['plan-goal steps.1.bake.require']);
});

test.each<[unknown, unknown]>([
  [{ first: '20 cards' }, { first: { cards: 20 }, do: 'leaveOut' }],
  [
    { first: '1 card', do: 'showApart' },
    { first: { cards: 1 }, do: 'showApart' },
  ],
  [{ first: '2d' }, { first: { ms: 172_800_000 }, do: 'leaveOut' }],
])('learning %j', (learning, expected) => {
  expect(parsed({ ...samplePlan(), policies: { learning } }).policies.learning).toEqual(expected);
});

test.each<[string, unknown, string]>([
  ['no time', { first: 'soon' }, 'plan-learning policies.learning.first'],
  ['none', { first: '0 cards' }, 'plan-learning policies.learning.first'],
  ['too many to be kept', { first: '1001 cards' }, 'plan-learning policies.learning.first'],
  ['no number alone', { first: 20 }, 'plan-learning policies.learning.first'],
  ['nothing', {}, 'plan-missing policies.learning.first'],
])('learning that cannot be: %s', (_, learning, problem) => {
  const result = parsePlan({ ...samplePlan(), policies: { learning } });
  expect(result.ok ? [] : brief(result.problems)).toEqual([problem]);
});

test('learning needs a guardrail that it is about', () => {
  const undelivered = { metric: 'undeliveredRate', worseWhen: 'higher', margin: '1pp', alpha: 0.01 };
  const result = parsePlan({ ...samplePlan(), guardrails: [undelivered], policies: { learning: { first: '2d' } } });
  expect(result.ok ? [] : brief(result.problems)).toEqual(['plan-learning policies.learning']);
});
