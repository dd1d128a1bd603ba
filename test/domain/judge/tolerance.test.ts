import { startJudge, takeLook } from '../../../src/domain/judge/judge.ts';
import { logOddsRatio, relieve, toleranceTimes, worsen } from '../../../src/domain/judge/maths/margin.ts';
import { reportOf } from '../../../src/domain/judge/report/report.ts';
import type { Arm, Card, JudgeState, Look } from '../../../src/domain/judge/types.ts';
import type { Guardrail } from '../../../src/domain/plan/plan.ts';
import { seededRandom } from '../../../src/domain/shared/random.ts';
import { acceptance, cards, choose, look, p95 } from './helpers.ts';
import { customLooks, level, normal } from './custom-streams.ts';

jest.setTimeout(120_000);

const evidenceOf = (state: JudgeState): number =>
  Math.exp((state as unknown as { evidence: { harmNow: number }[] }).evidence[0]?.harmNow ?? 0);

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

/** Mean of the evidence over all ways in which so many hits may fall to the candidate, at that ln odds ratio. */
function meanEvidence(guardrail: Guardrail, logOdds: number): number {
  const [candidate, baseline, hits] = [40, 60, 30];
  let [sum, all] = [0, 0];
  for (let a = 0; a <= hits; a++) {
    const chance = choose(candidate, a) * choose(baseline, hits - a) * Math.exp(a * logOdds);
    const shown = look(1, [...cards('candidate', candidate, a), ...cards('baseline', baseline, hits - a)]);
    sum += chance * evidenceOf(takeLook(startJudge([guardrail]), shown));
    all += chance;
  }
  return sum / all;
}

test('the evidence on a rate has mean 1 at the odds of the tolerance, less within it, and more beyond', () => {
  const never = { ...acceptance, alpha: 1e-9 };
  const pooled = 30.5 / 101;
  const edge = logOddsRatio(worsen(never, pooled, 0.5), pooled);
  // What is kept of it is rounded down.
  expect(meanEvidence(never, edge)).toBeCloseTo(1, 5);
  expect(meanEvidence(never, edge)).toBeLessThan(1 + 1e-9);
  expect(meanEvidence(never, edge / 2)).toBeLessThan(0.99);
  expect(meanEvidence(never, 0)).toBeLessThan(meanEvidence(never, edge / 2));
  expect(meanEvidence(never, 2 * edge)).toBeGreaterThan(1.01);
  expect(meanEvidence({ ...never, tolerance: 0 }, 0)).toBeCloseTo(1, 5);
});

const MINUTE = 60_000;

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
