import { argo, fixedLimits, flagger } from '../../bench/judge/peers/fixed-limits.ts';
import { growthbook, halfWidth } from '../../bench/judge/peers/growthbook.ts';
import { fails, kayenta } from '../../bench/judge/peers/kayenta.ts';
import { shiftInterval } from '../../bench/judge/peers/mann-whitney.ts';
import { zOf, zTest } from '../../bench/judge/peers/z-test.ts';
import type { Answer, ArmLook, BenchJudge, StepConfig } from '../../bench/judge/protocol.ts';

const HORIZON = 40;
const config: StepConfig = {
  alpha: 0.05,
  horizon: HORIZON,
  share: 0.1,
  margin: { accept: 0.1, dismiss: 0.1, p95: 0.25 },
  history: {
    accept: 0.2,
    dismiss: 0.2,
    p50: 400,
    p95: 1000,
    p99: 2000,
    agents: { agent: [], cards: [], accepted: [], dismissed: [] },
  },
  slo: { accept: 0.18, dismiss: 0.22, p95: 1250 },
};
const good = { accepted: 20, dismissed: 20, ms: 400 };

/** A hundred cards over ten agents, evenly. */
function arm({ accepted, dismissed, ms }: typeof good): ArmLook {
  const cards = Array.from({ length: 100 }, (_, i) => i);
  return {
    out: cards.map((i) => ((i * 37) % 100 < accepted ? 1 : (i * 37) % 100 < accepted + dismissed ? 2 : 0)),
    lat: cards.map((i) => ms + (i % 10)),
    agent: cards.map((i) => i % 10),
  };
}

/** The answer that ended it, and when. */
function play(judge: BenchJudge, candidate: (t: number) => ArmLook): { answer: Answer; t: number } {
  judge.reset(config);
  for (let t = 1; t <= HORIZON; t++) {
    const answer = judge.look({ t, final: t === HORIZON, share: 0.5, base: arm(good), cand: candidate(t) });
    if (answer !== 'continue') return { answer, t };
  }
  return { answer: 'continue', t: HORIZON };
}

const healthy = (): ArmLook => arm(good);
const nothing = (): ArmLook => ({ out: [], lat: [], agent: [] });
const fewer = { ...good, accepted: 10 };

test.each([
  ['argo', () => fixedLimits(argo)],
  ['flagger', () => fixedLimits(flagger)],
  ['kayenta', kayenta],
  ['growthbook event', () => growthbook('event')],
  ['growthbook agent', () => growthbook('agent')],
  ['threshold event', () => growthbook('event', 'tolerance')],
  ['z', zTest],
])('%s promotes an equal candidate at the end, and none that was never seen', (_, make) => {
  expect(play(make(), healthy)).toEqual({ answer: 'promote', t: HORIZON });
  expect(play(make(), nothing)).toEqual({ answer: 'continue', t: HORIZON });
});

test('Argo counts failed five-minute measurements of a metric, consecutive or not, and rolls back at the fourth', () => {
  expect(play(fixedLimits(argo), () => arm(fewer))).toEqual({ answer: 'rollback', t: 20 });
  expect(play(fixedLimits(argo), (t) => arm(Math.ceil(t / 5) % 2 === 1 ? fewer : good))).toEqual({
    answer: 'rollback',
    t: 35,
  });
  // Two failures each of two metrics are not four of one.
  expect(
    play(fixedLimits(argo), (t) => arm(t <= 10 ? fewer : t <= 20 ? { ...good, dismissed: 40 } : good)).answer,
  ).toBe('promote');
});

test('Flagger counts failed minutes of all metrics together and rolls back at the fifth', () => {
  expect(play(fixedLimits(flagger), (t) => arm(t <= 2 ? fewer : t <= 9 ? good : { ...good, ms: 1300 }))).toEqual({
    answer: 'rollback',
    t: 12,
  });
  expect(play(fixedLimits(flagger), (t) => arm(t <= 4 ? fewer : good)).answer).toBe('promote');
});

test('Mann and Whitney: the interval of a shift of ten', () => {
  const count = (from: number): number[] => Array.from({ length: 10 }, (_, i) => from + i);
  const { low, estimate, high } = shiftInterval(count(11), count(1), 0.98);
  expect(estimate).toBeCloseTo(10, 4);
  expect(low).toBeGreaterThan(5);
  expect(low).toBeLessThan(7);
  expect(high).toBeCloseTo(20 - low, 4);
});

test("Kayenta's metric fails beyond a quarter of its own shift, in the bad direction only, outliers aside", () => {
  const noise = Array.from({ length: 30 }, (_, i) => ((i * 7) % 30) / 10);
  const shifted = (by: number): number[] => noise.map((value) => value + by);
  expect(fails(shifted(3), noise, 1, 1)).toBe(true);
  expect(fails(shifted(3), noise, -1, 1)).toBe(false);
  expect(fails(shifted(-3), noise, -1, 1)).toBe(true);
  expect(fails(shifted(0.1), noise, 1, 1)).toBe(false);
  expect(fails([...noise, 1000], noise, 1, 1)).toBe(false);
  expect(fails([], noise, 1, 1)).toBe(false);
});

test("GrowthBook's half-width at its worked number", () => {
  expect(halfWidth(0.05 ** 2, 1000, 0.05)).toBeCloseTo(0.1576, 4);
});

test('a halved acceptance is found by GrowthBook and z, sooner by the one that spends alpha at every look', () => {
  const [sequential, peeking] = [play(growthbook('event'), () => arm(fewer)), play(zTest(), () => arm(fewer))];
  expect([sequential.answer, peeking.answer]).toEqual(['rollback', 'rollback']);
  expect(peeking.t).toBeLessThan(sequential.t);
});

test("Kayenta spares a shift of the mean by less than what is allowed; a bound's threshold what is tolerated", () => {
  const minutes = Array.from({ length: 30 }, (_, i) => 20 + ((i * 7) % 30) / 30);
  const shifted = minutes.map((value) => value * 1.05);
  expect([fails(shifted, minutes, 1, 1), fails(shifted, minutes, 1, 1.1)]).toEqual([true, false]);
  const slower = () => arm({ ...good, ms: 430 });
  expect(play(growthbook('event'), slower).answer).toBe('rollback');
  expect(play(growthbook('event', 'tolerance'), slower).answer).toBe('promote');
  expect(play(growthbook('event', 'tolerance'), () => arm(fewer)).answer).toBe('rollback');
});

test('60 of 200 against 40 of 200: z = 2.309; too few cards: nothing', () => {
  expect(zOf(60, 200, 40, 200)).toBeCloseTo(2.309, 3);
  expect(zOf(20, 20, 0, 200)).toBe(0);
});
