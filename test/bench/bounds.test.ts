import { boundOf, clusteredBound, latencyInformation, rateInformation } from '../../bench/judge/bounds.ts';
import type { ArmModel } from '../../bench/judge/scenario.ts';
import { usualScenarios } from '../../bench/judge/all-scenarios.ts';
import { wilson } from '../../src/domain/forecast/wilson.ts';

const model: ArmModel = {
  accept: 0.2,
  dismiss: 0.2,
  undelivered: 0,
  medianMs: 400,
  sigma: 0.5,
  tail: { share: 0, times: 1 },
  plusMs: 0,
};
/** So many baseline cards that the baseline is as good as known. */
const KNOWN = 1e7;

test('acceptance 20 % against 10 % at nine to one: 89.4 candidate exposures', () => {
  const information = rateInformation(0.2, 0.1, 9);
  expect(information).toBeCloseTo(0.033525, 5);
  expect(Math.log(20) / information).toBeCloseTo(89.36, 2);
});

test('with a known baseline a rate has the binary divergence: 0.1 ln 0.5 + 0.9 ln(0.9/0.8)', () => {
  expect(rateInformation(0.2, 0.1, KNOWN)).toBeCloseTo(0.1 * Math.log(0.5) + 0.9 * Math.log(0.9 / 0.8), 6);
});

test('with a known baseline a doubled log-normal latency has (ln 2)^2 / (2 sigma^2)', () => {
  expect(latencyInformation(model, { ...model, medianMs: 800 }, KNOWN)).toBeCloseTo(Math.LN2 ** 2 / (2 * 0.25), 3);
});

test('a slower share far beyond the rest counts like a rate from nothing: 0.01 of the cards at nine to one', () => {
  const apart = latencyInformation(model, { ...model, tail: { share: 0.01, times: 1e6 } }, 9);
  const byHand = 9 * Math.log(1 / 0.999) + 0.99 * Math.log(0.99 / 0.999) + 0.01 * Math.log(0.01 / 0.001);
  expect(apart).toBeCloseTo(byHand, 6);
});

test('equal arms have no information', () => {
  expect(rateInformation(0.2, 0.2, 9)).toBe(0);
  expect(latencyInformation(model, model, 9)).toBeCloseTo(0, 12);
});

test('clustered agents say less, and too few agents can never say it', () => {
  expect(clusteredBound(89.36, 0.03, 20)).toBeCloseTo(100.1, 1);
  expect(clusteredBound(700, 0.03, 20)).toBe(Infinity);
});

test('a third of the events lost shows in about 46 candidate exposures, whichever harm is judged within a look waits for the look', () => {
  const bound = (name: string) =>
    boundOf(usualScenarios.find((one) => one.name === name) as (typeof usualScenarios)[number]);
  expect(bound('lost-candidate')?.wald).toBeCloseTo(45.8, 1);
  expect(bound('null-20')).toBeNull();
  expect(bound('latency-5')?.reachable).toBe(30);
  expect(bound('latency-5')?.wald).toBeLessThan(3);
});

test("Wilson's interval at known values", () => {
  const { low, high } = wilson(10, 200);
  expect([low.toFixed(4), high.toFixed(4)]).toEqual(['0.0274', '0.0896']);
  expect(wilson(0, 300).low).toBeCloseTo(0, 12);
});
