/** Intervals are held to their promise: at every look at once, of all cards and of the latest. */
import { startJudge, takeLook } from '../../../src/domain/judge/judge.ts';
import { reportOf } from '../../../src/domain/judge/report/report.ts';
import type { Arm, Card, Effect, Look } from '../../../src/domain/judge/types.ts';
import type { Guardrail } from '../../../src/domain/plan/plan.ts';
import { seededRandom } from '../../../src/domain/shared/random.ts';
import type { Random } from '../../../src/domain/shared/random.ts';
import { acceptance, dismissal, p95 } from './helpers.ts';
import { level } from './custom-streams.ts';

jest.setTimeout(300_000);

const ALPHA = 0.1;
const STREAMS = 12;
const LOOKS = 30;

const guardrails: readonly Guardrail[] = [
  acceptance,
  { ...dismissal, margin: { kind: 'absolute' as const, value: 0.02 } },
  { ...p95, statistic: 'p50' as const },
  p95,
  level({ statistic: 'p50' }),
  level({ statistic: 'p95', name: 'score' }),
].map((guardrail) => ({ ...guardrail, alpha: ALPHA, mode: 'observe' }));

/** What is true: acceptance 20 and 10 %, dismissal 2 and 3 %, latency x1.5, the metrics of other means and spreads. */
const TRUE = [-0.5, 0.01, 0.5, 0.5, 50, 50 - 1.6449 * 40];

interface Scenario {
  /** Baseline and candidate cards of a look. */
  readonly perArm: readonly [number, number];
  /** Standard deviation of what an agent adds, in standard deviations of a card. */
  readonly habit: number;
}

const scenarios: Readonly<Record<string, Scenario>> = {
  'few cards': { perArm: [12, 4], habit: 0 },
  'many cards': { perArm: [135, 15], habit: 0 },
  'agents of their own habits': { perArm: [45, 15], habit: 0.18 },
};

function drawLook(random: Random, at: number, { perArm, habit: size }: Scenario, habits: readonly number[]): Look {
  const arm = (which: Arm): readonly Card[] =>
    Array.from({ length: perArm[which === 'baseline' ? 0 : 1] }, () => {
      const isCandidate = which === 'candidate';
      const agent = isCandidate ? Math.floor(25 * random.next()) : 25 + Math.floor(75 * random.next());
      const habit = habits[agent] ?? 0;
      // Scaled so that all cards together are spread as they would be without habits.
      const z = (): number => (random.normal() + habit) / Math.hypot(1, size);
      const rank = random.next() + 0.08 * habit;
      const [accepted, dismissed] = isCandidate ? [0.1, 0.03] : [0.2, 0.02];
      return {
        arm: which,
        outcomes: rank < accepted ? ['accepted'] : rank > 1 - dismissed ? ['dismissed'] : [],
        latencyMs: 220 * (isCandidate ? 1.5 : 1) * Math.exp(0.5 * z()),
        agent: `${agent}`,
        queue: 'q',
        firstOfConversation: true,
        custom: {
          handleTime: isCandidate ? 350 + 60 * z() : 300 + 100 * z(),
          score: isCandidate ? 350 + 60 * z() : 300 + 100 * z(),
        },
      };
    });
  return { atMs: at * 60_000, splitPercent: 25, cards: [...arm('baseline'), ...arm('candidate')] };
}

function misses({ low, high }: Effect, truth: number): boolean {
  return (low !== null && low > truth) || (high !== null && high < truth);
}

/** For each guardrail, whether the interval of all cards, and any of the latest, ever missed. */
function missedIn(scenario: Scenario, seed: number): readonly (readonly boolean[])[] {
  const random = seededRandom(seed);
  const habits = Array.from({ length: 100 }, () => scenario.habit * random.normal());
  const missed = guardrails.map(() => [false, false]);
  let state = startJudge(guardrails);
  for (let at = 0; at < LOOKS; at++) {
    state = takeLook(state, drawLook(random, at, scenario, habits));
    reportOf(state).guardrails.forEach(({ effect, recent }, i) => {
      const [row, truth] = [missed[i], TRUE[i] ?? 0];
      if (row === undefined) return;
      if (effect != null && misses(effect, truth)) row[0] = true;
      if (recent !== undefined && misses(recent.effect, truth)) row[1] = true;
    });
  }
  return missed;
}

test.each(Object.entries(scenarios))(
  '%s: the share of streams in which an interval ever misses keeps to alpha',
  (_name, scenario) => {
    const counts = guardrails.map(() => [0, 0]);
    for (let seed = 1; seed <= STREAMS; seed++)
      missedIn(scenario, seed).forEach((row, i) =>
        row.forEach((hasMissed, which) => {
          const count = counts[i];
          if (count !== undefined && hasMissed) count[which] = (count[which] ?? 0) + 1;
        }),
      );
    // Two standard deviations beyond what is to be expected at most.
    const most = ALPHA * STREAMS + 2 * Math.sqrt(ALPHA * (1 - ALPHA) * STREAMS);
    expect(counts.flat().filter((count) => count > most)).toEqual([]);
  },
);
