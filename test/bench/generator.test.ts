import { configOf, looksOf } from '../../bench/judge/generator.ts';
import type { StreamLook } from '../../bench/judge/protocol.ts';
import type { Scenario } from '../../bench/judge/scenario.ts';
import { AGENTS, HORIZON } from '../../bench/judge/scenario.ts';
import { usualScenarios } from '../../bench/judge/all-scenarios.ts';

function scenario(name: string): Scenario {
  const found = usualScenarios.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no scenario ${name}`);
  return found;
}

function stream(name: string, seed: number, minutes = HORIZON): readonly StreamLook[] {
  const looks: StreamLook[] = [];
  for (const look of looksOf(scenario(name), seed)) {
    if (looks.push(look) === minutes) break;
  }
  return looks;
}

const outcomes = (looks: readonly StreamLook[], arm: 'base' | 'cand'): readonly number[] =>
  looks.flatMap((look) => look[arm].out);
const latencies = (looks: readonly StreamLook[], arm: 'base' | 'cand'): readonly (number | null)[] =>
  looks.flatMap((look) => look[arm].lat);
const share = <T>(values: readonly T[], holds: (value: T) => boolean): number =>
  values.filter(holds).length / values.length;

test('a look a minute, the last one final, three entries per exposure', () => {
  const looks = stream('null-low', 1);
  expect(looks.map(({ t }) => t)).toEqual(Array.from({ length: HORIZON }, (_, i) => i + 1));
  expect(looks.filter(({ final }) => final).map(({ t }) => t)).toEqual([HORIZON]);
  const even = [...looks.map(({ base }) => base), ...looks.map(({ cand }) => cand)].every(
    ({ out, lat, agent }) => out.length === lat.length && out.length === agent.length,
  );
  expect(even).toBe(true);
});

test('the same seed gives the same stream, another seed another', () => {
  const text = (seed: number): string => JSON.stringify(stream('null-low', seed));
  expect(text(7)).toBe(text(7));
  expect(text(7)).not.toBe(text(8));
});

test('rates, volume and losses are those asked for', () => {
  const looks = stream('accept-50', 2, 60);
  expect(outcomes(looks, 'cand').length / 60).toBeCloseTo(30, -0.5);
  expect(outcomes(looks, 'base').length / 60).toBeCloseTo(270, -1);
  expect(share(outcomes(looks, 'base'), (out) => out === 1)).toBeCloseTo(0.2 * 0.99, 2);
  expect(Math.abs(share(outcomes(looks, 'cand'), (out) => out === 1) - 0.1 * 0.99)).toBeLessThan(0.02);
  expect(share(outcomes(looks, 'cand'), (out) => out === 2)).toBeCloseTo(0.2 * 0.99, 1);
  expect(share(latencies(looks, 'base'), (ms) => ms === null)).toBeCloseTo(0.01, 2);
  expect(outcomes(stream('lost-candidate', 2, 60), 'cand').length / 60).toBeCloseTo(21, -0.5);
  expect(outcomes(stream('no-data', 2, 60), 'cand')).toEqual([]);
});

test('harm begins at its onset, and only in the candidate', () => {
  const looks = stream('late-latency-2', 3, 90);
  const median = (part: readonly StreamLook[], arm: 'base' | 'cand'): number => {
    const known = latencies(part, arm)
      .filter((ms) => ms !== null)
      .toSorted((a, b) => a - b);
    return known[Math.floor(known.length / 2)] ?? 0;
  };
  const [before, after] = [looks.slice(0, 45), looks.slice(45)];
  for (const [part, arm, expected] of [
    [before, 'cand', 400],
    [after, 'cand', 800],
    [before, 'base', 400],
    [after, 'base', 400],
  ] as const) {
    expect(Math.abs(median(part, arm) / expected - 1)).toBeLessThan(0.06);
  }
});

test('48 ms more on every card of the candidate, and only there', () => {
  const quantileOf = (arm: 'base' | 'cand', level: number): number => {
    const known = latencies(stream('tolerable-48ms', 8, 120), arm)
      .filter((ms) => ms !== null)
      .toSorted((a, b) => a - b);
    return known[Math.floor(level * known.length)] ?? 0;
  };
  for (const level of [0.1, 0.5]) {
    const more = quantileOf('cand', level) - quantileOf('base', level);
    expect(Math.abs(more - 48)).toBeLessThan(15);
  }
});

test('1 % of the cards take twenty times as long', () => {
  const { base: model } = scenario('tail');
  const looks = stream('tail', 4, 120);
  const limit = model.medianMs * Math.exp(3.5 * model.sigma);
  expect(share(latencies(looks, 'base'), (ms) => (ms ?? 0) > limit)).toBeLessThan(0.001);
  expect(share(latencies(looks, 'cand'), (ms) => (ms ?? 0) > limit)).toBeGreaterThan(0.005);
});

test('the split rises and takes agents along; no agent is in both arms of one look', () => {
  const looks = stream('null-agents-rising', 5);
  const shareOf = (look: StreamLook): number => look.cand.out.length / (look.cand.out.length + look.base.out.length);
  expect(shareOf(looks[10] as StreamLook)).toBeLessThan(0.15);
  expect(shareOf(looks[350] as StreamLook)).toBeGreaterThan(0.35);
  expect(
    looks.every(
      ({ share: split, base, cand }) =>
        Math.max(...cand.agent) < AGENTS * split && Math.min(...base.agent) >= AGENTS * split,
    ),
  ).toBe(true);
});

/** Analysis of variance over agents: (between - within) / (between + (m - 1) within). */
function intraClass(values: readonly number[], agents: readonly number[]): number {
  const groups = new Map<number, number[]>();
  for (const [i, agent] of agents.entries()) {
    const group = groups.get(agent) ?? [];
    groups.set(agent, group);
    group.push(values[i] ?? 0);
  }
  const mean = (list: readonly number[]): number => list.reduce((sum, value) => sum + value, 0) / list.length;
  const [k, grand, size] = [groups.size, mean(values), values.length / groups.size];
  let [between, within] = [0, 0];
  for (const group of groups.values()) {
    const own = mean(group);
    between += group.length * (own - grand) ** 2;
    within += group.reduce((sum, value) => sum + (value - own) ** 2, 0);
  }
  const [msb, msw] = [between / (k - 1), within / (values.length - k)];
  return (msb - msw) / (msb + (size - 1) * msw);
}

function clustering(name: string): { outcomes: number; latency: number } {
  const looks = stream(name, 6, 90);
  const agents = looks.flatMap(({ base }) => base.agent);
  const logs = latencies(looks, 'base').map((ms) => Math.log(ms ?? 400));
  return {
    outcomes: intraClass(
      outcomes(looks, 'base').map((out) => (out === 1 ? 1 : 0)),
      agents,
    ),
    latency: intraClass(logs, agents),
  };
}

test('outcomes and latencies correlate within an agent as asked, and only then', () => {
  const [outcome, latency, none] = [
    clustering('null-agents'),
    clustering('null-agents-latency'),
    clustering('null-20'),
  ];
  for (const asked of [outcome.outcomes, latency.latency]) {
    expect(asked).toBeGreaterThan(0.02);
    expect(asked).toBeLessThan(0.04);
  }
  for (const absent of [outcome.latency, latency.outcomes, none.outcomes, none.latency])
    expect(Math.abs(absent)).toBeLessThan(0.005);
});

test("last month's figures are the baseline's own, or as wrong as asked", () => {
  const { history, slo, alpha, horizon } = configOf(scenario('null-20'), 1);
  expect([alpha, horizon]).toEqual([0.05, 360]);
  expect([history.accept, history.p50, Math.round(history.p95)]).toEqual([0.198, 400, 1265]);
  expect(slo.accept).toBeCloseTo(0.1782, 6);
  expect(configOf(scenario('null-history'), 1).history.p50).toBe(280);
});
