import { DEFAULT_POLICIES } from '../../../src/domain/plan/default-policies.ts';
import { planWarnings } from '../../../src/domain/plan/warnings.ts';
import { checkPlan } from '../../../src/domain/plan/check.ts';
import { enginePlan, spoil } from './sample.ts';

const [Q1, Q2, A1, A2] = [1, 2, 3, 4].map((n) => `6f2f7b7e-3a51-4c0e-9c57-0b6c1d1f4a0${n}`) as [
  string,
  string,
  string,
  string,
];
const brief = (plan: unknown): string[] => checkPlan(plan).map(({ code, path }) => `${code} ${path}`);

const named = { name: 'RefundAssist', version: '1.5.0' };
const guardrails = enginePlan()['guardrails'] as { readonly metric: string }[];
const rates = guardrails.filter(({ metric }) => metric === 'acceptanceRate');
const on = (target: object, action: object, more: object = {}): object => ({
  ...enginePlan(),
  target,
  action: { ...named, ...action },
  guardrails: rates,
  ...more,
});
const measured = [
  {
    metric: 'custom',
    name: 'handleTime',
    unit: 's',
    worseWhen: 'higher',
    margin: { kind: 'relative', value: 0.1 },
    alpha: 0.01,
    mode: 'enforce',
  },
];
const { longWatch: _longWatch, ...policies } = enginePlan()['policies'] as Record<string, unknown>;
const suggestion = {
  text: 'Offer the refund.',
  sources: [{ name: 'Policy', url: 'https://intranet.example/refunds' }],
};
const queues = (pairs: readonly object[], more: object = {}): object => ({ kind: 'copilotQueues', pairs, ...more });
const PAIRS = [
  { queue: Q1, baseline: A1, candidate: A2 },
  { queue: Q2, baseline: A1, candidate: A2 },
];

test('a text on copilotSuggestions, an assistant on copilotQueues and a card on assistPanel are plans', () => {
  expect(brief(on({ kind: 'copilotSuggestions', assistant: A1 }, { suggestion }))).toEqual([]);
  expect(brief(on(queues(PAIRS), {}))).toEqual([]);
  expect(brief({ ...enginePlan(), target: { kind: 'assistPanel' } })).toEqual([]);
});

test.each<[string, object, string[]]>([
  [
    'a card without html',
    on({ kind: 'assistPanel', queues: [Q1] }, {}),
    ['plan-missing action.html', 'plan-missing action.trigger'],
  ],
  ['a text without text', on({ kind: 'copilotSuggestions', assistant: A1 }, {}), ['plan-missing action.suggestion']],
  [
    'a card among texts',
    { ...enginePlan(), target: { kind: 'copilotSuggestions', assistant: A1 }, guardrails: rates },
    [
      'plan-missing action.suggestion',
      'plan-target action.html',
      'plan-target action.trigger',
      'plan-target action.ui',
    ],
  ],
  ['an assistant with a text', on(queues(PAIRS), { suggestion }), ['plan-target action.suggestion']],
  [
    'a source that is no link',
    on(
      { kind: 'copilotSuggestions', assistant: A1 },
      { suggestion: { ...suggestion, sources: [{ name: 'x', url: 'javascript:alert(1)' }] } },
    ),
    ['plan-type action.suggestion.sources.0.url'],
  ],
  ['a queue named twice', on(queues([...PAIRS, PAIRS[0] ?? {}]), {}), ['plan-target target.pairs.2.queue']],
  ['one queue', on(queues(PAIRS.slice(0, 1)), {}), ['plan-target target.pairs']],
  [
    'the same assistant in both arms',
    on(queues([...PAIRS.slice(0, 1), { queue: Q2, baseline: A2, candidate: A2 }]), {}),
    ['plan-target target.pairs.1.candidate'],
  ],
  [
    'agents without control: none',
    on(queues([{ queue: Q1, candidate: A2 }], { unit: 'agent' }), {}),
    ['plan-target control'],
  ],
  [
    'a retired assistant, which would leave its queues with none',
    on(queues(PAIRS), {}, { retire: true, guardrails: measured, policies }),
    ['plan-target retire'],
  ],
  [
    'agents whose assistant is retired',
    on(queues([{ queue: Q1, candidate: A2 }], { unit: 'agent' }), {}, { retire: true, guardrails: measured, policies }),
    ['plan-target retire', 'plan-target control'],
  ],
  [
    'queues without a baseline',
    on(queues(PAIRS), {}, { control: 'none', guardrails: measured, policies }),
    ['plan-target control'],
  ],
  [
    'an id that is none',
    on({ kind: 'copilotSuggestions', assistant: 'mine' }, { suggestion }),
    ['plan-type target.assistant'],
  ],
])('%s is refused', (_, plan, expected) => {
  expect(brief(plan)).toEqual(expected);
});

test('what nothing tells of on a target cannot be guarded there', () => {
  const plan = on({ kind: 'copilotSuggestions', assistant: A1 }, { suggestion }, { guardrails });
  expect(new Set(brief(plan).map((line) => line.split(' ')[0]))).toEqual(new Set(['plan-target']));
  expect(
    checkPlan(plan)
      .map(({ message }) => message)
      .join(' '),
  ).toMatch(/copilotSuggestions tells of deliveryLatency/);
});

test('a panel that follows other queues than its trigger asks for makes no card', () => {
  const given = (id: string): object => ({
    ...(spoil(enginePlan(), 'action.trigger.conditions', [{ type: 'queue', id }]) as object),
    target: { kind: 'assistPanel', queues: [Q1] },
  });
  expect(brief(given(Q2))).toEqual(['plan-target target.queues']);
  expect(brief(given(Q1))).toEqual([]);
});

test('a panel without a queue hears nothing', () => {
  const plan = spoil(enginePlan(), 'action.trigger.conditions', []) as object;
  expect(brief({ ...plan, target: { kind: 'assistPanel' } })).toEqual(['plan-target target']);
});

test('few queues prove nothing, and whoever writes the plan hears it; agents are more', () => {
  const warned = (count: number, unit?: 'agent'): number => {
    const pairs = Array.from({ length: count }, (_, at) => ({
      queue: `00000000-0000-4000-8000-${String(at).padStart(12, '0')}`,
      candidate: '9b6e4c12-0f83-4d7a-b5c9-17e2a8d03f22',
    }));
    const target = { kind: 'copilotQueues' as const, pairs, ...(unit !== undefined && { unit }) };
    const policies = { ...DEFAULT_POLICIES, holdbackPercent: 5 };
    const plan = { target, action: { name: 'A', version: '1.0.0' }, steps: [], guardrails: [], policies };
    return planWarnings(plan).filter(({ path, severity }) => path === 'target.pairs' && severity === 'warning').length;
  };
  expect([warned(3), warned(9), warned(10), warned(3, 'agent')]).toEqual([1, 1, 0, 0]);
});

describe('a split for a part of the audience', () => {
  const BAKE = { kind: 'bake', forMs: 60_000, atMostMs: 600_000, minCards: 10, require: 'safe' };
  const panel = (splits: readonly object[], target: object = {}): object => ({
    ...enginePlan(),
    target: { kind: 'assistPanel', queues: [Q1, Q2], ...target },
    action: { ...(enginePlan()['action'] as object) },
    steps: [...splits.map((split) => ({ kind: 'setSplit', ...split })), BAKE],
  });
  const found = (plan: unknown): string[] =>
    brief(plan).filter((problem) => /plan-(audience|split|target|unknown)/.test(problem));
  const conditions = (plan: object): object => spoil(plan as Record<string, unknown>, 'action.trigger.conditions', []);
  const problems = (splits: readonly object[], target?: object): string[] => found(conditions(panel(splits, target)));

  test('grows, at no less a share, and then is for everybody', () => {
    const of = { queues: [Q1] };
    expect(problems([{ percent: 25, of }, { percent: 25, of: { queues: [Q1, Q2] } }, { percent: 25 }])).toEqual([]);
    expect(
      problems([
        { percent: 25, of },
        { percent: 25, of },
      ]),
    ).toEqual(['plan-split steps.1.percent']);
    expect(problems([{ percent: 25, of }, { percent: 5 }])).toEqual(['plan-split steps.1.percent']);
  });

  test.each([
    ['for others', { queues: [Q1] }, { queues: [Q2] }],
    ['for fewer', { queues: [Q1, Q2] }, { queues: [Q1] }],
    ['for a pilot after everybody', undefined, { queues: [Q1] }],
  ])('that is %s than the one before is refused', (_what, before, after) => {
    const splits = [
      { percent: 5, ...(before && { of: before }) },
      { percent: 50, of: after },
    ];
    expect(problems(splits)).toEqual(['plan-audience steps.1.percent']);
  });

  test('names somebody whom the target can tell, and where it makes cards', () => {
    expect(problems([{ percent: 5, of: { name: 'Pilot' } }])).toEqual(['plan-audience steps.0.of']);
    expect(problems([{ percent: 5, of: { queues: [A1] } }])).toEqual(['plan-audience steps.0.percent']);
    expect(problems([{ percent: 5, of: { queue: [Q1] } }])).toContain('plan-unknown-field steps.0.of.queue');
    expect(problems([{ percent: 5, of: { queues: [Q1] } }], { unit: 'agent' })).toEqual([
      'plan-audience steps.0.percent',
    ]);
    expect(problems([{ percent: 5, of: { teams: [A1] } }], { unit: 'agent' })).toEqual([]);
  });

  test('is refused by every other target, with the way out', () => {
    const steps = [{ kind: 'setSplit', percent: 5, of: { agents: [A1] } }, BAKE];
    const plan = { ...enginePlan(), target: { kind: 'agentAssistActions' }, steps };
    expect(checkPlan(plan).find(({ code }) => code === 'plan-target')).toMatchObject({
      path: 'steps.0.percent',
      remedy: expect.stringContaining('trigger') as unknown,
    });
  });
});
