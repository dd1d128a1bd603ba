import { DEFAULT_POLICIES } from '../../../src/domain/plan/default-policies.ts';
import type { Plan } from '../../../src/domain/plan/plan.ts';
import type { Assumptions, AssumedEffect } from '../../../src/domain/forecast/assumptions.ts';
import { audiencesOf, audiencesSentence } from '../../../src/domain/forecast/audiences.ts';
import { harmlessOf } from '../../../src/domain/forecast/assumptions.ts';
import { forecast, whyPointless } from '../../../src/domain/forecast/forecast.ts';
import { startForecast } from '../../../src/domain/forecast/start-forecast.ts';
import { seededRandom } from '../../../src/domain/shared/random.ts';
import { harmOf, tolerableOf } from '../../../src/domain/forecast/effects.ts';
import { simulateRun } from '../../../src/domain/forecast/simulate.ts';
import { wilson } from '../../../src/domain/shared/share.ts';

const traffic: Assumptions = {
  cardsPerHour: 20_000,
  rates: { acceptanceRate: 0.4, dismissalRate: 0.2, undeliveredRate: 0.01 },
  latencyP50Ms: 220,
  latencyP95Ms: 500,
  agents: 100,
};
const HARMLESS = harmlessOf(traffic);
const plan: Plan = {
  apiVersion: 'assist-rollouts/v1',
  action: {
    name: 'RefundAssist',
    version: '1.5.0',
    html: '',
    trigger: { minConfidence: 0.5, keywords: ['refund'], conditions: [] },
    ui: { position: 'right', size: 'medium', requiredFeatures: [] },
  },
  target: { kind: 'agentAssistActions' },
  steps: [
    { kind: 'setSplit', percent: 10 },
    { kind: 'bake', forMs: 600_000, atMostMs: 1_200_000, minCards: 50, require: 'noHarm' },
    { kind: 'setSplit', percent: 50 },
    { kind: 'bake', forMs: 600_000, atMostMs: 3_600_000, minCards: 200, require: 'safe' },
  ],
  guardrails: [
    {
      metric: 'acceptanceRate',
      worseWhen: 'lower',
      margin: { kind: 'relative', value: 0.2 },
      alpha: 0.01,
      mode: 'enforce',
    },
  ],
  policies: { ...DEFAULT_POLICIES, afterPromotionMs: 60_000 },
};
const options = { runs: 6, maxCards: 60_000, random: seededRandom };

test('with enough volume a harmless version is promoted and twice the margin is caught, with times and cards', () => {
  const result = forecast(plan, traffic, options);
  expect(result.promoted.hits).toBeGreaterThanOrEqual(5);
  expect(result.pointless).toBe(false);
  const [row] = result.guardrails;
  expect(row?.caught.hits).toBe(6);
  expect(row?.caughtAfterCards).toBeGreaterThan(20);
  expect(row?.safeAfterMs).toBeGreaterThan(60_000);
  expect(result.sentence).toMatch(/20000 cards an hour, acceptance 40.0 %.*promoted in \d of 6/);
});

test('what is proven only at the planned end of the bake counts as proven, from then on', () => {
  const bake = { kind: 'bake', forMs: 2_700_000, atMostMs: 2_700_000, minCards: 200, require: 'safe' } as const;
  const brief = { ...plan, steps: [{ kind: 'setSplit', percent: 50 }, bake] } satisfies Plan;
  const runs = Array.from({ length: 12 }, (_, index) => index + 1).map((seed) =>
    simulateRun(brief, { ...traffic, cardsPerHour: 1200 }, HARMLESS, seededRandom(seed), options),
  );
  const atTheEnd = runs.filter(({ end, safeAtMs }) => end === 'promoted' && safeAtMs[0] === bake.atMostMs);
  expect(atTheEnd.length).toBeGreaterThanOrEqual(2);
  // A second step with no proof of its own leaves nothing to promote on.
  const longer = {
    ...brief,
    steps: [
      ...brief.steps,
      { kind: 'setSplit', percent: 60 },
      { ...bake, forMs: 1000, atMostMs: 1000, minCards: 0, require: 'noHarm' },
    ],
  } satisfies Plan;
  expect(
    simulateRun(
      longer,
      { ...traffic, cardsPerHour: 1200 },
      HARMLESS,
      seededRandom(runs.indexOf(atTheEnd[0]!) + 1),
      options,
    ).end,
  ).toBe('undecided');
});

describe('a run ends as the engine would end it', () => {
  /** One with which a harmless version of few cards is not proven safe in time. */
  const SEED = 1;
  const endOf = (
    policies: Partial<Plan['policies']>,
    {
      cardsPerHour = 1500,
      effect = HARMLESS,
    }: { readonly cardsPerHour?: number; readonly effect?: AssumedEffect } = {},
  ) => {
    const { end, by } = simulateRun(
      { ...plan, policies: { ...plan.policies, ...policies } },
      { ...traffic, cardsPerHour },
      effect,
      seededRandom(SEED),
      options,
    );
    return { end, by };
  };

  test('a bake without proof is held, rolled back or passed over as the plan says of undecided ones', () => {
    expect(endOf({ onUndecided: 'hold' })).toEqual({ end: 'undecided', by: 'undecided' });
    expect(endOf({ onUndecided: 'rollback' })).toEqual({ end: 'rolledBack', by: 'undecided' });
    expect(endOf({ onUndecided: 'promote' })).toEqual({ end: 'promoted', by: 'advance' });
  });

  test('silence waits for a person or rolls back, and is never passed over', () => {
    const silent = { cardsPerHour: 3 };
    const after = (action: 'pause' | 'rollback') => ({ afterMs: 300_000, do: action });
    expect(endOf({ onNoData: after('pause'), onUndecided: 'promote' }, silent).end).toBe('undecided');
    expect(endOf({ onNoData: after('rollback') }, silent)).toEqual({ end: 'rolledBack', by: 'noData' });
  });

  test('data that cannot be trusted wait for a person or roll back', () => {
    const losing = {
      cardsPerHour: 20_000,
      effect: { ...HARMLESS, rates: { ...traffic.rates, undeliveredRate: 0.41, acceptanceRate: 0.64 } },
    };
    expect(endOf({ onUntrusted: 'pause', onUndecided: 'promote' }, losing).end).toBe('undecided');
    expect(endOf({ onUntrusted: 'rollback' }, losing)).toEqual({ end: 'rolledBack', by: 'untrusted' });
  });
});

test('with hardly any volume the plan is pointless, and says what would help', () => {
  const quiet = { ...traffic, cardsPerHour: 60 };
  expect(forecast(plan, quiet, options).pointless).toBe(true);
  expect(whyPointless(plan, quiet, options)).toMatch(/never proven safe within this plan \(0 of 6/);
  expect(whyPointless(plan, traffic, options)).toBeNull();
  expect(whyPointless({ ...plan, policies: { ...plan.policies, onUndecided: 'promote' } }, quiet, options)).toBeNull();
});

test('a margin that is a share of a rate of 0 proves nothing, which is said instead of more of everything', () => {
  const none = { ...traffic, rates: { ...traffic.rates, dismissalRate: 0 } };
  const dismissal = {
    metric: 'dismissalRate',
    worseWhen: 'higher',
    margin: { kind: 'relative', value: 0.1 },
    alpha: 0.01,
    mode: 'enforce',
  } as const;
  const sentence = (guardrail: Plan['guardrails'][number]): string =>
    forecast({ ...plan, guardrails: [guardrail] }, none, { ...options, runs: 1 }).sentence;
  expect(sentence(dismissal)).toMatch(
    / A share of 0 is nothing: with dismissalRate at 0, a margin in % proves nothing however many cards come; give it in pp\.$/,
  );
  expect(sentence({ ...dismissal, margin: { kind: 'absolute', value: 0.02 } })).not.toMatch(/share of 0/);
  expect(forecast(plan, traffic, { ...options, runs: 1 }).sentence).not.toMatch(/share of 0/);
});

test('levels are left out of a forecast, which says so: nothing is known of their figures, and they make no plan pointless', () => {
  const level = {
    metric: 'custom',
    name: 'handleTime',
    statistic: 'p50',
    worseWhen: 'higher',
    margin: { kind: 'relative', value: 0.1 },
    alpha: 0.01,
    mode: 'enforce',
  } as const;
  const both = forecast({ ...plan, guardrails: [level, ...plan.guardrails] }, traffic, options);
  const { sentence, notForecast, ...without } = forecast(plan, traffic, options);
  expect(both).toMatchObject({ ...without, notForecast: ['handleTime p50'] });
  expect([notForecast, sentence]).toEqual([[], expect.not.stringContaining('Left out')]);
  expect(both.sentence).toMatch(/Left out, since nothing is known of its figures beforehand: handleTime p50\./);
  const alone = { ...plan, guardrails: [level] };
  expect(forecast(alone, traffic, options)).toMatchObject({
    guardrails: [],
    pointless: false,
    sentence: expect.stringMatching(/^No guardrail of this plan that is enforced can be forecast\. Left out/),
  });
  expect(whyPointless(alone, traffic, options)).toBeNull();
  expect(forecast({ ...alone, control: 'none' }, traffic, options).sentence).toMatch(
    /^Nothing of this plan can be forecast: it compares conversations with a card and without one by handleTime p50/,
  );
});

describe('what a simulation costs does not follow from what a plan says', () => {
  const BAKE = { kind: 'bake', minCards: 50, require: 'safe' } as const;
  const split = plan.steps[0]!;
  /** Nothing is ever proven of it. */
  const strict = { ...plan.guardrails[0]!, margin: { kind: 'relative', value: 0.005 } } as const;
  const lasting = (bakes: number, forMs: number, atMostMs: number) =>
    simulateRun(
      {
        ...plan,
        steps: Array.from({ length: bakes }, () => [split, { ...BAKE, forMs, atMostMs }] as const).flat(),
        guardrails: [strict],
        policies: { ...plan.policies, onUndecided: 'promote' },
      },
      { ...traffic, cardsPerHour: 300 },
      HARMLESS,
      seededRandom(1),
      { maxCards: 5_000 },
    );

  test('a bake of twelve times its least time has a look each time that cards are taken', () => {
    expect(lasting(1, 3_600_000, 12 * 3_600_000).looks).toBe(360);
  });

  test('the longest times have a look more, not a thousand times as many, and end when they end', () => {
    const long = lasting(1, 60_000, 12 * 3_600_000);
    expect(long).toMatchObject({ end: 'promoted', endAtMs: 12 * 3_600_000 });
    expect(long.report.n.candidate).toBeGreaterThan(250);
    expect(long.looks).toBeLessThan(2500);
    expect(lasting(100, 1, 3_600_000).looks).toBeLessThan(20_000);
  });

  test('a bake that may advance does so at its least time, however long it might have lasted', () => {
    const quick = simulateRun(
      { ...plan, steps: [split, { ...BAKE, require: 'noHarm', forMs: 5_400_000, atMostMs: 365 * 86_400_000 }] },
      { ...traffic, cardsPerHour: 4000 },
      HARMLESS,
      seededRandom(1),
      options,
    );
    expect(quick.msOfStep[1]).toBeGreaterThanOrEqual(5_400_000);
    expect(quick.msOfStep[1]).toBeLessThan(5_400_000 + (365 * 86_400_000) / 20_000);
  });

  test('no look holds more cards than a run may draw, whatever volume is told', () => {
    const { by, report } = simulateRun(plan, { ...traffic, cardsPerHour: 10_000_000 }, HARMLESS, seededRandom(1), {
      maxCards: 1000,
    });
    expect([by, report.n.candidate + report.n.baseline]).toEqual(['over', 1000]);
  });
});

test('the same seed gives the same forecast, another one other traffic', () => {
  const run = (seed: number): unknown => simulateRun(plan, traffic, HARMLESS, seededRandom(seed), options);
  expect(run(1)).toEqual(run(1));
  expect(run(1)).not.toEqual(run(2));
});

test.each([
  ['acceptanceRate', 'lower', { kind: 'relative', value: 0.1 }, { acceptanceRate: 0.32 }],
  ['dismissalRate', 'higher', { kind: 'absolute', value: 0.02 }, { dismissalRate: 0.24 }],
  ['deliveryLatency', 'higher', { kind: 'relative', value: 0.25 }, { latencyFactor: 1.5 }],
  ['undeliveredRate', 'higher', { kind: 'absolute', value: 0.01 }, { undeliveredRate: 0.03 }],
] as const)('twice the margin of %s', (metric, worseWhen, margin, expected) => {
  const effect = harmOf({ metric, worseWhen, margin, alpha: 0.01, mode: 'enforce' }, traffic);
  const { rates, latencyFactor } = effect;
  const found: Readonly<Record<string, number>> = { ...rates, latencyFactor };
  for (const [name, value] of Object.entries(expected)) expect(found[name]).toBeCloseTo(value, 10);
});

test.each([
  ['dismissalRate', 'higher', { kind: 'absolute', value: 0.01 }, 0, 0.02],
  ['dismissalRate', 'higher', { kind: 'relative', value: 0.1 }, 0, 0],
  ['dismissalRate', 'higher', { kind: 'absolute', value: 0.3 }, 0.6, 1],
  ['acceptanceRate', 'lower', { kind: 'absolute', value: 0.01 }, 0, 0],
  ['acceptanceRate', 'lower', { kind: 'absolute', value: 0.3 }, 0.4, 0.004],
  ['undeliveredRate', 'higher', { kind: 'absolute', value: 0.6 }, 0, 1],
] as const)(
  'twice the margin of a %s (%s, %j) from %d is %d: a share of the cards',
  (metric, worseWhen, margin, rate, worse) => {
    const few = { ...traffic, rates: { ...traffic.rates, [metric]: rate } };
    expect(harmOf({ metric, worseWhen, margin, alpha: 0.01, mode: 'enforce' }, few).rates[metric]).toBeCloseTo(
      worse,
      10,
    );
  },
);

test('a harm where the baseline has none of it is caught', () => {
  const none = { ...traffic, rates: { ...traffic.rates, dismissalRate: 0 } };
  const dismissal = {
    metric: 'dismissalRate',
    worseWhen: 'higher',
    margin: { kind: 'absolute', value: 0.04 },
  } as const;
  const guarded = { ...plan, guardrails: [{ ...dismissal, alpha: 0.01, mode: 'enforce' as const }] };
  expect(forecast(guarded, none, { ...options, runs: 2 }).guardrails[0]?.caught.hits).toBe(2);
});

const [accepting] = plan.guardrails as [Plan['guardrails'][number]];
const guard = (metric: 'undeliveredRate' | 'deliveryLatency', more: object) =>
  ({ ...accepting, metric, worseWhen: 'higher', ...more }) as Plan['guardrails'][number];

test('a tolerable version is worse by exactly what is tolerated, counted among all cards, in what is enforced', () => {
  const undelivered = guard('undeliveredRate', { margin: { kind: 'absolute', value: 0.04 }, tolerance: 0.02 });
  const { rates, latencyFactor, latencyPlusMs } = tolerableOf([accepting, undelivered], traffic);
  expect(rates.undeliveredRate).toBeCloseTo(0.03, 12);
  expect(rates.acceptanceRate * 0.97).toBeCloseTo(0.9 * 0.4 * 0.99, 12);
  expect([rates.dismissalRate, latencyFactor, latencyPlusMs]).toEqual([0.2, 1, 0]);
  expect(tolerableOf([{ ...accepting, mode: 'observe' }], traffic)).toEqual(HARMLESS);
});

test.each<[guardrails: object[], factor: number, plus: number]>([
  [[{ statistic: 'p95', margin: { kind: 'relative', value: 0.25 } }], 1.125, 0],
  [
    [
      { statistic: 'p95', margin: { kind: 'relative', value: 0.25 } },
      { statistic: 'p50', margin: { kind: 'relative', value: 0.3 }, tolerance: 0.1 },
    ],
    1.1,
    0,
  ],
  [[{ statistic: 'p95', margin: { kind: 'absolute', value: 100 }, tolerance: 30 }], 1, 30],
  [
    [
      { statistic: 'p95', margin: { kind: 'absolute', value: 100 } },
      { statistic: 'p50', margin: { kind: 'relative', value: 0.2 } },
    ],
    1,
    22,
  ],
])('a latency that %j tolerate', (guardrails, factor, plus) => {
  const effect = tolerableOf(
    guardrails.map((more) => guard('deliveryLatency', more)),
    traffic,
  );
  expect(effect.latencyFactor).toBeCloseTo(factor, 12);
  expect(effect.latencyPlusMs).toBeCloseTo(plus, 9);
});

test('a version that is all that is tolerated is told beside a harmless one', () => {
  const { tolerable, promoted } = forecast(plan, traffic, options);
  expect(tolerable).toMatchObject({ calledHarm: { of: 6, hits: 0 }, promoted: { of: 6 } });
  expect(tolerable.promoted.hits).toBeLessThanOrEqual(promoted.hits);
});

test('an undecided version is told how many times the cards would have proven it, and with some more it is', () => {
  expect(forecast(plan, traffic, options).guardrails[0]?.needsCardsTimes).toBeNull();
  const bake = { kind: 'bake', forMs: 1_800_000, atMostMs: 1_800_000, minCards: 10, require: 'safe' } as const;
  const brief = { ...plan, steps: [{ kind: 'setSplit', percent: 50 }, bake] } satisfies Plan;
  const few = { ...traffic, cardsPerHour: 400 };
  const { guardrails, sentence } = forecast(brief, few, options);
  const times = guardrails[0]?.needsCardsTimes ?? 0;
  expect(times).toBeGreaterThan(1.5);
  expect(times).toBeLessThan(20);
  expect(sentence).toMatch(
    /To be proven in four rollouts of five, acceptanceRate takes \d+(\.\d)? times the cards \(or a margin \d(\.\d)? times as large\)\.$/,
  );
  const enough = forecast(brief, { ...few, cardsPerHour: 1.5 * times * few.cardsPerHour }, { ...options, runs: 4 });
  expect(enough.promoted.hits).toBeGreaterThanOrEqual(3);
});

test('Wilson: 10 of 200 is 2.7 % to 9.0 %', () => {
  expect(wilson(10, 200).low).toBeCloseTo(0.0274, 3);
  expect(wilson(10, 200).high).toBeCloseTo(0.0896, 3);
});

describe('a harm budget', () => {
  const bounded = (cards: number): Plan => ({
    ...plan,
    steps: plan.steps.map((step, index) =>
      index === 1 && step.kind === 'bake' ? { ...step, maxCards: { cards, do: 'pause' } } : step,
    ),
  });

  test('that is too small for a verdict makes the plan pointless, which names the number that would do', () => {
    const result = forecast(bounded(60), traffic, options);
    expect(result).toMatchObject({ pointless: true, maxCards: [{ step: 1, cards: 60 }] });
    const enough = result.maxCards[0]?.enough ?? 0;
    expect(enough).toBeGreaterThan(250);
    expect(result.sentence).toContain(
      `maxCards 60 of step 2 is spent before a verdict more often than once in five; ${enough} would do.`,
    );
    expect(whyPointless(bounded(60), traffic, { ...options, runs: 3 })).toMatch(/maxCards 60 of step 2 .* would do\.$/);
    const enoughCards = forecast(bounded(enough), traffic, options);
    expect(enoughCards.promoted.hits).toBeGreaterThanOrEqual(4);
    expect(enoughCards.sentence).not.toContain('maxCards');
  });

  test('without one nothing is said of any', () => {
    expect(forecast(plan, traffic, { ...options, runs: 1 }).maxCards).toEqual([]);
  });
});

test('a goal leaves the forecast of a harmless version as it is, and what is better by twice the goal is promoted', () => {
  const [guardrail] = plan.guardrails;
  if (guardrail === undefined) throw new Error('no guardrail');
  const steps = plan.steps.map((step, index) => (index === 3 ? { ...step, require: 'goal' } : step)) as Plan['steps'];
  const aiming: Plan = { ...plan, steps, guardrails: [{ ...guardrail, goal: 0.1 }] };
  const result = forecast(aiming, traffic, options);
  expect(result.promoted).toEqual(forecast(plan, traffic, options).promoted);
  expect(result.goals?.hits).toBeGreaterThanOrEqual(5);
  expect(result.sentence).toMatch(/without its goals: .* better by 2 times each goal is, in [56] of 6\./);
  expect(whyPointless(aiming, traffic, { ...options, runs: 1 })).toBeNull();
  expect(simulateRun(aiming, traffic, HARMLESS, seededRandom(1), options).end).toBe('undecided');
});

test('a pilot is counted with the cards of its audience alone; where nobody knows them, all are, and that is said', () => {
  const of = { name: 'Nights', queues: ['q1'] };
  const [split, bake, ...rest] = plan.steps;
  const piloted: Plan = { ...plan, steps: [{ ...split, of } as Plan['steps'][number], bake, ...rest] as Plan['steps'] };
  const shown = (share: number | null): number => {
    const limits = { ...options, audiences: [{ of, share }] };
    return simulateRun(piloted, traffic, HARMLESS, seededRandom(1), limits).cardsOfStep[1] ?? 0;
  };
  expect(shown(null) / shown(0.05)).toBeGreaterThan(5);
  expect(audiencesOf(piloted)).toEqual([of]);
  expect(audiencesSentence([{ of, share: 0.05 }])).toBe(
    'Of the cards 5 % came in Nights (pilot), and so many are counted there.',
  );
  expect(audiencesSentence([{ of, share: null }])).toContain('in Nights (pilot) is not known: all of it is counted');
});

test('of each step a start expects how long it takes and how many cards are shown in it, the same each time', async () => {
  const basis = { cards: 900, hours: 12 };
  let pauses = 0;
  const pause = (): Promise<void> => Promise.resolve(void (pauses += 1));
  const expected = { traffic, basis, audiences: [] };
  const made = await startForecast(plan, expected, { runs: 3, maxCards: 60_000, random: seededRandom, pause });
  expect(made).toMatchObject({ traffic, basis, runs: 3, promoted: 3, cut: false, notForecast: [] });
  const [split, first, , second] = made.steps;
  // Ten minutes of a tenth of 20,000 cards an hour, which is enough; half of them for as long as the proof takes.
  expect(split).toBeNull();
  expect(first).toEqual({ tookMs: 600_000, cards: expect.closeTo(333, -2) as number });
  expect(second!.tookMs).toBeGreaterThanOrEqual(600_000);
  expect(made.endsAfterMs).toBeGreaterThanOrEqual(first!.tookMs + second!.tookMs);
  expect(pauses).toBe(3);
  expect(await startForecast(plan, expected, { runs: 3, maxCards: 60_000, random: seededRandom, pause })).toEqual(made);
});

test('what lies behind the most cards of a simulation is not forecast', async () => {
  const custom = {
    ...plan.guardrails[0],
    metric: 'custom',
    name: 'handleTime',
    statistic: 'p50',
  } as Plan['guardrails'][0];
  const made = await startForecast(
    { ...plan, guardrails: [...plan.guardrails, custom] },
    { traffic, basis: { cards: 900, hours: 12 }, audiences: [] },
    { runs: 2, maxCards: 4000, random: seededRandom, pause: () => Promise.resolve() },
  );
  expect(made).toMatchObject({
    promoted: 0,
    endsAfterMs: null,
    cut: true,
    steps: [null, expect.anything(), null, null],
  });
  expect(made.notForecast).toEqual(['handleTime p50']);
});
