import { compareBlock, emptyComparison } from '../../../src/domain/judge/gathering/comparison.ts';
import { emptyTally, noHits } from '../../../src/domain/judge/gathering/block.ts';
import { logTiltEvidence } from '../../../src/domain/judge/maths/conditional-tilt.ts';
import { logOddsEvidence } from '../../../src/domain/judge/maths/fisher-noncentral.ts';
import { designEffects } from '../../../src/domain/judge/clusters/design-effect.ts';
import { CARD_SCORES, emptyLedger } from '../../../src/domain/judge/gathering/agent-ledger.ts';
import { effectOf, radius } from '../../../src/domain/judge/decision/effect.ts';
import { harmThresholdOf, slackOf } from '../../../src/domain/judge/maths/calibration.ts';
import { jointHarmPart, noJointHarm, stepJointHarm } from '../../../src/domain/judge/bets/joint-harm.ts';
import type { Gathered } from '../../../src/domain/judge/bets/joint-harm.ts';
import { bettingPlanOf } from '../../../src/domain/judge/bets/bets.ts';
import { startEvidence } from '../../../src/domain/judge/bets/evidence.ts';
import { referenceOf } from '../../../src/domain/judge/maths/reference.ts';
import { emptySketch, shareAboveMs } from '../../../src/domain/judge/maths/sketch.ts';
import { factorShift, LATENCY_TILTS, logTilt } from '../../../src/domain/judge/bets/latency-tilts.ts';
import { marginScore } from '../../../src/domain/judge/decision/margin-score.ts';
import { normalQuantile, normalTail } from '../../../src/domain/judge/maths/normal.ts';
import { startJudge, takeLook } from '../../../src/domain/judge/judge.ts';
import { reportOf } from '../../../src/domain/judge/report/report.ts';
import { acceptance, card, cards, dismissal, look, sketchBy } from './helpers.ts';

const design = designEffects(emptyLedger(CARD_SCORES));

test('normal quantile and tail', () => {
  expect(normalQuantile(0.975)).toBeCloseTo(1.959964, 5);
  expect(normalQuantile(0.5)).toBeCloseTo(0, 9);
  for (const z of [-5, -1.3, 0.2, 2.5, 6]) expect(normalQuantile(1 - normalTail(z))).toBeCloseTo(z, z > 5 ? 2 : 5);
  expect(normalTail(1.959964) / 0.025).toBeCloseTo(1, 6);
});

describe('conditional tilt', () => {
  test('worked number: 2 of 2 cards in the category with tilt 2 gives 24/13', () => {
    expect(
      logTiltEvidence(
        [
          { candidate: 2, both: 2 },
          { candidate: 0, both: 2 },
        ],
        [Math.log(2), 0],
      ),
    ).toBeCloseTo(Math.log(24 / 13), 9);
  });

  test.each([
    [2, 3, 5, 27],
    [7, 10, 20, 90],
    [30, 300, 500, 2700],
    [60, 90, 50, 40],
    [100, 5000, 900, 45_000],
  ])('with two categories it is the noncentral hypergeometric ratio: %i of %i, %i of %i', (c, n1, h, n0) => {
    for (const logPsi of [-2, -0.3, 0.2, 1.5]) {
      const exact = logOddsEvidence(
        { candidateHits: c, candidateCards: n1, baselineHits: h, baselineCards: n0 },
        logPsi,
      );
      const found = logTiltEvidence(
        [
          { candidate: c, both: c + h },
          { candidate: n1 - c, both: n1 - c + n0 - h },
        ],
        [logPsi, 0],
      );
      expect(Math.abs(found - exact)).toBeLessThan(1e-5);
    }
  });

  test('a thousand million cards: finite, and nothing where the arms are alike in all', () => {
    const many = [
      { candidate: 1e8, both: 1e9 },
      { candidate: 1e8, both: 1e9 },
      { candidate: 0, both: 0 },
    ];
    expect(Number.isFinite(logTiltEvidence(many, [3, 0, -2]))).toBe(true);
    expect(logTiltEvidence(many, [1, 1, 1])).toBeCloseTo(0, 4);
    expect(logTiltEvidence([{ candidate: 0, both: 9 }], [1])).toBe(0);
  });
});

test('ranks: two bins of equal weight stand at the quarters, drawn a little to the log-normal shape', () => {
  const halves = referenceOf(sketchBy({ 100: 5e6, 110: 5e6 }));
  expect([100, 110].map((bin) => Number(halves?.rankOf(bin).z.toFixed(2)))).toEqual([-0.67, 0.67]);
  expect(referenceOf(emptySketch)).toBeNull();
  const unseen = referenceOf(sketchBy({ 100: 500, 105: 500, 110: 500 }))?.rankOf(400);
  expect(unseen?.above).toBeLessThan(1e-6);
});

test('latency tilts: worked number of a shift, and every tilt rises with latency', () => {
  expect(logTilt({ kind: 'shift', size: 1, among: 0, score: 'location' }, 2, 0.02, factorShift(1.25, 0.5))).toBeCloseTo(
    0.793,
    3,
  );
  for (const tilt of LATENCY_TILTS) {
    const path = Array.from({ length: 60 }, (_, i) => -3 + i / 10).map((z) =>
      logTilt(tilt, z, normalTail(z), factorShift(1.25, 0.5)),
    );
    expect(path.every((value, i) => i === 0 || value >= (path[i - 1] ?? 0))).toBe(true);
  }
});

test('joint harm: worked number, and an observed guardrail adds nothing', () => {
  const gathered = (alpha: number, harm: number, mode: 'enforce' | 'observe' = 'enforce'): Gathered => {
    const guardrail = { ...acceptance, alpha, mode };
    const plan = bettingPlanOf(guardrail);
    return { guardrail, plan, evidence: { ...startEvidence(plan, false), harmNow: Math.log(harm) } };
  };
  const all = [gathered(0.01, 30), gathered(0.03, 20), gathered(0.4, 1e6, 'observe')];
  const joint = stepJointHarm(noJointHarm, all);
  expect(Math.exp(joint.peak)).toBeCloseTo(0.9, 9);
  expect(
    jointHarmPart(
      joint,
      all.map(({ guardrail }) => guardrail),
    ),
  ).toBeCloseTo(1.44, 9);
  expect(joint.leader).toBe(1);
  expect(stepJointHarm(joint, [gathered(0.01, 1)])).toBe(joint);
});

test('two guardrails, neither proven alone, are harm together, and the sentence names the leader', () => {
  const plan = [
    { ...acceptance, alpha: 0.12, tolerance: 0 },
    { ...dismissal, alpha: 0.12, tolerance: 0 },
  ];
  const shown = (dismissed: number) =>
    Array.from({ length: 60 }, (_, i) =>
      card('candidate', i < 17 ? 'accepted' : i < 17 + dismissed ? 'dismissed' : 'none'),
    );
  const base = Array.from({ length: 60 }, (_, i) =>
    card('baseline', i < 30 ? 'accepted' : i < 42 ? 'dismissed' : 'none'),
  );
  const [together, alone] = [27, 12].map((dismissed) =>
    reportOf(takeLook(startJudge(plan), look(1, [...base, ...shown(dismissed)]))),
  );
  expect(together?.guardrails.every(({ logEvidence }) => logEvidence.harm < harmThresholdOf(0.12, 0.24))).toBe(true);
  expect([together?.verdict, alone?.verdict]).toEqual(['harm', 'undecided']);
  expect(together?.reason).toMatch(
    /^\S+ harm: .*, evidence 1:[\d.]+ that it is worse than the baseline \(needed alone 1:6\.4\); the 2 enforced guardrails fell together, under the budget of harm that they share: evidence of all 1:[\d.]+ \(needed 1:3\.2\)/,
  );
  expect(alone?.reason).not.toContain('together');
});

describe('effect and margin', () => {
  const comparison = compareBlock({
    splitPercent: 10,
    sinceMs: 0,
    baseline: { ...emptyTally, cards: 9000, hits: { ...noHits, acceptanceRate: 1800 } },
    candidate: { ...emptyTally, cards: 1000, hits: { ...noHits, acceptanceRate: 200 } },
  });

  test('worked number of the margin score: z = 1.51', () => {
    expect(marginScore({ ...acceptance, margin: { kind: 'relative', value: 0.1 } }, comparison, design)).toBeCloseTo(
      1.51,
      2,
    );
    expect(marginScore(acceptance, emptyComparison, design)).toBe(-Infinity);
  });

  test('worked number of the radius, and an interval that holds the estimate and shrinks with the cards', () => {
    expect(radius(1000, { alpha: 0.05, tunedFor: 500 })).toBeCloseTo(3.26, 2);
    const effect = effectOf(acceptance, comparison, design);
    expect(effect).toMatchObject({ estimate: 0, unit: 'ofBaseline' });
    const report = reportOf(
      takeLook(
        startJudge([acceptance]),
        look(1, [...cards('candidate', 4000, 1040), ...cards('baseline', 4000, 1600)]),
      ),
    ).guardrails[0]?.effect;
    expect(report?.estimate).toBeCloseTo(-0.35, 9);
    expect(report?.low).toBeLessThan(-0.35);
    expect(report?.high).toBeLessThan(0);
    expect(effectOf(acceptance, emptyComparison, design)).toBeNull();
  });
});

test('share above a latency, interpolated inside its bin', () => {
  expect(shareAboveMs(sketchBy({ 10: 50, 20: 50 }), 1.04 ** 15)).toBe(0.5);
  expect(shareAboveMs(sketchBy({ 10: 100 }), 1.04 ** 9.5)).toBeCloseTo(0.5, 9);
  expect(shareAboveMs(emptySketch, 5)).toBe(0);
});

test('a card whose clocks disagree is delivered and leaves the latency alone', () => {
  const skewed = Array.from({ length: 40 }, () => ({ ...card('candidate', 'accepted', null), skewed: true }));
  const report = reportOf(
    takeLook(
      startJudge([
        { ...acceptance, metric: 'undeliveredRate', worseWhen: 'higher' },
        { ...acceptance, metric: 'deliveryLatency', worseWhen: 'higher' },
      ]),
      look(1, [...skewed, ...cards('baseline', 40, 20)]),
    ),
  );
  expect(report.guardrails[0]).toMatchObject({ candidateValue: 0, n: { candidate: 40, baseline: 40 } });
  expect(report.guardrails[1]).toMatchObject({ verdict: 'noData', n: { candidate: 0, baseline: 40 } });
});

test('slack: harm takes a little less than 1 / alpha, and 1 / alpha again where the budget is large', () => {
  expect(Math.exp(harmThresholdOf(0.04, 0.04))).toBeCloseTo(15.625, 9);
  expect(slackOf(0.1)).toBeCloseTo(1.6, 9);
  expect(slackOf(0.5)).toBeLessThan(1.06);
  expect(slackOf(1)).toBe(1);
});
