import fc from 'fast-check';
import { logTiltEvidence } from '../../../src/domain/judge/maths/conditional-tilt.ts';
import { logOddsEvidence } from '../../../src/domain/judge/maths/fisher-noncentral.ts';
import { startJudge, takeLook } from '../../../src/domain/judge/judge.ts';
import { reportOf } from '../../../src/domain/judge/report/report.ts';
import type { Outcome } from '../../../src/domain/metrics/index.ts';
import type { Guardrail } from '../../../src/domain/plan/plan.ts';
import type { Card, JudgeState, Look } from '../../../src/domain/judge/types.ts';
import { acceptance, choose, dismissal, numbersIn, p95, undelivered } from './helpers.ts';

const card: fc.Arbitrary<Card> = fc.record({
  arm: fc.constantFrom('baseline' as const, 'candidate' as const),
  outcomes: fc.constantFrom<readonly Outcome[]>(['accepted'], ['dismissed'], []),
  latencyMs: fc.oneof(
    { weight: 9, arbitrary: fc.double({ min: 0, max: 1e9, noNaN: true }) },
    { weight: 1, arbitrary: fc.constant(null) },
  ),
  skewed: fc.boolean(),
  agent: fc.integer({ min: 1, max: 12 }).map((i) => `agent-${i}`),
  queue: fc.constant('q'),
  firstOfConversation: fc.boolean(),
});

const looks: fc.Arbitrary<readonly Look[]> = fc
  .array(fc.record({ splitPercent: fc.constantFrom(null, 10, 50), cards: fc.array(card, { maxLength: 40 }) }), {
    minLength: 1,
    maxLength: 12,
  })
  .map((list) => list.map((look, i) => ({ ...look, atMs: i * 1000 })));

const guardrails: fc.Arbitrary<readonly Guardrail[]> = fc.subarray<Guardrail>(
  [
    acceptance,
    dismissal,
    undelivered,
    p95,
    { ...p95, statistic: 'mean', mode: 'observe' },
    { ...p95, statistic: 'p50', worseWhen: 'lower' },
  ],
  { minLength: 1 },
);

test('the order of cards within a look does not matter: same report, same state', () => {
  fc.assert(
    fc.property(guardrails, looks, fc.integer(), (plan, stream, turn) => {
      const shuffled = stream.map((look) => ({
        ...look,
        cards: look.cards
          .map((one, i) => ({ one, key: Math.imul(i + 1, turn | 1) }))
          .sort((a, b) => a.key - b.key)
          .map(({ one }) => one),
      }));
      const [plain, other] = [stream, shuffled].map((some) => some.reduce(takeLook, startJudge(plan)));
      expect(other).toEqual(plain);
    }),
    { numRuns: 60 },
  );
});

test('a restart from the written state at any look equals no restart, bit for bit', () => {
  fc.assert(
    fc.property(guardrails, looks, fc.nat(), (plan, stream, at) => {
      const stop = at % stream.length;
      const plain = stream.reduce(takeLook, startJudge(plan));
      const written = JSON.stringify(stream.slice(0, stop).reduce(takeLook, startJudge(plan)));
      const restarted = stream.slice(stop).reduce(takeLook, JSON.parse(written) as JudgeState);
      expect(JSON.stringify(restarted)).toBe(JSON.stringify(plain));
      expect(JSON.stringify(reportOf(restarted))).toBe(JSON.stringify(reportOf(plain)));
    }),
    { numRuns: 60 },
  );
});

test('only finite numbers leave the judge, whatever the cards', () => {
  fc.assert(
    fc.property(guardrails, looks, (plan, stream) => {
      const state = stream.reduce(takeLook, startJudge(plan));
      expect(numbersIn([state, reportOf(state)]).filter((value) => !Number.isFinite(value))).toEqual([]);
    }),
    { numRuns: 60 },
  );
});

const counts = fc.array(
  fc.record({ baseline: fc.nat(30), candidate: fc.nat(30), tilt: fc.double({ min: -4, max: 4, noNaN: true }) }),
  { minLength: 1, maxLength: 6 },
);

test('relabelling the arms and turning the tilt round leaves the evidence as it is', () => {
  fc.assert(
    fc.property(counts, (rows) => {
      const of = (arm: 'baseline' | 'candidate', sign: number) =>
        logTiltEvidence(
          rows.map((row) => ({ candidate: row[arm], both: row.baseline + row.candidate })),
          rows.map(({ tilt }) => sign * tilt),
        );
      expect(of('baseline', -1)).toBeCloseTo(of('candidate', 1), 5);
    }),
  );
});

test('relabelling the arms mirrors the verdict: what is harm one way round is none the other way round', () => {
  fc.assert(
    fc.property(fc.nat(60), fc.nat(60), (a, b) => {
      const verdict = (baseline: number, candidate: number) => {
        const arm = (which: Card['arm'], hits: number): readonly Card[] =>
          Array.from({ length: 60 }, (_, i): Card => ({
            arm: which,
            outcomes: i < hits ? ['accepted'] : [],
            latencyMs: 100 + i,
            agent: `${i % 20}`,
            queue: 'q',
            firstOfConversation: true,
          }));
        const shown = [1, 2, 3].map((atMs) => ({
          atMs,
          splitPercent: 50,
          cards: [...arm('baseline', baseline), ...arm('candidate', candidate)],
        }));
        return reportOf(
          shown.reduce(takeLook, startJudge([acceptance, { ...acceptance, worseWhen: 'higher' }])),
        ).guardrails.map((row) => row.verdict === 'harm');
      };
      const [lower, higher] = verdict(a, b);
      const [mirroredLower, mirroredHigher] = verdict(b, a);
      expect(lower && mirroredLower).toBe(false);
      expect(higher && mirroredHigher).toBe(false);
      if (Math.abs(a - b) > 30)
        expect([lower, higher, mirroredLower, mirroredHigher]).toEqual([a > b, a < b, a < b, a > b]);
    }),
    { numRuns: 40 },
  );
});

test('merging two looks of one split never breaks validity: the mean stays at most 1, though the rate moved between them', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.01, max: 0.99, noNaN: true }),
      fc.double({ min: 0.01, max: 0.99, noNaN: true }),
      fc.double({ min: -2, max: 2, noNaN: true }),
      (p, q, logPsi) => {
        const [first, second] = [
          { candidate: 2, baseline: 4 },
          { candidate: 3, baseline: 6 },
        ];
        let mean = 0;
        for (let a = 0; a <= first.candidate; a++)
          for (let b = 0; b <= first.baseline; b++)
            for (let c = 0; c <= second.candidate; c++)
              for (let d = 0; d <= second.baseline; d++) {
                const chance =
                  binomial(a, first.candidate, p) *
                  binomial(b, first.baseline, p) *
                  binomial(c, second.candidate, q) *
                  binomial(d, second.baseline, q);
                mean +=
                  chance *
                  Math.exp(
                    logOddsEvidence(
                      { candidateHits: a + c, candidateCards: 5, baselineHits: b + d, baselineCards: 10 },
                      logPsi,
                    ),
                  );
              }
        expect(mean).toBeLessThanOrEqual(1 + 1e-9);
      },
    ),
    { numRuns: 60 },
  );
});

function binomial(x: number, n: number, p: number): number {
  return choose(n, x) * p ** x * (1 - p) ** (n - x);
}
