import fc from 'fast-check';
import { asinhGrid, placeGrid } from '../../../src/domain/judge/maths/asinh-grid.ts';
import { startJudge, takeLook } from '../../../src/domain/judge/judge.ts';
import { reportOf } from '../../../src/domain/judge/report/report.ts';
import { JUDGE_RULES } from '../../../src/domain/judge/state.ts';
import { retake } from '../../../src/domain/judge/retake.ts';
import type { Arm, Card, JudgeState, Look } from '../../../src/domain/judge/types.ts';
import type { Outcome } from '../../../src/domain/metrics/index.ts';
import type { Guardrail } from '../../../src/domain/plan/plan.ts';
import { acceptance, dismissal, numbersIn, p95, undelivered } from './helpers.ts';
import { level, customLooks, normal } from './custom-streams.ts';

const judgeAll = (guardrails: readonly Guardrail[], looks: readonly Look[]) =>
  reportOf(looks.reduce(takeLook, startJudge(guardrails)));
const rowOf = (guardrail: Guardrail, looks: readonly Look[]) => judgeAll([guardrail], looks).guardrails[0];

test('a metric is what its source calls it, whatever every object has under that name', () => {
  const looks = customLooks({ seed: 7, looks: 60, value: normal(() => ({ mean: 300, sd: 20 })) });
  const renamed = looks.map((look) => ({
    ...look,
    cards: look.cards.map(({ custom, ...card }) => ({ ...card, custom: { constructor: custom?.['handleTime'] ?? 0 } })),
  }));
  const verdictOf = (name: string, of: readonly Look[]) => {
    const row = rowOf(level({ name }), of);
    return [row?.verdict, row?.n];
  };
  expect(verdictOf('constructor', renamed)).toEqual(verdictOf('handleTime', looks));
  expect(verdictOf('toString', renamed)[1]).toEqual({ baseline: 0, candidate: 0 });
});

describe('grid', () => {
  const hundred = Array.from({ length: 101 }, (_, i) => i);

  test('worked number: 0 to 100 has centre 50, scale 68; 118 lies 29 bins above the middle', () => {
    expect(placeGrid(hundred)).toEqual({ centre: 50, scale: 68 });
    const grid = asinhGrid(placeGrid(hundred));
    expect(grid.binOf(118) - grid.binOf(50)).toBe(29);
    expect(grid.upperEdgeOf(grid.binOf(118))).toBeGreaterThan(118);
  });

  test('bins rise with the value, whatever centre and scale, and each holds its values; the number of bins is fixed', () => {
    const any = fc.double({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(fc.array(any, { minLength: 1, maxLength: 50 }), fc.array(any, { minLength: 1 }), (first, values) => {
        const place = placeGrid(
          first.map((value) => Math.min(1e150, Math.max(-1e150, value))).toSorted((a, b) => a - b),
        );
        const grid = asinhGrid(place);
        const bins = values.toSorted((a, b) => a - b).map((value) => grid.binOf(value));
        expect(
          bins.every((bin, i) => Number.isInteger(bin) && bin >= 0 && bin <= 1068 && bin >= (bins[i - 1] ?? 0)),
        ).toBe(true);
        expect(
          numbersIn([place, bins.map((bin) => [grid.upperEdgeOf(bin), grid.middleOf(bin), grid.shapeOf(bin)])]).every(
            Number.isFinite,
          ),
        ).toBe(true);
        expect(
          values.every((value) => {
            const within = grid.withinOf(value, grid.binOf(value));
            return within >= 0 && within <= 1;
          }),
        ).toBe(true);
      }),
    );
  });

  test('values that are all the same, or nearly all, set a scale all the same', () => {
    expect(placeGrid([7, 7, 7])).toEqual({ centre: 7, scale: 1.4 });
    expect(placeGrid([0, 0, 0])).toEqual({ centre: 0, scale: 1 });
    expect(placeGrid([...Array.from({ length: 99 }, () => 0), 10])).toEqual({ centre: 0, scale: 2 });
  });
});

describe('verdicts', () => {
  test.each<[string, Guardrail, (arm: Arm) => { mean: number; sd: number }]>([
    [
      'handle times, 50 s of 100 s longer',
      level({ margin: { kind: 'absolute', value: 25 } }),
      (arm) => ({ mean: arm === 'candidate' ? 350 : 300, sd: 100 }),
    ],
    [
      'sentiment around zero, half a point lower',
      level({ worseWhen: 'lower', margin: { kind: 'absolute', value: 0.25 } }),
      (arm) => ({ mean: arm === 'candidate' ? -0.5 : 0, sd: 1 }),
    ],
    [
      'below zero throughout, half a point higher',
      level({ statistic: 'mean', margin: { kind: 'relative', value: 0.05 } }),
      (arm) => ({ mean: arm === 'candidate' ? -4.5 : -5, sd: 1 }),
    ],
    [
      'a millionth apart on a large offset',
      level({ margin: { kind: 'absolute', value: 0.25 } }),
      (arm) => ({ mean: 1e6 + (arm === 'candidate' ? 0.5 : 0), sd: 1 }),
    ],
  ])('twice the margin, half of the spread, is found within 700 cards: %s', (_name, guardrail, shape) => {
    for (let seed = 1; seed <= 4; seed++)
      expect(rowOf(guardrail, customLooks({ seed, looks: 46, value: normal(shape) }))?.verdict).toBe('harm');
  });

  test('the worse tail alone is found: p5 where lower is worse', () => {
    const guardrail = level({ worseWhen: 'lower', statistic: 'p5', margin: { kind: 'absolute', value: 0.5 } });
    const looks = customLooks({
      seed: 3,
      looks: 46,
      value: (random, arm) => {
        const z = random.normal();
        return 5 + (arm === 'candidate' && z < -1 ? 2 * z + 1 : z);
      },
    });
    expect(rowOf(guardrail, looks)).toMatchObject({ verdict: 'harm', statistic: 'p5', name: 'handleTime' });
    expect(rowOf({ ...guardrail, worseWhen: 'higher', statistic: 'p95' }, looks)?.verdict).not.toBe('harm');
  });

  test('a harmless candidate is proven safe, in either direction, and an improvement is no harm', () => {
    const looks = customLooks({ seed: 5, looks: 80, value: normal(() => ({ mean: -40, sd: 10 })) });
    for (const worseWhen of ['higher', 'lower'] as const)
      expect(rowOf(level({ worseWhen, margin: { kind: 'absolute', value: 5 } }), looks)?.verdict).toBe('safe');
    const better = customLooks({
      seed: 6,
      looks: 80,
      value: normal((arm) => ({ mean: arm === 'candidate' ? 250 : 300, sd: 100 })),
    });
    expect(rowOf(level(), better)?.verdict).toBe('safe');
  });

  test('the sentence has name, unit, both values, limit and the cards that carry it', () => {
    const looks = customLooks({
      seed: 1,
      looks: 12,
      value: normal((arm) => ({ mean: arm === 'candidate' ? 400 : 300, sd: 100 })),
      coverage: 0.5,
    });
    const row = rowOf(level(), looks);
    expect(row?.sentence).toMatch(
      /^handleTime p50 harm: candidate \d+(\.\d)? s vs baseline \d+(\.\d)? s \(1\d\d s higher\), limit \d+(\.\d)? s \(25 s higher\), n \d+ \/ \d+ cards that carry it, evidence (beyond )?1:\d+ that it is worse by more than the tolerated 12\.5 s\.$/,
    );
    expect(row?.n.candidate).toBeLessThan(12 * 15);
    expect(row?.effect).toMatchObject({ unit: 'own' });
    expect(row?.effect?.low).toBeLessThan(row?.effect?.estimate ?? 0);
  });

  test('a card without the level does not count for it, and counts for all else; without any the level has no data, which never promotes', () => {
    const looks = customLooks({ seed: 2, looks: 20, value: normal(() => ({ mean: 1, sd: 1 })), coverage: 0 });
    const report = judgeAll([acceptance, level()], looks);
    expect(report.guardrails.map(({ verdict, n }) => [verdict, n.candidate])).toEqual([
      ['undecided', 300],
      ['noData', 0],
    ]);
    expect(report).toMatchObject({
      verdict: 'noData',
      reason: expect.stringContaining('handleTime p50 noData: no cards with this metric yet'),
    });
  });

  test('a level that few cards carry gathers from look to look until both arms have some', () => {
    const looks = customLooks({
      seed: 4,
      looks: 400,
      perArm: [6, 6],
      coverage: 0.06,
      value: normal((arm) => ({ mean: arm === 'candidate' ? 450 : 300, sd: 100 })),
    });
    const row = rowOf(level(), looks);
    expect(row?.verdict).toBe('harm');
    expect(row?.n.candidate).toBeLessThan(200);
  });

  test('numbers that are none are as if absent', () => {
    const looks = customLooks({
      seed: 2,
      looks: 5,
      value: (random) => (random.next() < 0.5 ? Number.NaN : Number.POSITIVE_INFINITY),
    });
    expect(rowOf(level(), looks)).toMatchObject({ verdict: 'noData', n: { baseline: 0, candidate: 0 } });
  });
});

const mood = level({ name: 'mood', worseWhen: 'lower', statistic: 'mean', margin: { kind: 'relative', value: 0.1 } });
const plan: readonly Guardrail[] = [
  level(),
  acceptance,
  mood,
  level({ name: 'score', statistic: 'p99', mode: 'observe' }),
];

const anyCard: fc.Arbitrary<Card> = fc.record({
  arm: fc.constantFrom('baseline' as const, 'candidate' as const),
  outcomes: fc.constantFrom<readonly Outcome[]>(['accepted'], []),
  latencyMs: fc.constant(200),
  agent: fc.integer({ min: 1, max: 12 }).map((i) => `agent-${i}`),
  queue: fc.constant('q'),
  firstOfConversation: fc.boolean(),
  custom: fc.dictionary(
    fc.constantFrom('handleTime', 'mood', 'score', 'constructor'),
    fc.oneof(
      fc.double(),
      fc.integer({ min: -5, max: 5 }),
      fc.double({ min: 200, max: 400, noNaN: true }),
      fc.constantFrom(0, -0, 1e308, -1e308, 5e-324),
    ),
    { noNullPrototype: true },
  ),
});
const anyLooks: fc.Arbitrary<readonly Look[]> = fc
  .array(fc.record({ splitPercent: fc.constantFrom(null, 10, 50), cards: fc.array(anyCard, { maxLength: 40 }) }), {
    minLength: 1,
    maxLength: 12,
  })
  .map((list) => list.map((look, i) => ({ ...look, atMs: i * 1000 })));

describe('properties', () => {
  test('the order of cards within a look does not matter: same state', () => {
    fc.assert(
      fc.property(anyLooks, (looks) => {
        const reversed = looks.map((look) => ({ ...look, cards: look.cards.toReversed() }));
        expect(reversed.reduce(takeLook, startJudge(plan))).toEqual(looks.reduce(takeLook, startJudge(plan)));
      }),
      { numRuns: 60 },
    );
  });

  test('a restart from the written state at any look equals no restart, bit for bit', () => {
    fc.assert(
      fc.property(anyLooks, fc.nat(), (looks, at) => {
        const stop = at % looks.length;
        const whole = looks.reduce(takeLook, startJudge(plan));
        const written = JSON.stringify(looks.slice(0, stop).reduce(takeLook, startJudge(plan)));
        const restarted = looks.slice(stop).reduce(takeLook, JSON.parse(written) as JudgeState);
        expect(JSON.stringify([restarted, reportOf(restarted)])).toBe(JSON.stringify([whole, reportOf(whole)]));
      }),
      { numRuns: 60 },
    );
  });

  test('only finite numbers leave the judge, whatever the values', () => {
    fc.assert(
      fc.property(anyLooks, (looks) => {
        const state = looks.reduce(takeLook, startJudge(plan));
        expect(numbersIn([state, reportOf(state)]).filter((value) => !Number.isFinite(value))).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  test('nor does it where a mean of few values meets the largest numbers that there are', () => {
    const card = (arm: Card['arm'], value: number): Card => ({
      arm,
      outcomes: ['accepted'],
      latencyMs: 200,
      agent: 'agent-1',
      queue: 'q',
      firstOfConversation: false,
      custom: { mood: value },
    });
    const usual = Array.from({ length: 40 }, (_, i) => card('baseline', i % 5 === 0 ? 200 : 0));
    const looks = [
      { splitPercent: null, atMs: 0, cards: usual },
      { splitPercent: null, atMs: 1000, cards: [card('baseline', -1e308), card('candidate', 1e308)] },
    ];
    const state = looks.reduce(takeLook, startJudge([mood]));
    expect(numbersIn([state, reportOf(state)]).filter((value) => !Number.isFinite(value))).toEqual([]);
  });

  test('relabelled arms: what is harm one way round is none the other way round; turned values in the other direction are the same', () => {
    for (let seed = 1; seed <= 6; seed++) {
      const looks = customLooks({
        seed,
        looks: 40,
        value: normal((arm) => ({ mean: arm === 'candidate' ? 30 + 40 * (seed % 3) : 30, sd: 20 })),
      });
      const swapped = looks.map((look) => ({
        ...look,
        cards: look.cards.map((card): Card => ({ ...card, arm: card.arm === 'candidate' ? 'baseline' : 'candidate' })),
      }));
      const verdicts = [rowOf(level(), looks), rowOf(level(), swapped)].map((row) => row?.verdict === 'harm');
      expect(verdicts).toEqual([seed % 3 > 0, false]);
      const turned = looks.map((look) => ({
        ...look,
        cards: look.cards.map((card): Card => ({
          ...card,
          custom: { handleTime: -(card.custom?.['handleTime'] ?? 0) },
        })),
      }));
      expect(rowOf(level({ worseWhen: 'lower' }), turned)?.logEvidence).toEqual(rowOf(level(), looks)?.logEvidence);
    }
  });

  test('evidence of harm has mean 1 over all ways to deal the values of a comparison to the arms, also when it was gathered over two looks', () => {
    const of = (arm: Arm, value: number): Card => ({
      arm,
      outcomes: [],
      latencyMs: 200,
      agent: 'a',
      queue: 'q',
      firstOfConversation: true,
      custom: { handleTime: value },
    });
    const begun = [1, 2, 3].map((atMs) => ({
      atMs,
      splitPercent: 50,
      cards: Array.from({ length: 60 }, (_, i) => of(i % 2 === 0 ? 'baseline' : 'candidate', (i * 37 * atMs) % 101)),
    }));
    const before = begun.reduce(
      takeLook,
      startJudge([level({ alpha: 1e-9, margin: { kind: 'absolute', value: 60 }, tolerance: 0 })]),
    );
    const evidence = (state: JudgeState): number =>
      Math.exp((state as unknown as { evidence: { harmNow: number }[] }).evidence[0]?.harmNow ?? 0);
    const values = [3, 40, 55, 70, 99, 140, -20];
    const means = ([1, 3] as const).map((looks) => {
      const outcomes = values.flatMap((first, i) =>
        values.slice(i + 1).map((second) => {
          const [candidate, baseline] = [
            [first, second],
            values.filter((value) => value !== first && value !== second),
          ];
          const parts =
            looks === 1
              ? [
                  [
                    ...candidate.map((value) => of('candidate', value)),
                    ...baseline.map((value) => of('baseline', value)),
                  ],
                ]
              : [
                  baseline.slice(0, 2).map((value) => of('baseline', value)),
                  baseline.slice(2).map((value) => of('baseline', value)),
                  candidate.map((value) => of('candidate', value)),
                ];
          return evidence(
            parts.map((cards, at) => ({ atMs: 10 + at, splitPercent: 50, cards })).reduce(takeLook, before),
          );
        }),
      );
      expect(Math.max(...outcomes) / Math.min(...outcomes)).toBeGreaterThan(1.1);
      return outcomes.reduce((sum, one) => sum + one, 0) / outcomes.length;
    });
    for (const mean of means) expect(mean / evidence(before)).toBeCloseTo(1, 4);
  });

  test('a record of looks with levels gives the same verdict again, to the last bit', () => {
    const looks = customLooks({
      seed: 9,
      looks: 30,
      value: normal((arm) => ({ mean: arm === 'candidate' ? 0.1 : 1 / 3, sd: 1 })),
    });
    const record = {
      kind: 'decisionRecord' as const,
      rules: JUDGE_RULES,
      action: 'A',
      version: '1.0.0',
      rolloutId: 'r',
      guardrails: plan,
      looks,
      report: judgeAll(plan, looks),
    };
    expect(retake(JSON.parse(JSON.stringify(record)) as typeof record)).toMatchObject({ agrees: true });
  });
});

test('under 32 KB for a thousand agents, with three levels beside four guardrails', () => {
  const three = ['handleTime', 'mood', 'score'].map((name) => level({ name }));
  const looks = customLooks({
    seed: 1,
    looks: 60,
    perArm: [900, 100],
    agents: { all: 1000, candidate: 100, spread: 20 },
    value: normal(() => ({ mean: 300, sd: 100 })),
  }).map((look) => ({
    ...look,
    cards: look.cards.map((card, i): Card => ({
      ...card,
      outcomes: i % 3 === 0 ? ['accepted'] : [],
      latencyMs: 100 + (i % 400),
      custom: {
        ...card.custom,
        mood: -(card.custom?.['handleTime'] ?? 0) / 7,
        score: (card.custom?.['handleTime'] ?? 0) ** 2,
      },
    })),
  }));
  const size = JSON.stringify(
    looks.reduce(takeLook, startJudge([acceptance, dismissal, undelivered, p95, ...three])),
  ).length;
  expect(size).toBeLessThan(32 * 1024);
  expect(size).toBeGreaterThan(10_000);
});
