import { parseDefaults } from '../../../src/domain/plan/expand/defaults.ts';
import type { Defaults } from '../../../src/domain/plan/expand/defaults.ts';
import { parsePlan } from '../../../src/domain/plan/parse.ts';
import type { ParsedPlan } from '../../../src/domain/plan/parse.ts';
import { templateProblems } from '../../../src/domain/minimums/templates.ts';
import { parseOrganisationPolicy } from '../../../src/domain/minimums/schema.ts';
import { samplePlan } from './sample.ts';

const acceptance = { metric: 'acceptanceRate', worseWhen: 'lower', margin: '10%', alpha: 0.01 };
const latency = { metric: 'deliveryLatency', worseWhen: 'higher', margin: '25%', alpha: 0.01 };
const usual = {
  guardrails: [acceptance, latency],
  policies: { onNoData: { after: '10m', do: 'rollback' }, holdback: 3 },
  steps: [{ ladder: 'quick' }],
};

function defaults(more: Record<string, unknown> = {}, templates: Record<string, unknown> = {}): Defaults {
  const parsed = parseDefaults(
    { apiVersion: 'assist-rollouts/v1', templates: { usual, ...templates }, ...more },
    'defaults.yaml',
  );
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.defaults;
}

function read(says: Record<string, unknown>, from: Defaults | null) {
  const { action, apiVersion } = samplePlan();
  return parsePlan({ apiVersion, action, ...says }, from);
}

function plan(says: Record<string, unknown>, from: Defaults): ParsedPlan['plan'] {
  const result = read(says, from);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.plan;
}

function brief(says: Record<string, unknown>, from: Defaults | null): readonly string[] {
  const result = read(says, from);
  return result.ok
    ? []
    : result.problems.map(({ code, path, file }) => [code, ...(file === undefined ? [] : [file]), path].join(' '));
}

test('a plan takes guardrails, policies and steps from a template, and its own word wins field by field', () => {
  const taken = plan(
    {
      extends: 'usual',
      policies: { onNoData: { after: '5m' }, onUndecided: 'rollback' },
      guardrails: [
        { metric: 'deliveryLatency', statistic: 'p95', margin: '10%' },
        { metric: 'deliveryLatency', statistic: 'p99', worseWhen: 'higher', margin: '30%', alpha: 0.02 },
      ],
    },
    defaults(),
  );
  expect(
    taken.guardrails.map(({ metric, statistic, margin, alpha }) => [metric, statistic, margin.value, alpha]),
  ).toEqual([
    ['acceptanceRate', undefined, 0.1, 0.01],
    ['deliveryLatency', 'p95', 0.1, 0.01],
    ['deliveryLatency', 'p99', 0.3, 0.02],
  ]);
  expect(taken.policies).toMatchObject({
    onNoData: { afterMs: 300_000, do: 'rollback' },
    onUndecided: 'rollback',
    holdbackPercent: 3,
  });
  expect(taken.steps).toHaveLength(4);
  expect(plan({ extends: 'usual', steps: [{ setSplit: 5 }, { bake: { for: '1h' } }] }, defaults()).steps).toHaveLength(
    2,
  );
});

test('division, risk class and named templates are laid over each other in this order, and stay with the plan', () => {
  const hold = (holdback: number) => ({ policies: { holdback } });
  const from = defaults(
    { risks: { high: ['usual', 'b'] }, divisions: { Retail: 'a' } },
    { a: hold(11), b: hold(12), c: hold(13), d: { extends: ['c', 'usual'], policies: { settle: '9s' } } },
  );
  const holdback = (says: Record<string, unknown>) =>
    plan({ extends: 'usual', ...says }, from).policies.holdbackPercent;
  expect(holdback({ division: 'Retail', extends: ['usual', 'a'] })).toBe(11);
  expect(plan({ division: 'Retail', risk: 'high' }, from).policies.holdbackPercent).toBe(12);
  expect(plan({ risk: 'high', extends: 'c' }, from).policies.holdbackPercent).toBe(13);
  expect(plan({ risk: 'high', extends: 'c', policies: { holdback: 1 } }, from).policies.holdbackPercent).toBe(1);
  expect(plan({ extends: 'd' }, from).policies).toMatchObject({ holdbackPercent: 3, settleMs: 9000 });
  expect(plan({ division: 'Retail', risk: 'high' }, from)).toMatchObject({ division: 'Retail', risk: 'high' });
});

test('arguments are put in with their kind, the plan before the template, the template before the default', () => {
  const from = defaults(
    {},
    {
      split: {
        extends: 'usual',
        arguments: { first: { default: 5 }, bake: {} },
        steps: [{ setSplit: '$first' }, { bake: { for: '$bake' } }],
      },
      mine: { extends: 'split', with: { bake: '2h', first: 7 } },
    },
  );
  const first = (says: Record<string, unknown>) => plan(says, from).steps[0];
  expect(first({ extends: 'split', with: { bake: '1h' } })).toEqual({ kind: 'setSplit', percent: 5 });
  expect(first({ extends: 'split', with: { bake: '1h', first: 9 } })).toEqual({ kind: 'setSplit', percent: 9 });
  expect(first({ extends: 'mine' })).toEqual({ kind: 'setSplit', percent: 7 });
  expect(brief({ extends: 'split' }, from)).toEqual(['plan-template-argument extends']);
  expect(brief({ extends: 'split', with: { bake: '1h', fisrt: 9 } }, from)).toEqual([
    'plan-template-argument with.fisrt',
  ]);
  expect(brief({ extends: 'split', with: { bake: 'soon' } }, from)).toEqual([
    'plan-duration defaults.yaml templates.split.steps.1.bake.for',
  ]);
});

test('what is written out is a plan by itself, and the same one', () => {
  const from = defaults({ risks: { high: 'usual' } });
  const says = { risk: 'high', guardrails: [{ metric: 'acceptanceRate', margin: '5%' }] };
  const result = read(says, from);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  const again = parsePlan(result.expansion.raw);
  expect(again.ok && again.plan).toEqual(result.plan);
  const withFile = parsePlan(result.expansion.raw, from);
  expect(withFile.ok && withFile.plan).toEqual(result.plan);
});

test.each<[string, Record<string, unknown>, Record<string, unknown>, string[]]>([
  ['an unknown name', { extends: 'usaul' }, {}, ['plan-template extends']],
  ['a name of every object', { extends: 'toString' }, {}, ['plan-template extends']],
  ['no name', { extends: 7 }, {}, ['plan-template extends']],
  ['arguments of no kind', { extends: 'usual', with: { a: [1] } }, {}, ['plan-template with']],
  [
    'an unknown name within',
    { extends: 'a' },
    { a: { extends: 'nope' } },
    ['plan-template defaults.yaml templates.a.extends'],
  ],
  [
    'a circle',
    { extends: 'a' },
    { a: { extends: 'b' }, b: { extends: 'a' } },
    ['plan-template defaults.yaml templates.b.extends'],
  ],
  ['itself', { extends: 'a' }, { a: { extends: 'a' } }, ['plan-template defaults.yaml templates.a.extends']],
  [
    'an argument that it does not have',
    { extends: 'a' },
    { a: { steps: [{ setSplit: '$x' }] } },
    ['plan-template-argument defaults.yaml templates.a.steps.0.setSplit'],
  ],
])('%s is told once, and nothing else besides', (_, says, templates, expected) =>
  expect(brief(says, defaults({}, templates))).toEqual(expected),
);

test('templates of templates without end are cut off', () => {
  const level = (at: number) => ({ extends: Array.from({ length: 10 }, () => `t${at + 1}`) });
  const templates = { ...Object.fromEntries(Array.from({ length: 9 }, (_, at) => [`t${at}`, level(at)])), t9: {} };
  expect(brief({ extends: 't0' }, defaults({}, templates))).toEqual([
    'plan-template defaults.yaml templates.t8.extends',
  ]);
});

test('whatever depth and names a template has, it is answered', () => {
  const deep = JSON.parse('{"a":'.repeat(3_000) + '1' + '}'.repeat(3_000)) as Record<string, unknown>;
  const own = JSON.parse('{"__proto__": {"holdback": 7}, "constructor": 1}') as Record<string, unknown>;
  const raw = { apiVersion: 'assist-rollouts/v1', templates: { deep: { ...usual, policies: deep } } };
  expect(parseDefaults(raw, 'defaults.yaml')).toMatchObject({ ok: false, problems: [{ code: 'plan-range' }] });
  expect(brief({ extends: 'usual', policies: deep }, defaults())).toEqual(['plan-unknown-field policies.a']);
  expect(brief({ extends: 'own' }, defaults({}, { own: { ...usual, policies: own } })).toSorted()).toEqual([
    'plan-unknown-field defaults.yaml templates.own.policies.constructor',
  ]);
  expect(({} as Record<string, unknown>)['holdback']).toBeUndefined();
});

test('without a file a name is refused, and a risk class or division is a label', () => {
  const { steps, guardrails } = samplePlan();
  expect(brief({ extends: 'usual' }, null)).toEqual(['plan-template extends']);
  expect(brief({ risk: 'high', division: 'Retail', steps, guardrails }, null)).toEqual([]);
  expect(brief({ risk: 'hihg' }, defaults({ risks: { high: 'usual' } }))).toEqual(['plan-template risk']);
  expect(brief({ extends: 'usual', risk: 'any' }, defaults())).toEqual([]);
});

test('what is wrong is told where it was written: of a merged guardrail by its field', () => {
  const from = defaults(
    {},
    { bad: { guardrails: [{ ...acceptance, alpha: 7 }], policies: { onNoData: { after: 'x' } } } },
  );
  expect(
    brief({ extends: ['usual', 'bad'], guardrails: [{ metric: 'acceptanceRate', margin: '10' }] }, from).toSorted(),
  ).toEqual([
    'plan-duration defaults.yaml templates.bad.policies.onNoData.after',
    'plan-margin guardrails.0.margin',
    'plan-range defaults.yaml templates.bad.guardrails.0.alpha',
  ]);
  expect(brief({ extends: 'usual', guardrails: [latency, latency] }, defaults())).toEqual([
    'plan-guardrail-duplicate guardrails.1',
  ]);
});

test('a ladder of the defaults is named as any', () => {
  const from = defaults({ ladders: { slow: { splits: [1, 3], bake: { for: '2h' } } } });
  expect(plan({ extends: 'usual', steps: [{ ladder: 'slow' }] }, from).steps).toHaveLength(4);
  expect(brief({ extends: 'usual', steps: [{ ladder: 'solw' }] }, from)).toEqual(['plan-ladder steps.0.ladder']);
});

describe('templates by themselves', () => {
  const policyOf = (raw: object) => {
    const parsed = parseOrganisationPolicy(raw);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
    return parsed.policy;
  };
  const found = (from: Defaults, policy: object | null = null) =>
    templateProblems(from, policy === null ? null : policyOf(policy)).map(({ code, path }) => `${code} ${path}`);

  test('are well, also where they leave something to others, or to the plan', () => {
    expect(
      found(
        defaults(
          { risks: { high: ['usual', 'part'] } },
          {
            part: { guardrails: [{ ...latency, margin: '10%' }] },
            late: { policies: { onUndecided: 'hold' } },
            asks: { arguments: { first: {} }, steps: [{ setSplit: '$first' }] },
          },
        ),
      ),
    ).toEqual([]);
  });

  test('are wrong at their own places, named or not', () => {
    expect(
      found(
        defaults(
          { ladders: { bad: { splits: [7] } }, risks: { high: 'nope' } },
          {
            bad: { steps: [{ setSplit: 50 }, { setSplit: 5 }], guardrails: [{ metric: 'acceptance' }] },
          },
        ),
      ).toSorted(),
    ).toEqual([
      'plan-ladder ladders.bad',
      'plan-missing templates.bad.guardrails.0.alpha',
      'plan-missing templates.bad.guardrails.0.margin',
      'plan-missing templates.bad.guardrails.0.worseWhen',
      'plan-split templates.bad.steps.1.setSplit',
      'plan-step templates.bad.steps.1',
      'plan-template risks.high',
      'plan-value templates.bad.guardrails.0.metric',
    ]);
  });

  test('are held to what the organisation asks, of each risk class what it asks of that', () => {
    const from = defaults({ risks: { low: 'usual', high: 'usual' } });
    expect(found(from, { largestFirstSplit: 5 })).toEqual(['minimum-first-split templates.usual.steps.0.ladder']);
    expect(found(from, { guardrails: [{ metric: 'dismissalRate' }] })).toEqual([
      'minimum-guardrail templates.usual.guardrails',
    ]);
    expect(found(from, { risks: { low: {} } })).toEqual(['minimum-risk risks.high']);
    expect(found(from, { risks: { low: {}, high: { require: 'safe' } } })).toEqual([
      'minimum-require templates.usual.steps.0.ladder',
    ]);
  });
});
