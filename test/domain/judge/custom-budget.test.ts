import { startJudge, takeLook } from '../../../src/domain/judge/judge.ts';
import { reportOf } from '../../../src/domain/judge/report/report.ts';
import type { Arm } from '../../../src/domain/judge/types.ts';
import type { Guardrail } from '../../../src/domain/plan/plan.ts';
import { level, customLooks, normal } from './custom-streams.ts';
import type { CustomStream } from './custom-streams.ts';

jest.setTimeout(300_000);

const ALPHA = 0.1;
const STREAMS = 60;

interface Scenario extends Omit<CustomStream, 'seed' | 'looks'> {
  readonly guardrail?: Partial<Guardrail>;
}

/** What is tolerated: half of the margin. */
const atEdge = (arm: Arm, tolerance: number): number => (arm === 'candidate' ? tolerance : 0);

/** 20 of 100 agents see the candidate; a correlation of 0.03, and one of 0.1, within agents. */
const agents = { all: 100, candidate: 20 };
const scenarios: Readonly<Record<string, Scenario>> = {
  'below zero, drifting through the day': {
    value: normal((arm, look) => ({
      mean: -300 + 200 * Math.sin(look / 8) + atEdge(arm, 12.5),
      sd: 100 + 40 * Math.cos(look / 5),
    })),
  },
  'agents of their own habits': {
    value: normal((arm) => ({ mean: 300 + atEdge(arm, 10), sd: 100 })),
    agents: { ...agents, spread: 17.6 },
    guardrail: { margin: { kind: 'absolute', value: 20 } },
  },
  'agents of strong habits, a third of the cards': {
    value: normal((arm) => ({ mean: 0 - atEdge(arm, 12.5), sd: 100 })),
    agents: { ...agents, spread: 33 },
    coverage: 0.33,
    perArm: [90, 30],
    guardrail: { worseWhen: 'lower' },
  },
  'a heavy tail, judged by p95': {
    value: (random, arm) => (300 + atEdge(arm, 30)) * Math.exp(random.normal()),
    guardrail: { statistic: 'p95', margin: { kind: 'relative', value: 0.2 } },
  },
};

test('240 streams at the edge of what is tolerated: the share that is called harm keeps to alpha, in each scenario and in all together', () => {
  const harmed = Object.entries(scenarios).map(([name, { guardrail, ...scenario }]) => {
    let count = 0;
    for (let seed = 1; seed <= STREAMS; seed++) {
      const state = customLooks({ ...scenario, seed: 1000 + seed, looks: 40 }).reduce(
        takeLook,
        startJudge([level({ ...guardrail, alpha: ALPHA })]),
      );
      count += reportOf(state).verdict === 'harm' ? 1 : 0;
    }
    return { name, count };
  });
  // Of 60 streams at most 6 are to be expected; 12 is beyond them by more than two standard deviations.
  expect(harmed.filter(({ count }) => count >= 12)).toEqual([]);
  const all = harmed.reduce((sum, { count }) => sum + count, 0);
  expect(all).toBeLessThanOrEqual(ALPHA * STREAMS * harmed.length);
  expect(all).toBeGreaterThan(0);
});
