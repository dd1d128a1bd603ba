import { runDemo } from '../../../bench/judge/demo-run.ts';
import { startJudge, takeLook } from '../../../src/domain/judge/judge.ts';
import { reportOf } from '../../../src/domain/judge/report/report.ts';
import { seededRandom } from '../../../src/domain/shared/random.ts';
import { acceptance, cards, look } from './helpers.ts';

test('demo traffic: the healthy version is never rolled back, the harmful one always, within 300 candidate cards', () => {
  for (let seed = 1; seed <= 5; seed++) {
    expect(runDemo('healthy', seed, 20_000).harmAfterCards).toBeNull();
    expect(runDemo('harmful', seed, 20_000).harmAfterCards).toBeLessThan(300);
  }
});

test('a candidate at the tolerance under a drifting rate, looked at 150 times, is called harmful no more often than alpha allows', () => {
  const alpha = 0.2;
  const runs = 100;
  let harmed = 0;
  for (let seed = 1; seed <= runs; seed++) harmed += harmedAtTolerance(seed, alpha) ? 1 : 0;
  // The expectation is below the budget, since evidence overshoots its threshold; zero would mean that nothing was
  // tested.
  expect(harmed).toBeLessThanOrEqual(runs * alpha);
  expect(harmed).toBeGreaterThan(0);
});

function harmedAtTolerance(seed: number, alpha: number): boolean {
  const random = seededRandom(seed);
  let state = startJudge([{ ...acceptance, alpha }]);
  for (let i = 0; i < 150; i++) {
    const rate = 0.3 + 0.2 * Math.sin(i / 40);
    const hits = (count: number, times: number): number =>
      Array.from({ length: count }, () => random.next()).filter((draw) => draw < times * rate).length;
    // Of a margin of 20 % half is tolerated.
    const arms = [...cards('baseline', 18, hits(18, 1)), ...cards('candidate', 4, hits(4, 0.9))];
    state = takeLook(state, look(i, arms));
  }
  return reportOf(state).verdict === 'harm';
}
