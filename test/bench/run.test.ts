import { goalsOf } from '../../bench/judge/goals.ts';
import { readOptions, streamsFor } from '../../bench/judge/options.ts';
import { runStream, streamSeed } from '../../bench/judge/run.ts';
import { usualScenarios } from '../../bench/judge/all-scenarios.ts';
import { cellsOf, quantile, summaryOf } from '../../bench/judge/summary.ts';

const byName = (name: string) => usualScenarios.find((one) => one.name === name) as (typeof usualScenarios)[number];

test('every stream has its own seed, the same in every run', () => {
  const seeds = usualScenarios.flatMap(({ name }) => [0, 1, 2].map((index) => streamSeed(1, name, index)));
  expect(new Set(seeds).size).toBe(seeds.length);
  expect(streamSeed(1, 'null-20', 0)).toBe(streamSeed(1, 'null-20', 0));
  expect(streamSeed(2, 'null-20', 0)).not.toBe(streamSeed(1, 'null-20', 0));
});

test('a judge decides the same alone as beside others, and ours finds a fivefold latency', () => {
  const scenario = byName('latency-5');
  const together = runStream(scenario, 11, ['ours', 'z-every-look', 'flagger-1m']);
  expect(runStream(scenario, 11, ['ours']).ours).toEqual(together['ours']);
  expect(together['ours']?.answer).toBe('rollback');
});

test('delays count from the onset; a rollback before it has found nothing', () => {
  const scenario = byName('late-accept-50');
  const outcome = (t: number, exposures: number) =>
    ({ ours: { answer: 'rollback', t, exposures, untrustedAt: null } }) as const;
  const task = { scenario: scenario.name, seed: 1, from: 0, to: 3, counts: { ours: 3 } };
  const [cell] = cellsOf(
    [scenario],
    ['ours'],
    [{ task, outcomes: [outcome(20, 0), outcome(50, 150), outcome(52, 210)] }],
  );
  expect(cell).toMatchObject({ streams: 3, rolledBack: { hits: 2 }, delay: { median: 210, p90: null } });
});

test('a null scenario is beyond alpha when its whole interval is, and the goal says so', () => {
  const scenario = byName('null-low');
  const outcome = (answer: 'rollback' | 'promote') => ({
    ours: { answer, t: 360, exposures: 1000, untrustedAt: null },
  });
  const task = { scenario: scenario.name, seed: 1, from: 0, to: 100, counts: { ours: 100 } };
  const cellsWith = (rollbacks: number) =>
    cellsOf(
      [scenario],
      ['ours'],
      [{ task, outcomes: Array.from({ length: 100 }, (_, i) => outcome(i < rollbacks ? 'rollback' : 'promote')) }],
    );
  expect(summaryOf('ours', cellsWith(9)).nulls.beyondAlpha).toEqual([]);
  expect(summaryOf('ours', cellsWith(12)).nulls.beyondAlpha).toEqual(['null-low']);
  expect(goalsOf(cellsWith(12))[0]).toMatchObject({ met: false, measured: '12 % (7 % to 20 %, 100 streams)' });
});

test('scenarios that nothing is chosen by run only when they are named', () => {
  const names = (args: readonly string[]) => readOptions(args).scenarios.map(({ name }) => name);
  expect(names([]).filter((name) => name.startsWith('unseen-'))).toEqual([]);
  expect(names(['--only', 'unseen-both'])).toEqual(['unseen-both']);
});

test('a peer is a rival only where it kept alpha among equal and among tolerable candidates', () => {
  const cells = (rollbacksOfPeer: number) =>
    cellsOf(
      ['null-low', 'tolerable-low', 'accept-50-low'].map(byName),
      ['ours', 'kayenta-1m'],
      ['null-low', 'tolerable-low', 'accept-50-low'].map((scenario) => ({
        task: { scenario, seed: 1, from: 0, to: 20, counts: { ours: 20, 'kayenta-1m': 20 } },
        outcomes: Array.from({ length: 20 }, (_, i) => {
          const harm = scenario === 'accept-50-low';
          const outcome = (rolledBack: boolean, exposures: number) =>
            ({ answer: rolledBack ? 'rollback' : 'promote', t: 60, exposures, untrustedAt: null }) as const;
          const peers = harm || (scenario === 'tolerable-low' && i < rollbacksOfPeer);
          return { ours: outcome(harm, 200), 'kayenta-1m': outcome(peers, 100) };
        }),
      })),
    );
  const rivalry = (rollbacks: number) =>
    goalsOf(cells(rollbacks)).find(({ goal }) => goal.includes('times the best peer'));
  expect(rivalry(0)).toMatchObject({ measured: '2.00 times', met: false });
  expect(rivalry(5)).toBeUndefined();
});

test('the median of runs of which half never ended is never', () => {
  expect(quantile([1, 2, Infinity, Infinity], 0.5)).toBe(2);
  expect(quantile([1, Infinity, Infinity], 0.5)).toBeNull();
});

test('--only takes judges and scenarios; what it does not know is refused with what there is', () => {
  const options = readOptions(['--only', 'ours,null-20', '--streams', '7', '--seed', '3']);
  expect([options.judges, options.scenarios.map(({ name }) => name), options.seed]).toEqual([['ours'], ['null-20'], 3]);
  expect(streamsFor('ours', byName('null-high'), options)).toBe(7);
  expect(() => readOptions(['--only', 'owrs'])).toThrow(/"owrs" is neither a judge nor a scenario/);
  expect(() => readOptions(['--streams', 'many'])).toThrow(/expected a whole number/);
});
