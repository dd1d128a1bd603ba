import { parsePlan } from '../../../src/domain/plan/parse.ts';

const TIME = { metric: 'custom', name: 'handleTime', worseWhen: 'higher', margin: '10%', alpha: 0.01 };
const ACCEPTANCE = { metric: 'acceptanceRate', worseWhen: 'lower', margin: '10%', alpha: 0.01 };
const plan = (more: object): object => ({
  apiVersion: 'assist-rollouts/v1',
  action: { name: 'A', version: '1.0.0', html: { inline: '<p>x</p>' }, trigger: { keywords: ['x'] } },
  steps: [{ setSplit: 5 }, { bake: { for: '1h' } }],
  guardrails: [TIME],
  ...more,
});
const problemsOf = (more: object) => {
  const parsed = parsePlan(plan(more));
  return parsed.ok ? [] : parsed.problems.map(({ code, path, message }) => ({ code, path, message }));
};

test.each([{ control: 'none' }, { retire: true }])('a plan with %j compares by custom metrics', (arm) => {
  expect(parsePlan(plan(arm))).toMatchObject({ ok: true, plan: arm });
  expect(parsePlan(plan({ ...arm, policies: { longWatch: { for: '1d', alpha: 0.01 } } })).ok).toBe('control' in arm);
});

test('guardrails on cards are refused with one error that names them all, for they exist in one arm only', () => {
  const latency = { metric: 'deliveryLatency', worseWhen: 'higher', margin: '10%', alpha: 0.01, mode: 'observe' };
  expect(problemsOf({ control: 'none', guardrails: [TIME, ACCEPTANCE, latency] })).toEqual([
    {
      code: 'plan-no-card',
      path: 'guardrails.1.metric',
      message:
        'With control: none one arm shows no card, so there is nothing to compare by acceptanceRate, deliveryLatency p95.',
    },
  ]);
});

test('the way out names what works: what the engine reads and when, what is sent, a whole plan, and dev', () => {
  const parsed = parsePlan(plan({ control: 'none', guardrails: [ACCEPTANCE] }));
  const [problem] = parsed.ok ? [] : parsed.problems;
  expect(problem?.remedy).toMatch(
    /handleTime or transfers.* settle: 20m .*satisfaction.*returns-assist-1\.0\.0.*--models/,
  );
});

test('slices, and both at once, are refused; another word for the control too', () => {
  const slices = { by: ['queue'], times: 2, alpha: 0.01 };
  expect(problemsOf({ retire: true, slices })).toMatchObject([{ code: 'plan-no-card', path: 'slices' }]);
  expect(problemsOf({ control: 'none', retire: true })).toMatchObject([{ code: 'plan-no-card', path: 'retire' }]);
  expect(problemsOf({ control: 'baseline' })).toMatchObject([{ code: 'plan-value', path: 'control' }]);
  expect(problemsOf({ retire: false })).toMatchObject([{ path: 'retire' }]);
});
