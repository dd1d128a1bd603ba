import fc from 'fast-check';
import { checkPlan, parseEnginePlan } from '../../../src/domain/plan/check.ts';
import { PROBLEM_CODES } from '../../../src/domain/plan/codes.ts';
import { DEFAULT_POLICIES } from '../../../src/domain/plan/default-policies.ts';
import { enginePlan, spoil } from './sample.ts';

const brief = (plan: unknown) => checkPlan(plan).map(({ code, path }) => `${code} ${path}`);

test('what the parser makes of a plan that people write has no problem, and comes back as it was', () => {
  expect(parseEnginePlan(enginePlan())).toStrictEqual({ ok: true, plan: enginePlan() });
  const slices = { by: ['queue'], times: 3, alpha: 0.02 };
  expect(parseEnginePlan({ ...enginePlan(), slices })).toStrictEqual({ ok: true, plan: { ...enginePlan(), slices } });
});

test('policies that are not there are the usual ones, an approval has a time-out and a latency its percentile', () => {
  const plan = spoil(
    spoil(spoil(enginePlan(), 'policies', undefined), 'steps.3.timeoutMs', null),
    'guardrails.1.statistic',
    undefined,
  );
  expect(parseEnginePlan(plan)).toMatchObject({
    ok: true,
    plan: {
      policies: DEFAULT_POLICIES,
      steps: { 3: { timeoutMs: 7 * 86_400_000 } },
      guardrails: { 1: { statistic: 'p95' } },
    },
  });
});

test.each<[path: string, value: unknown, expected: string[]]>([
  ['apiVersion', undefined, ['plan-missing apiVersion']],
  ['extra', 1, ['plan-unknown-field extra']],
  ['target.kind', 'elsewhere', ['plan-value target.kind']],
  ['target.kind', 'copilotSuggestions', ['plan-missing target.assistant']],
  ['target', undefined, ['plan-missing target']],
  ['action.name', 'Refund/Assist', ['plan-name action.name']],
  ['action.version', '1.5', ['plan-version action.version']],
  ['action.html', ' \n', ['plan-html action.html']],
  ['action.html', { kind: 'file', file: '/etc/passwd' }, ['plan-type action.html']],
  ['action.trigger.minConfidence', Number.NaN, ['plan-type action.trigger.minConfidence']],
  ['steps', [], ['plan-range steps']],
  ['steps', { length: 1 }, ['plan-type steps']],
  ['steps', [{ kind: 'setSplit', percent: 97.5 }], ['plan-step steps.0']],
  ['steps.0.kind', 'setSplt', ['plan-value steps.0.kind']],
  ['steps.0.kind', undefined, ['plan-missing steps.0.kind']],
  ['steps.0', null, ['plan-type steps.0']],
  ['steps.0.percent', 100, ['plan-split steps.0.percent']],
  ['steps.0.percent', 1e308, ['plan-split steps.0.percent']],
  ['steps.0.percent', undefined, ['plan-missing steps.0.percent']],
  ['steps.0.setSplit', 5, ['plan-unknown-field steps.0.setSplit']],
  ['steps.4.percent', 1, ['plan-split steps.4.percent']],
  ['steps.5', { kind: 'approve', reason: 'ok?', timeoutMs: 1000, onTimeout: 'hold' }, ['plan-step steps.4']],
  ['steps.1.forMs', 0, ['plan-range steps.1.forMs']],
  ['steps.1.forMs', 1e300, ['plan-range steps.1.forMs', 'plan-range steps.1.forMs', 'plan-bake steps.1.atMostMs']],
  ['steps.1.forMs', Number.POSITIVE_INFINITY, ['plan-type steps.1.forMs']],
  ['steps.1.forMs', 400 * 86_400_000, ['plan-range steps.1.forMs', 'plan-bake steps.1.atMostMs']],
  ['steps.1.atMostMs', 1000, ['plan-bake steps.1.atMostMs']],
  ['steps.1.require', undefined, ['plan-missing steps.1.require']],
  ['steps.3.timeoutMs', '24h', ['plan-type steps.3.timeoutMs']],
  ['guardrails', [], ['plan-range guardrails']],
  ['guardrails.0.metric', 'acceptance', ['plan-value guardrails.0.metric']],
  ['guardrails.0.margin', undefined, ['plan-missing guardrails.0.margin']],
  ['guardrails.0.margin.value', Number.NaN, ['plan-type guardrails.0.margin.value']],
  ['guardrails.0.margin.value', 0, ['plan-range guardrails.0.margin.value']],
  ['guardrails.0.margin.value', 1, ['plan-margin guardrails.0.margin']],
  ['guardrails.3.margin.value', 1, ['plan-margin guardrails.3.margin']],
  ['guardrails.0.worseWhen', 'higher', ['plan-guardrail-direction guardrails.0.worseWhen']],
  ['guardrails.0.statistic', 'p95', ['plan-guardrail-statistic guardrails.0.statistic']],
  ['guardrails.0.limit', 20, ['plan-limit guardrails.0.limit']],
  ['guardrails.0.tolerance', 0.1, ['plan-tolerance guardrails.0.tolerance']],
  ['guardrails.0.tolerance', -0.01, ['plan-range guardrails.0.tolerance']],
  ['guardrails.0.tolerance', '5%', ['plan-type guardrails.0.tolerance']],
  ['guardrails.0.tolerance', Number.NaN, ['plan-type guardrails.0.tolerance']],
  ['guardrails.0.alpha', 0, ['plan-range guardrails.0.alpha']],
  ['guardrails.3.alpha', 0.48, ['plan-alpha guardrails']],
  ['guardrails.2.statistic', 'p95', ['plan-guardrail-duplicate guardrails.2']],
  ['slices', { by: ['agent'], times: 2, alpha: 0.01 }, ['plan-value slices.by.0']],
  ['policies.onUndecided', 'promot', ['plan-value policies.onUndecided']],
  ['policies.onDrift.rival', 'reassert', ['plan-drift policies.onDrift.rival']],
  ['policies.onBlind.afterMs', Number.NaN, ['plan-type policies.onBlind.afterMs']],
  ['steps.4.percent', 98, ['plan-holdback policies.holdbackPercent']],
  ['policies.holdbackPercent', 51, ['plan-holdback policies.holdbackPercent']],
  ['policies.longWatch', { forMs: 1, alpha: 0.5 }, ['plan-range policies.longWatch.alpha']],
  ['policies.settle', '60s', ['plan-unknown-field policies.settle']],
])('%s = %j is refused', (path, value, expected) => {
  expect(brief(spoil(enginePlan(), path, value))).toEqual(expected);
});

test('an unknown step is told which there are, and a misspelt field its name', () => {
  const [step] = checkPlan(spoil(enginePlan(), 'steps.0.kind', 'setSplt'));
  expect(step?.remedy).toContain('Did you mean setSplit?');
  const [field] = checkPlan(spoil(enginePlan(), 'steps.1.atMost', 5));
  expect(field?.remedy).toContain('Did you mean atMostMs?');
});

test('every guardrail only observing, and custom metrics of one name, are refused as in a plan that people write', () => {
  const observing = (enginePlan()['guardrails'] as object[]).map((guardrail) => ({ ...guardrail, mode: 'observe' }));
  expect(brief({ ...enginePlan(), guardrails: observing })).toEqual(['plan-guardrail-none guardrails']);
  const handleTime = {
    metric: 'custom',
    name: 'handleTime',
    statistic: 'p50',
    worseWhen: 'higher',
    margin: { kind: 'absolute', value: 5 },
    alpha: 0.01,
    mode: 'enforce',
  };
  expect(brief({ ...enginePlan(), guardrails: [handleTime, handleTime] })).toEqual([
    'plan-guardrail-duplicate guardrails.1',
  ]);
});

test('what no plan needs is refused as a whole, however large or deep, in an answer that fits into a message', () => {
  let deep: unknown = 1;
  for (let depth = 0; depth < 100_000; depth++) deep = [deep];
  const many = Array.from({ length: 1_000_000 }, () => 0);
  for (const rubbish of [{ ...enginePlan(), steps: many }, { ...enginePlan(), steps: deep }, many, deep]) {
    expect(brief(rubbish)).toEqual(['plan-range ']);
  }
  const wide = Object.fromEntries(Array.from({ length: 4_000 }, (_, at) => [`${'x'.repeat(400)}${at}`, 0]));
  expect(JSON.stringify(checkPlan({ ...enginePlan(), ...wide })).length).toBeLessThan(100_000);
});

test('rubbish in any place is answered with problems of known codes, never thrown', () => {
  const codes: readonly string[] = PROBLEM_CODES;
  const paths = [
    'action',
    'action.trigger',
    'target',
    'steps',
    'steps.0',
    'steps.1.forMs',
    'guardrails',
    'guardrails.0',
    'guardrails.0.margin',
    'policies',
    'policies.onDrift',
    'slices',
  ];
  fc.assert(
    fc.property(fc.constantFrom(...paths), fc.anything({ withNullPrototype: true, maxDepth: 3 }), (path, value) => {
      for (const plan of [value, spoil(enginePlan(), path, value)]) {
        for (const problem of checkPlan(plan)) expect(codes).toContain(problem.code);
      }
    }),
    { numRuns: 500 },
  );
});
