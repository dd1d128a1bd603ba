import { startJudge, takeLook } from '../../../src/domain/judge/judge.ts';
import { harmBets } from '../../../src/domain/judge/bets/rate-bets.ts';
import { relieve, toleranceTimes, worsen } from '../../../src/domain/judge/maths/margin.ts';
import { reportOf } from '../../../src/domain/judge/report/report.ts';
import type { Arm, Card, Look } from '../../../src/domain/judge/types.ts';
import type { Guardrail } from '../../../src/domain/plan/plan.ts';
import { seededRandom } from '../../../src/domain/shared/random.ts';
import { acceptance, choose, dismissal, p95, undelivered } from './helpers.ts';
import { customLooks, level, normal } from './custom-streams.ts';

const MINUTE = 60_000;

describe('what is tolerated', () => {
  test('is half of the margin unless the plan says how much; worked numbers of the values without it', () => {
    expect(toleranceTimes(acceptance)).toBe(0.5);
    expect(toleranceTimes({ ...acceptance, tolerance: 0.05 })).toBe(0.25);
    expect(toleranceTimes({ ...acceptance, tolerance: 0 })).toBe(0);
    expect(relieve({ kind: 'relative', value: 0.125 }, 450)).toBe(400);
    expect(relieve({ kind: 'absolute', value: 50 }, 450)).toBe(400);
    expect(relieve({ kind: 'relative', value: 0.1 }, -90)).toBeCloseTo(-100, 12);
  });

  test.each([
    ['a margin higher', { worseWhen: 'higher', margin: { kind: 'relative', value: 0.2 } }],
    ['an absolute one', { worseWhen: 'higher', margin: { kind: 'absolute', value: 30 } }],
  ] as const)('relieving undoes worsening by the tolerance, of either sign: %s', (_name, change) => {
    const guardrail: Guardrail = { ...level(), ...change };
    const relief = { kind: guardrail.margin.kind, value: guardrail.margin.value / 2 };
    for (const value of [-250, -1, 0, 3, 480])
      expect(relieve(relief, worsen(guardrail, value, 0.5))).toBeCloseTo(value, 9);
  });
});

/** Mean of each bet's evidence over all tables of 12 baseline and 8 candidate cards with these rates. */
function meanEvidence(guardrail: Guardrail, remembered: number, baseline: number, candidate: number): number {
  const [n0, n1] = [12, 8];
  const chance = (n: number, k: number, p: number): number => choose(n, k) * p ** k * (1 - p) ** (n - k);
  const sums = [0, 0, 0];
  for (let a = 0; a <= n0; a++)
    for (let b = 0; b <= n1; b++) {
      const table = { baselineHits: a, baselineCards: n0, candidateHits: b, candidateCards: n1 };
      harmBets(guardrail, table, remembered, [1.3, 2.5, 5]).forEach((log, i) => {
        sums[i] = (sums[i] ?? 0) + chance(n0, a, baseline) * chance(n1, b, candidate) * Math.exp(log);
      });
    }
  return Math.max(...sums);
}

test('no bet on a rate has evidence of mean above 1 within the tolerance, whatever the rate is and was; beyond it, they have', () => {
  const plans: readonly Guardrail[] = [
    acceptance,
    { ...acceptance, tolerance: 0 },
    { ...acceptance, margin: { kind: 'absolute', value: 0.02 } },
    dismissal,
    undelivered,
  ];
  for (const guardrail of plans)
    for (const remembered of [0.002, 0.1, 0.5, 0.97])
      for (const baseline of [0.001, 0.02, 0.2, 0.5, 0.8, 0.98]) {
        const edge = Math.min(1, worsen(guardrail, baseline, toleranceTimes(guardrail)));
        const better = edge + 0.3 * ((guardrail.worseWhen === 'lower' ? 1 : 0) - edge);
        for (const candidate of [edge, better])
          expect(meanEvidence(guardrail, remembered, baseline, candidate)).toBeLessThan(1 + 1e-9);
      }
  expect(meanEvidence(acceptance, 0.5, 0.5, worsen(acceptance, 0.5, 0.5))).toBeGreaterThan(0.95);
  expect(meanEvidence(acceptance, 0.5, 0.5, 0.2)).toBeGreaterThan(1.2);
});

test('one queue of 10 % and one of 80 % acceptance, both worse by the tolerance: neither is called harmed', () => {
  const random = seededRandom(11);
  const draw = (arm: Arm, queue: string, rate: number): Card => ({
    arm,
    outcomes: random.next() < rate * (arm === 'candidate' ? 0.9 : 1) ? ['accepted'] : [],
    latencyMs: 200,
    agent: `a${Math.floor(60 * random.next())}`,
    queue,
    firstOfConversation: true,
  });
  const looks: readonly Look[] = Array.from({ length: 80 }, (_, i) => ({
    atMs: i * MINUTE,
    splitPercent: 50,
    cards: Array.from({ length: 300 }, (_card, n) =>
      draw(n % 2 === 0 ? 'candidate' : 'baseline', n % 3 === 0 ? 'vip' : 'bulk', n % 3 === 0 ? 0.8 : 0.1),
    ),
  }));
  const slicing = { by: ['queue'], times: 1.2, alpha: 0.05 } as const;
  const report = reportOf(looks.reduce(takeLook, startJudge([acceptance], slicing)));
  expect(report.slices?.map(({ verdict }) => verdict)).toEqual(['undecided', 'undecided']);
});

/** Three candidate and nine baseline cards in each of ten looks a minute, drawn as given. */
function latencyLooks(seed: number, count: number, candidateMs: (usualMs: number) => number): readonly Look[] {
  const random = seededRandom(seed);
  const draw = (arm: Arm): Card => {
    const usualMs = 400 * Math.exp(0.7 * random.normal());
    return {
      arm,
      outcomes: [],
      latencyMs: arm === 'candidate' ? candidateMs(usualMs) : usualMs,
      agent: `a${Math.floor(random.next() * 80)}`,
      queue: 'q',
      firstOfConversation: true,
    };
  };
  return Array.from({ length: count }, (_, i) => ({
    atMs: i * MINUTE,
    splitPercent: 25,
    cards: Array.from({ length: 120 }, (_card, n) => draw(n % 4 === 0 ? 'candidate' : 'baseline')),
  }));
}

const isHarm = (guardrail: Guardrail, looks: readonly Look[]): boolean =>
  reportOf(looks.reduce(takeLook, startJudge([guardrail]))).verdict === 'harm';

describe('latency', () => {
  const guardrail: Guardrail = { ...p95, margin: { kind: 'relative', value: 0.25 }, alpha: 0.1 };

  test('a candidate that is slower by just the tolerance is called harm in at most alpha; by half as much again, it may be found', () => {
    const runs = 60;
    let harmed = 0;
    for (let seed = 1; seed <= runs; seed++)
      if (
        isHarm(
          guardrail,
          latencyLooks(seed, 60, (ms) => 1.125 * ms),
        )
      )
        harmed++;
    // Of 60 at most 6 are to be expected; 12 is beyond them by more than two standard deviations.
    expect(harmed).toBeLessThan(12);
    expect(harmed).toBeGreaterThan(0);
    expect(
      isHarm(
        guardrail,
        latencyLooks(1, 60, (ms) => 1.6 * ms),
      ),
    ).toBe(true);
  });

  test('what moves only quicker cards is no harm to a p95, however clearly it is seen', () => {
    const looks = latencyLooks(2, 120, (ms) => (ms < 900 ? Math.min(900, 2 * ms) : ms));
    expect(isHarm({ ...guardrail, tolerance: 0 }, looks)).toBe(false);
    expect(isHarm({ ...guardrail, statistic: 'p50' }, looks)).toBe(true);
    expect(
      isHarm(
        guardrail,
        latencyLooks(3, 120, (ms) => ms + 48),
      ),
    ).toBe(false);
  });

  test('where a slow tenth is as it was, quicker cards that take twice as long are no harm from the first look on', () => {
    for (let seed = 1; seed <= 10; seed++) {
      const random = seededRandom(seed);
      const looks = latencyLooks(seed, 20, (ms) => ms).map((shown) => ({
        ...shown,
        cards: shown.cards.map((card) => {
          const slow = random.next() < 0.1;
          const ms = (slow ? 1000 : card.arm === 'candidate' ? 400 : 200) * Math.exp(0.1 * random.normal());
          return { ...card, latencyMs: ms };
        }),
      }));
      expect(isHarm({ ...guardrail, alpha: 0.01 }, looks)).toBe(false);
    }
  });

  test('two guardrails of other tolerances on the same cards each keep their own', () => {
    const looks = latencyLooks(4, 60, (ms) => 1.2 * ms);
    const [strict, wide] = [
      { ...guardrail, tolerance: 0 },
      { ...guardrail, margin: { kind: 'relative', value: 0.6 } } as const,
    ];
    const report = reportOf(looks.reduce(takeLook, startJudge([strict, wide])));
    expect(report.guardrails.map(({ verdict }) => verdict)).toEqual(['harm', 'safe']);
  });
});

test('a custom metric that is worse by the tolerance is left alone, lower or higher, relative or absolute', () => {
  const shift = (by: number) => normal((arm) => ({ mean: 300 + (arm === 'candidate' ? by : 0), sd: 60 }));
  const looks = (by: number): readonly Look[] => customLooks({ seed: 7, looks: 80, value: shift(by) });
  const of = (more: Partial<Guardrail>, by: number): boolean => isHarm(level({ alpha: 0.01, ...more }), looks(by));
  expect(of({}, 12)).toBe(false);
  expect(of({ tolerance: 0 }, 12)).toBe(true);
  expect(of({ margin: { kind: 'relative', value: 0.08 } }, 12)).toBe(false);
  const wide = { worseWhen: 'lower', margin: { kind: 'absolute', value: 50 } } as const;
  expect(of(wide, -24)).toBe(false);
  expect(of({ ...wide, tolerance: 0 }, -24)).toBe(true);
  expect(of({}, 50)).toBe(true);
});
