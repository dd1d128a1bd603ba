import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { forceProblems, minimumProblems } from '../../src/domain/minimums/check.ts';
import type { OrganisationPolicy } from '../../src/domain/minimums/policy.ts';
import { parseOrganisationPolicy } from '../../src/domain/minimums/schema.ts';
import { parsePlan } from '../../src/domain/plan/parse.ts';
import { samplePlan, spoil } from './plan/sample.ts';

function policyOf(raw: unknown): OrganisationPolicy {
  const parsed = parseOrganisationPolicy(raw);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.policy;
}

function undercut(policy: unknown, plan: unknown = samplePlan()): string[] {
  const parsed = parsePlan(plan);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return minimumProblems(parsed.plan, policyOf(policy)).map(({ code, path }) => `${code} ${path}`);
}

test('the example is a policy, in the units of the engine', () => {
  const example: unknown = parse(readFileSync(join(__dirname, '../../examples/organisation-policy.yaml'), 'utf8'));
  expect(policyOf(example)).toStrictEqual({
    guardrails: [
      {
        metric: 'acceptanceRate',
        margins: [{ kind: 'relative', value: 0.2 }],
        tolerances: [{ kind: 'relative', value: 0.1 }],
        largestAlpha: 0.05,
      },
      {
        metric: 'deliveryLatency',
        statistic: 'p95',
        margins: [
          { kind: 'relative', value: 0.5 },
          { kind: 'absolute', value: 1000 },
        ],
        tolerances: [
          { kind: 'relative', value: 0.25 },
          { kind: 'absolute', value: 500 },
        ],
        largestAlpha: null,
      },
      {
        metric: 'undeliveredRate',
        margins: [
          { kind: 'relative', value: 1 },
          { kind: 'absolute', value: 0.02 },
        ],
        tolerances: [
          { kind: 'relative', value: 0.5 },
          { kind: 'absolute', value: 0.01 },
        ],
        largestAlpha: null,
      },
    ],
    largestMargin: { relative: 1, rate: 0.05, latency: 2000 },
    largestAlpha: 0.05,
    smallestAlpha: 0.001,
    largestFirstSplit: 10,
    approvalAbove: 50,
    promoteUndecided: 'forbidden',
    require: null,
    risks: {},
    force: 'forbidden',
  });
});

/**
 * The sample plan: 5, bake, 25, approve, 50, bake; acceptanceRate 10 % at 0.01, latency p95 observed, p99 25 %,
 * undeliveredRate 1pp.
 */
test.each<[what: string, policy: object, expected: string[]]>([
  ['a guardrail that is there', { guardrails: [{ metric: 'acceptanceRate', margin: '10%', alpha: 0.01 }] }, []],
  ['any statistic of a metric', { guardrails: [{ metric: 'deliveryLatency', margin: '25%' }] }, []],
  ['one margin of several kinds', { guardrails: [{ metric: 'undeliveredRate', margin: ['10%', '1pp'] }] }, []],
  ['a guardrail that is not there', { guardrails: [{ metric: 'dismissalRate' }] }, ['minimum-guardrail guardrails']],
  [
    'a custom metric that is not there',
    { guardrails: [{ metric: 'custom', name: 'handleTime' }] },
    ['minimum-guardrail guardrails'],
  ],
  [
    'a guardrail that only observes',
    { guardrails: [{ metric: 'deliveryLatency', statistic: 'p95' }] },
    ['minimum-guardrail guardrails.1.mode'],
  ],
  [
    'a smaller margin',
    { guardrails: [{ metric: 'acceptanceRate', margin: '9%' }] },
    ['minimum-margin guardrails.0.margin'],
  ],
  [
    'a margin of another kind',
    { guardrails: [{ metric: 'undeliveredRate', margin: '10%' }] },
    ['minimum-margin guardrails.3.margin'],
  ],
  [
    'a smaller alpha of one guardrail',
    { guardrails: [{ metric: 'acceptanceRate', alpha: 0.005 }] },
    ['minimum-alpha guardrails.0.alpha'],
  ],
  ['a smaller alpha of all', { largestAlpha: 0.015 }, ['minimum-alpha guardrails.2.alpha']],
  [
    'a larger alpha of all',
    { smallestAlpha: 0.02 },
    ['minimum-alpha guardrails.0.alpha', 'minimum-alpha guardrails.3.alpha', 'minimum-alpha policies.longWatch.alpha'],
  ],
  [
    'smaller margins of each kind',
    { largestMargin: { relative: '20%', rate: '0.5pp', latency: '100ms' } },
    ['minimum-margin guardrails.2.margin', 'minimum-margin guardrails.3.margin'],
  ],
  ['a smaller first split', { largestFirstSplit: 4 }, ['minimum-first-split steps.0']],
  ['the first split as it is', { largestFirstSplit: 5 }, []],
  ['an approval that comes in time', { approvalAbove: 25 }, []],
  ['an approval before the 25', { approvalAbove: 20 }, ['minimum-approval steps.2']],
  ['nothing promoted undecided, which this plan does not', { promoteUndecided: 'forbidden' }, []],
])('asked for %s', (_, policy, expected) => {
  expect(undercut(policy)).toEqual(expected);
});

const RATE = 'acceptanceRate';

test.each<[tolerance: string | undefined, policy: object, expected: string[]]>([
  [undefined, { guardrails: [{ metric: RATE, margin: '10%' }] }, []],
  ['6%', { guardrails: [{ metric: RATE, margin: '10%' }] }, ['minimum-tolerance guardrails.0.tolerance']],
  ['6%', { guardrails: [{ metric: RATE, margin: '12%' }] }, []],
  ['6%', { guardrails: [{ metric: RATE, margin: '10%', tolerance: '6%' }] }, []],
  ['6%', { guardrails: [{ metric: RATE, margin: '9%' }] }, ['minimum-margin guardrails.0.margin']],
  [undefined, { guardrails: [{ metric: RATE, tolerance: '0%' }] }, ['minimum-tolerance guardrails.0.tolerance']],
  ['0%', { guardrails: [{ metric: RATE, tolerance: '0%' }] }, []],
  [undefined, { guardrails: [{ metric: RATE, tolerance: '1pp' }] }, ['minimum-tolerance guardrails.0.tolerance']],
  [undefined, { guardrails: [{ metric: RATE, margin: ['10%', '2pp'], tolerance: '1pp' }] }, []],
  ['6%', { largestMargin: { relative: '25%' } }, []],
  ['9%', { largestMargin: { relative: '25%' } }, []],
  [
    '9%',
    { largestMargin: { relative: '10%' } },
    ['minimum-tolerance guardrails.0.tolerance', 'minimum-margin guardrails.2.margin'],
  ],
])('a tolerance of %s where the organisation asks for %j', (tolerance, policy, expected) => {
  expect(undercut(policy, spoil(samplePlan(), 'guardrails.0.tolerance', tolerance))).toEqual(expected);
});

test('asked for proof that a version is safe, a bake may require a goal, which is more', () => {
  const plan = samplePlan();
  const guardrails = plan.guardrails.map((one, i) => (i === 0 ? { ...(one as object), goal: '2%' } : one));
  const steps = [{ setSplit: 5 }, { bake: { for: '2h', minCards: 7 } }];
  expect(undercut({ require: 'safe' }, { ...plan, guardrails, steps })).toEqual([]);
  expect(undercut({ require: 'safe' }, { ...plan, guardrails })).toEqual(['minimum-require steps.1']);
});

test('promotion is a split of all: it needs the approval that comes before every split above', () => {
  const plan = samplePlan();
  const unapproved = { ...plan, steps: plan.steps.filter((step) => !Object.hasOwn(step as object, 'approve')) };
  expect(undercut({ approvalAbove: 90 }, unapproved)).toEqual(['minimum-approval steps']);
  expect(undercut({ approvalAbove: 90 })).toEqual([]);
});

test('what is promoted undecided, by slices of a large alpha, or by force, is told by name', () => {
  expect(undercut({ promoteUndecided: 'forbidden' }, spoil(samplePlan(), 'policies.onUndecided', 'promote'))).toEqual([
    'minimum-on-undecided policies.onUndecided',
  ]);
  expect(undercut({ largestAlpha: 0.1 }, { ...samplePlan(), slices: { by: ['queue'], alpha: 0.2 } })).toEqual([
    'minimum-alpha slices.alpha',
  ]);
  expect(forceProblems(true, {}, policyOf({ force: 'forbidden' })).map(({ code }) => code)).toEqual(['minimum-force']);
  expect([
    ...forceProblems(true, {}, policyOf({ force: 'allowed' })),
    ...forceProblems(false, {}, policyOf({ force: 'forbidden' })),
  ]).toEqual([]);
});

test.each<[raw: unknown, expected: string[]]>([
  [null, ['plan-type ']],
  [{}, ['plan-empty ']],
  [{ guardrail: [] }, ['plan-unknown-field guardrail']],
  [{ guardrails: [{}] }, ['plan-missing guardrails.0.metric']],
  [{ guardrails: [{ metric: 'custom' }] }, ['plan-guardrail-name guardrails.0.name']],
  [
    { guardrails: [{ metric: 'acceptanceRate', statistic: 'p95' }] },
    ['plan-guardrail-statistic guardrails.0.statistic'],
  ],
  [{ guardrails: [{ metric: 'acceptanceRate', margin: ['10%', '200ms'] }] }, ['plan-margin guardrails.0.margin']],
  [{ guardrails: [{ metric: 'acceptanceRate', margin: [] }] }, ['plan-margin guardrails.0.margin']],
  [{ guardrails: [{ metric: 'acceptanceRate', tolerance: 'some' }] }, ['plan-tolerance guardrails.0.tolerance']],
  [{ guardrails: [{ metric: 'acceptanceRate', tolerance: '1s' }] }, ['plan-margin guardrails.0.tolerance']],
  [
    { guardrails: [{ metric: 'acceptanceRate', margin: '10%', tolerance: '10%' }] },
    ['plan-tolerance guardrails.0.tolerance'],
  ],
  [{ largestMargin: { rate: '20%' } }, ['plan-margin largestMargin.rate']],
  [{ largestAlpha: '1%' }, ['plan-type largestAlpha']],
  [{ largestFirstSplit: 100 }, ['plan-split largestFirstSplit']],
  [{ force: 'never' }, ['plan-value force']],
])('%j is no policy', (raw, expected) => {
  const parsed = parseOrganisationPolicy(raw);
  expect(parsed.ok ? [] : parsed.problems.map(({ code, path }) => `${code} ${path}`)).toEqual(expected);
});
