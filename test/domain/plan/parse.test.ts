import fc from 'fast-check';
import { PROBLEM_CODES } from '../../../src/domain/plan/codes.ts';
import { DEFAULT_POLICIES } from '../../../src/domain/plan/default-policies.ts';
import { parsePlan, resolvePlan } from '../../../src/domain/plan/parse.ts';
import type { Plan } from '../../../src/domain/plan/plan.ts';
import type { Problem } from '../../../src/domain/plan/problem.ts';
import { samplePlan, spoil } from './sample.ts';

function parsed(raw: unknown) {
  const result = parsePlan(raw);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.plan;
}

function problems(raw: unknown): readonly Problem[] {
  const result = parsePlan(raw);
  return result.ok ? [] : result.problems;
}

const brief = (found: readonly Problem[]) => found.map(({ code, path }) => `${code} ${path}`);

test('a whole plan comes out in the units of the engine, with the html in its place', () => {
  const expected: Plan = {
    apiVersion: 'assist-rollouts/v1',
    action: {
      name: 'RefundAssist',
      version: '1.5.0',
      html: '<p>card</p>',
      trigger: {
        minConfidence: 0.8,
        keywords: ['pricing', 'refund', 'escalation'],
        conditions: [
          { type: 'queue', id: 'q1' },
          { type: 'skill', id: 's1' },
        ],
      },
      ui: { position: 'left', size: 'large', requiredFeatures: ['flexbox'] },
    },
    target: { kind: 'agentAssistActions' },
    steps: [
      { kind: 'setSplit', percent: 5 },
      { kind: 'bake', forMs: 1_800_000, atMostMs: 21_600_000, minCards: 100, require: 'noHarm' },
      { kind: 'setSplit', percent: 25 },
      { kind: 'approve', reason: 'Team leads agree', timeoutMs: 86_400_000, onTimeout: 'rollback' },
      { kind: 'setSplit', percent: 50 },
      { kind: 'bake', forMs: 7_200_000, atMostMs: 86_400_000, minCards: 7, require: 'safe' },
    ],
    guardrails: [
      {
        metric: 'acceptanceRate',
        worseWhen: 'lower',
        margin: { kind: 'relative', value: 0.1 },
        alpha: 0.01,
        mode: 'enforce',
      },
      {
        metric: 'deliveryLatency',
        statistic: 'p95',
        worseWhen: 'higher',
        margin: { kind: 'absolute', value: 200 },
        alpha: 0.02,
        mode: 'observe',
        limit: 800,
      },
      {
        metric: 'deliveryLatency',
        statistic: 'p99',
        worseWhen: 'higher',
        margin: { kind: 'relative', value: 0.25 },
        alpha: 0.02,
        mode: 'enforce',
      },
      {
        metric: 'undeliveredRate',
        worseWhen: 'higher',
        margin: { kind: 'absolute', value: 0.01 },
        alpha: 0.01,
        mode: 'enforce',
        limit: 0.2,
      },
    ],
    policies: {
      onUndecided: 'rollback',
      onNoData: { afterMs: 600_000, do: 'rollback' },
      onUntrusted: 'rollback',
      settleMs: 90_000,
      afterPromotionMs: 3_600_000,
      onDrift: {
        candidateContent: 'pause',
        baselineContent: 'rollback',
        split: 'pause',
        enabled: 'reassert',
        deleted: 'rollback',
        rival: 'rollback',
        export: 'pause',
        unseen: 'pause',
      },
      onBlind: { afterMs: 120_000, do: 'pause' },
      limits: {
        prepareMs: 600_000,
        splitMs: 300_000,
        pauseMs: 86_400_000,
        heldMs: 604_800_000,
        windowMs: 2_592_000_000,
      },
      windows: null,
      holdbackPercent: 2.5,
      longWatch: { forMs: 259_200_000, alpha: 0.01 },
      maxCards: null,
      learning: null,
    },
  };
  const plan = parsed(samplePlan());
  expect('html' in plan.action && plan.action.html).toEqual({ kind: 'file', file: 'refund-assist.html' });
  const resolved = resolvePlan(plan, '<p>card</p>');
  expect(resolved).toStrictEqual(expected);
  expect(JSON.parse(JSON.stringify(resolved))).toStrictEqual(expected);
});

test('slices have their defaults, name each kind once, and spend a part of the budget', () => {
  expect(parsed({ ...samplePlan(), slices: { by: ['queue', 'queue', 'language'] } }).slices).toEqual({
    by: ['queue', 'language'],
    times: 2,
    alpha: 0.01,
  });
  expect(parsed(samplePlan())).not.toHaveProperty('slices');
  expect(brief(problems({ ...samplePlan(), slices: { by: ['queue'], alpha: 0.48 } }))).toEqual([
    'plan-alpha guardrails',
  ]);
  expect(brief(problems({ ...samplePlan(), slices: { by: [] } }))).toHaveLength(1);
  expect(brief(problems({ ...samplePlan(), slices: { by: ['agent'] } }))).toHaveLength(1);
});

test('ten lines are a plan: all else has its default', () => {
  const plan = parsed({
    apiVersion: 'assist-rollouts/v1',
    action: { name: 'A', version: '1.0.0', html: { inline: '<p>a</p>' }, trigger: { keywords: ['a'] } },
    steps: [{ setSplit: 5 }, { bake: { for: '1m' } }, { approve: { reason: 'ok?' } }],
    guardrails: [{ metric: 'dismissalRate', worseWhen: 'higher', margin: '20%', alpha: 0.01 }],
  });
  expect(plan.action).toMatchObject({
    html: { kind: 'inline', html: '<p>a</p>' },
    trigger: { minConfidence: 0.75, conditions: [] },
    ui: { position: 'right', size: 'medium', requiredFeatures: [] },
  });
  expect(plan.target).toEqual({ kind: 'agentAssistActions' });
  expect(plan.steps.slice(1)).toEqual([
    { kind: 'bake', forMs: 60_000, atMostMs: 720_000, minCards: 100, require: 'safe' },
    { kind: 'approve', reason: 'ok?', timeoutMs: 604_800_000, onTimeout: 'hold' },
  ]);
  expect(plan.policies).toEqual(DEFAULT_POLICIES);
  expect(DEFAULT_POLICIES).toEqual({
    onUndecided: 'hold',
    onNoData: { afterMs: 1_800_000, do: 'pause' },
    onUntrusted: 'pause',
    settleMs: 60_000,
    afterPromotionMs: 300_000,
    onDrift: {
      candidateContent: 'rollback',
      baselineContent: 'pause',
      split: 'reassert',
      enabled: 'reassert',
      deleted: 'rollback',
      rival: 'pause',
      export: 'reassert',
      unseen: 'pause',
    },
    onBlind: { afterMs: 300_000, do: 'rollback' },
    limits: {
      prepareMs: 900_000,
      splitMs: 900_000,
      pauseMs: 604_800_000,
      heldMs: 604_800_000,
      windowMs: 2_592_000_000,
    },
    windows: null,
    holdbackPercent: 5,
    longWatch: null,
    maxCards: null,
    learning: null,
  });
});

test.each<[path: string, value: unknown, expected: string[]]>([
  ['apiVersion', 'assist-rollouts/v2', ['plan-value apiVersion']],
  ['apiVersion', undefined, ['plan-missing apiVersion']],
  ['verison', 1, ['plan-unknown-field verison']],
  ['action.verison', '1.0.0', ['plan-unknown-field action.verison']],
  ['action.version', '1.5', ['plan-version action.version']],
  ['action.version', 1.5, ['plan-version action.version']],
  ['action.version', 'v1.5.0', ['plan-version action.version']],
  ['action.version', '01.5.0', ['plan-version action.version']],
  ['action.version', undefined, ['plan-missing action.version']],
  ['action.name', 'Refund v2', ['plan-name action.name']],
  ['action.name', ' Refund', ['plan-name action.name']],
  ['action.name', 'Refund/Assist', ['plan-name action.name']],
  ['action.name', 'x'.repeat(65), ['plan-name action.name']],
  ['action.html', {}, ['plan-html action.html']],
  ['action.html', { fle: 'a' }, ['plan-unknown-field action.html.fle']],
  ['action.html', { file: 'a', inline: 'b' }, ['plan-html action.html']],
  ['action.html', 'card.html', ['plan-type action.html']],
  ['action.trigger.keywords', [], ['plan-range action.trigger.keywords']],
  ['action.trigger.keywords', ['refund', '  '], ['plan-range action.trigger.keywords.1']],
  ['action.trigger.keywords', 'refund', ['plan-type action.trigger.keywords']],
  ['action.trigger.minConfidence', 75, ['plan-range action.trigger.minConfidence']],
  ['action.trigger.minConfidence', Number.NaN, ['plan-type action.trigger.minConfidence']],
  ['action.trigger.conditions', [{ type: 'queu', id: 'q' }], ['plan-value action.trigger.conditions.0.type']],
  ['action.ui.position', 'rigth', ['plan-value action.ui.position']],
  ['target.kind', 'copilot', ['plan-value target.kind']],
  ['steps', [], ['plan-range steps']],
  ['steps.0', { bake: { for: '1m' } }, ['plan-step steps.0']],
  ['steps.0', 'setSplit', ['plan-type steps.0']],
  ['steps.0', {}, ['plan-step steps.0']],
  ['steps.0', { setSplit: 1, bake: { for: '1m' } }, ['plan-step steps.0']],
  ['steps.0', { setSplt: 1 }, ['plan-unknown-field steps.0.setSplt']],
  ['steps.2.setSplit', 120, ['plan-split steps.2.setSplit']],
  ['steps.2.setSplit', -1, ['plan-split steps.2.setSplit']],
  ['steps.2.setSplit', 100, ['plan-split steps.2.setSplit']],
  ['steps.2.setSplit', 12.345, ['plan-split steps.2.setSplit']],
  ['steps.2.setSplit', '25%', ['plan-split steps.2.setSplit']],
  ['steps.2.setSplit', 5, ['plan-split steps.2.setSplit']],
  ['steps.4.setSplit', 1, ['plan-split steps.4.setSplit']],
  ['steps.1.bake.for', '30 minutes', ['plan-duration steps.1.bake.for']],
  ['steps.1.bake.for', '0s', ['plan-duration steps.1.bake.for']],
  ['steps.1.bake.for', 30, ['plan-duration steps.1.bake.for']],
  ['steps.1.bake.for', undefined, ['plan-missing steps.1.bake.for']],
  ['steps.1.bake.atMost', '29m', ['plan-bake steps.1.bake.atMost']],
  ['steps.1.bake.minCards', 0.5, ['plan-type steps.1.bake.minCards']],
  ['steps.1.bake.require', 'harmless', ['plan-value steps.1.bake.require']],
  ['steps.3.approve.timeout', '0s', ['plan-duration steps.3.approve.timeout']],
  ['steps.3.approve.reason', undefined, ['plan-missing steps.3.approve.reason']],
  ['guardrails', [], ['plan-range guardrails']],
  ['guardrails.0.metric', 'acceptance', ['plan-value guardrails.0.metric']],
  ['guardrails.0.worseWhen', 'higher', ['plan-guardrail-direction guardrails.0.worseWhen']],
  ['guardrails.1.worseWhen', 'lower', ['plan-guardrail-direction guardrails.1.worseWhen']],
  ['guardrails.0.statistic', 'p95', ['plan-guardrail-statistic guardrails.0.statistic']],
  ['guardrails.0.margin', '200ms', ['plan-margin guardrails.0.margin']],
  ['guardrails.0.margin', '100%', ['plan-margin guardrails.0.margin']],
  ['guardrails.1.margin', '5pp', ['plan-margin guardrails.1.margin']],
  ['guardrails.1.margin', '0ms', ['plan-margin guardrails.1.margin']],
  ['guardrails.3.margin', '100pp', ['plan-margin guardrails.3.margin']],
  ['guardrails.3.margin', 0.1, ['plan-margin guardrails.3.margin']],
  ['guardrails.0.tolerance', '10%', ['plan-tolerance guardrails.0.tolerance']],
  ['guardrails.0.tolerance', '0.5pp', ['plan-tolerance guardrails.0.tolerance']],
  ['guardrails.0.tolerance', 'some', ['plan-tolerance guardrails.0.tolerance']],
  ['guardrails.1.tolerance', 100, ['plan-tolerance guardrails.1.tolerance']],
  ['guardrails.0.tolerence', '5%', ['plan-unknown-field guardrails.0.tolerence']],
  ['guardrails.3.alpha', 0, ['plan-range guardrails.3.alpha']],
  ['guardrails.3.alpha', 0.5, ['plan-range guardrails.3.alpha']],
  ['guardrails.3.alpha', 0.48, ['plan-alpha guardrails']],
  ['policies.longWatch', { for: '1d', alpha: 0.48 }, ['plan-alpha guardrails']],
  ['guardrails.1.statistic', 'p99', ['plan-guardrail-duplicate guardrails.2']],
  ['policies.onUndecided', 'promot', ['plan-value policies.onUndecided']],
  ['policies.onNoData', { after: '366d' }, ['plan-duration policies.onNoData.after']],
  ['policies', null, ['plan-type policies']],
  ['policies.onDrift.candidateContent', 'reassert', ['plan-drift policies.onDrift.candidateContent']],
  ['policies.onDrift.baselineContent', 'reassert', ['plan-drift policies.onDrift.baselineContent']],
  ['policies.onDrift.deleted', 'reassert', ['plan-drift policies.onDrift.deleted']],
  ['policies.onDrift.rival', 'reassert', ['plan-drift policies.onDrift.rival']],
  ['policies.onDrift.split', 'reasert', ['plan-value policies.onDrift.split']],
  ['policies.onDrift.content', 'pause', ['plan-unknown-field policies.onDrift.content']],
  ['policies.onBlind', { after: '0s' }, ['plan-duration policies.onBlind.after']],
  ['policies.onBlind.do', 'hold', ['plan-value policies.onBlind.do']],
  ['policies.limits', { prepare: '15' }, ['plan-duration policies.limits.prepare']],
  ['policies.limits', { rollback: '1h' }, ['plan-unknown-field policies.limits.rollback']],
  ['steps.4.setSplit', 97.6, ['plan-holdback policies.holdback']],
  ['action.html', { inline: ' ' }, ['plan-html action.html.inline']],
  ['policies.holdback', 51, ['plan-holdback policies.holdback']],
  ['policies.holdback', -1, ['plan-holdback policies.holdback']],
  ['policies.holdback', 0.001, ['plan-holdback policies.holdback']],
  ['policies.holdback', '5%', ['plan-holdback policies.holdback']],
  ['policies.longWatch', {}, ['plan-missing policies.longWatch.for', 'plan-missing policies.longWatch.alpha']],
  ['policies.longWatch.alpha', 0.5, ['plan-range policies.longWatch.alpha']],
  ['policies.longWatch', null, ['plan-type policies.longWatch']],
  ['guardrails.0.limit', '800ms', ['plan-limit guardrails.0.limit']],
  ['guardrails.0.limit', 0.2, ['plan-limit guardrails.0.limit']],
  ['guardrails.0.limit', '100%', ['plan-limit guardrails.0.limit']],
  ['guardrails.0.limit', null, ['plan-limit guardrails.0.limit']],
  ['guardrails.1.limit', '20%', ['plan-limit guardrails.1.limit']],
  ['guardrails.1.limit', '0ms', ['plan-duration guardrails.1.limit']],
  ['guardrails.1.limit', 800, ['plan-limit guardrails.1.limit']],
])('%s = %j is refused', (path, value, expected) => {
  expect(brief(problems(spoil(samplePlan(), path, value)))).toEqual(expected);
});

test.each([
  ['guardrails.0.metric', 'handleTime', 'A number from outside is metric: custom with name: handleTime.'],
  ['guardrails.0.metric', 'acceptRate', 'Did you mean acceptanceRate?'],
  ['guardrails.0.alpha', '1%', 'Write 0.01 here.'],
  ['guardrails.0.alpha', '2.5 %', 'Write 0.025 here.'],
  ['guardrails.0.alpha', 'small', 'Write a number here.'],
  ['guardrails.0.margin', 40, 'Write 40% (relative to the baseline), or 40pp (percentage points).'],
  ['guardrails.0.margin', 0.1, 'Write 10% (relative to the baseline), or 10pp (percentage points).'],
  ['guardrails.1.margin', 40, 'Write 40% (relative to the baseline), or 40ms.'],
  ['steps.1.bake.for', 10, 'Write 10m, 10h or 10s.'],
  ['steps.1.bake.for', 0, 'Write for example 30m'],
])('%s = %j is told the way out', (path, value, expected) => {
  expect(problems(spoil(samplePlan(), path, value)).map(({ remedy }) => remedy)).toEqual([
    expect.stringContaining(expected),
  ]);
});

test.each(['louder', 3])('the values that are allowed are told once where %j stands', (value) => {
  const [problem] = problems(spoil(samplePlan(), 'guardrails.0.worseWhen', value));
  expect(problem?.message).toContain('expected lower or higher');
  expect(problem?.remedy).toMatch(/^(Write one of these\.|Did you mean lower\?)$/);
});

const handleTime = { metric: 'custom', name: 'handleTime', unit: 's', worseWhen: 'higher', margin: 15, alpha: 0.01 };
const withCustom = (...guardrails: object[]) => spoil(samplePlan(), 'guardrails', guardrails);

test.each([
  ['guardrails.0.tolerance', '0%', 0],
  ['guardrails.0.tolerance', '7.5%', 0.075],
  ['guardrails.1.tolerance', '150ms', 150],
  ['guardrails.3.tolerance', '0.25pp', 0.0025],
])('%s: %j is a tolerance of the kind of its margin', (path, written, expected) => {
  const parsed = parsePlan(spoil(samplePlan(), path, written));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const tolerances = parsed.plan.guardrails.flatMap(({ tolerance }) => tolerance ?? []);
  expect(tolerances).toEqual([expected]);
});

test.each(['constructor', 'toString', 'level', 'acceptanceRate'])('%s is no name of a custom metric', (name) => {
  const read = parsePlan(withCustom({ ...handleTime, name }));
  expect(read.ok ? [] : read.problems.map(({ path }) => path)).toEqual(['guardrails.0.name']);
});

test('a custom metric has a name, a unit, and a margin as a share or a bare number; p50 if it says nothing else', () => {
  const plan = parsed(
    withCustom(handleTime, {
      metric: 'custom',
      name: 'satisfaction',
      statistic: 'p5',
      worseWhen: 'lower',
      margin: '10%',
      alpha: 0.01,
      mode: 'observe',
    }),
  );
  expect(plan.guardrails).toStrictEqual([
    {
      metric: 'custom',
      name: 'handleTime',
      unit: 's',
      statistic: 'p50',
      worseWhen: 'higher',
      margin: { kind: 'absolute', value: 15 },
      alpha: 0.01,
      mode: 'enforce',
    },
    {
      metric: 'custom',
      name: 'satisfaction',
      statistic: 'p5',
      worseWhen: 'lower',
      margin: { kind: 'relative', value: 0.1 },
      alpha: 0.01,
      mode: 'observe',
    },
  ]);
});

test.each<[object, string]>([
  [{ name: undefined }, 'plan-guardrail-name guardrails.0.name'],
  [{ name: 'handle time' }, 'plan-guardrail-name guardrails.0.name'],
  [{ name: '' }, 'plan-guardrail-name guardrails.0.name'],
  [{ name: '__proto__' }, 'plan-guardrail-name guardrails.0.name'],
  [{ name: 'x'.repeat(41) }, 'plan-guardrail-name guardrails.0.name'],
  [{ name: 7 }, 'plan-guardrail-name guardrails.0.name'],
  [{ name: 'deliveryLatency' }, 'plan-guardrail-name guardrails.0.name'],
  [{ unit: '' }, 'plan-guardrail-unit guardrails.0.unit'],
  [{ unit: 's\ns' }, 'plan-guardrail-unit guardrails.0.unit'],
  [{ unit: 'seconds after the card' }, 'plan-guardrail-unit guardrails.0.unit'],
  [{ units: 's' }, 'plan-unknown-field guardrails.0.units'],
  [{ worseWhen: undefined }, 'plan-missing guardrails.0.worseWhen'],
  [{ statistic: 'p90' }, 'plan-value guardrails.0.statistic'],
  [{ statistic: 'p5' }, 'plan-guardrail-statistic guardrails.0.statistic'],
  [{ statistic: 'p99', worseWhen: 'lower' }, 'plan-guardrail-statistic guardrails.0.statistic'],
  [{ margin: undefined }, 'plan-missing guardrails.0.margin'],
  [{ margin: 0 }, 'plan-margin guardrails.0.margin'],
  [{ margin: -1 }, 'plan-margin guardrails.0.margin'],
  [{ margin: Number.POSITIVE_INFINITY }, 'plan-margin guardrails.0.margin'],
  [{ margin: Number.NaN }, 'plan-margin guardrails.0.margin'],
  [{ margin: '200ms' }, 'plan-margin guardrails.0.margin'],
  [{ margin: '1pp' }, 'plan-margin guardrails.0.margin'],
  [{ margin: '15' }, 'plan-margin guardrails.0.margin'],
])('a custom metric with %j is refused, once', (wrong, expected) => {
  expect(brief(problems(withCustom({ ...handleTime, ...wrong })))).toEqual([expected]);
});

test('a custom metric has one guardrail, and a plan at most three; other metrics take no name, unit or bare margin', () => {
  expect(brief(problems(withCustom(handleTime, { ...handleTime, statistic: 'p95' })))).toEqual([
    'plan-guardrail-duplicate guardrails.1',
  ]);
  expect(brief(problems(withCustom(...['a', 'b', 'c', 'd', 'e'].map((name) => ({ ...handleTime, name })))))).toEqual([
    'plan-guardrail-custom guardrails.3',
  ]);
  const rate = { metric: 'dismissalRate', worseWhen: 'higher', margin: '10%', alpha: 0.01 };
  expect(brief(problems(withCustom({ ...rate, name: 'a', unit: 's' })))).toEqual([
    'plan-guardrail-name guardrails.0.name',
    'plan-guardrail-unit guardrails.0.unit',
  ]);
  expect(brief(problems(withCustom({ ...rate, margin: 15 })))).toEqual(['plan-margin guardrails.0.margin']);
  expect(brief(problems(withCustom({ ...rate, metric: 'deliveryLatency', statistic: 'p5' })))).toEqual([
    'plan-guardrail-statistic guardrails.0.statistic',
  ]);
});

test('the word of before still works, with one warning for all guardrails that say it', () => {
  const old = ['a', 'b'].map((name) => ({ ...handleTime, metric: 'level', name }));
  const parsed = parsePlan(withCustom(...old));
  expect(parsed).toEqual({
    ...parsePlan(withCustom(...old.map((one) => ({ ...one, metric: 'custom' })))),
    warnings: [expect.objectContaining({ code: 'plan-old-word', severity: 'warning', path: 'guardrails.0.metric' })],
  });
});

test('guardrails that only observe stop nothing, so one must be enforced', () => {
  const raw = spoil(samplePlan(), 'guardrails', [
    { metric: 'acceptanceRate', worseWhen: 'lower', margin: '10%', alpha: 0.1, mode: 'observe' },
  ]);
  expect(brief(problems(raw))).toEqual(['plan-guardrail-none guardrails']);
});

test('alphas that add up to exactly one half pass, rounding errors of the sum notwithstanding', () => {
  const alphas = [0.1, 0.2, 0.1, 0.09]; // and 0.01 of the long watch
  const raw = samplePlan();
  const metrics = ['acceptanceRate', 'dismissalRate', 'deliveryLatency', 'undeliveredRate'];
  raw.guardrails = metrics.map((metric, i) => ({
    metric,
    worseWhen: i === 0 ? 'lower' : 'higher',
    margin: '10%',
    alpha: alphas[i],
  }));
  expect(problems(raw)).toEqual([]);
});

test('all problems come together, also those that span steps', () => {
  const raw = spoil(spoil(spoil(samplePlan(), 'action.version', 'x'), 'steps.2.setSplit', 120), 'steps.4.setSplit', 4);
  expect(brief(problems(spoil(raw, 'colour', 'red'))).sort()).toEqual([
    'plan-split steps.2.setSplit',
    'plan-split steps.4.setSplit',
    'plan-unknown-field colour',
    'plan-version action.version',
  ]);
});

test('a misspelt field or word is answered with the one that was meant', () => {
  expect(problems(spoil(samplePlan(), 'action.verison', 1))[0]?.remedy).toMatch(/^Did you mean version\?/);
  expect(problems(spoil(samplePlan(), 'steps.1.bake.atmost', '1h'))[0]?.remedy).toMatch(/^Did you mean atMost\?/);
  expect(problems(spoil(samplePlan(), 'action.ui.position', 'rigth'))[0]?.remedy).toMatch(/^Did you mean right\?/);
  expect(problems(spoil(samplePlan(), 'action.zebra', 1))[0]?.remedy).toBe(
    'Known here: name, version, html, trigger, ui, inlineCode, suggestion.',
  );
});

test.each([undefined, null, 3, 'plan', [], true])('%j is no plan', (raw) => {
  expect(brief(problems(raw))).toEqual([raw === undefined ? 'plan-missing ' : 'plan-type ']);
});

describe('whatever it is given', () => {
  const paths = [
    'action',
    'action.html',
    'action.trigger',
    'action.trigger.keywords',
    'steps',
    'steps.0',
    'steps.1.bake',
    'guardrails',
    'guardrails.0',
    'policies',
    'policies.onNoData',
    'target',
  ];

  test('parsePlan never throws, and every problem has a known code and words', () => {
    fc.assert(fc.property(fc.jsonValue(), check));
  });

  test('nor does it when one part of a good plan is replaced', () => {
    const spoiled = fc.record({ path: fc.constantFrom(...paths), value: fc.jsonValue() });
    fc.assert(
      fc.property(spoiled, ({ path, value }) => check(spoil(samplePlan(), path, value))),
      { numRuns: 300 },
    );
  });

  function check(raw: unknown): void {
    const result = parsePlan(raw);
    if (result.ok) return;
    expect(result.problems.length).toBeGreaterThan(0);
    for (const { code, message, remedy } of result.problems) {
      expect(PROBLEM_CODES).toContain(code);
      expect(Math.min(message.length, remedy.length)).toBeGreaterThan(5);
    }
  }
});
