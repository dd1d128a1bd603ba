import { usualScenarios } from '../../bench/judge/all-scenarios.ts';
import { boundOf, clusteredBound } from '../../bench/judge/bounds.ts';
import { wilson } from '../../src/domain/shared/share.ts';

const bound = (name: string) =>
  boundOf(usualScenarios.find((one) => one.name === name) as (typeof usualScenarios)[number]);

test('acceptance halved, 1 % undelivered: ln 20 over what tells it from 5 % less', () => {
  expect(bound('accept-50')?.wald).toBeCloseTo(107.8, 1);
  expect(bound('late-accept-50')?.wald).toBeCloseTo(107.8, 1);
  expect(bound('accept-50-agents')?.wald).toBeCloseTo(124.7, 1);
});

test('clustered agents say less, and too few agents can never say it', () => {
  expect(clusteredBound(89.36, 0.03, 20)).toBeCloseTo(100.1, 1);
  expect(clusteredBound(700, 0.03, 20)).toBe(Infinity);
});

test('a third of the events lost shows in about 46 candidate exposures', () => {
  expect(bound('lost-candidate')?.wald).toBeCloseTo(45.8, 1);
});

test('a harm that is plain within a look waits for the look; without harm there is no bound', () => {
  expect(bound('latency-5')?.reachable).toBe(30);
  expect(bound('latency-5')?.wald).toBeLessThan(3);
  for (const name of ['null-20', 'tolerable-edge', 'accept-10']) expect(bound(name)).toBeNull();
});

test("Wilson's interval at known values", () => {
  const { low, high } = wilson(10, 200);
  expect([low.toFixed(4), high.toFixed(4)]).toEqual(['0.0274', '0.0896']);
  expect(wilson(0, 300).low).toBeCloseTo(0, 12);
});
