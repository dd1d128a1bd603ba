/**
 * What it does to leave out agents' first cards: how often a version is called harm, and proven safe at the planned end,
 * with and without them. Usage: npm run bench:judge-learning -- [--streams N] [--seed N]
 */
import { askPlannedEnd, planEnd } from '../src/domain/judge/decision/planned-end.ts';
import { startJudge, takeLook } from '../src/domain/judge/judge.ts';
import { reportOf } from '../src/domain/judge/report/report.ts';
import type { Card, JudgeState, Look } from '../src/domain/judge/types.ts';
import type { Learning } from '../src/domain/plan/learning.ts';
import type { Guardrail } from '../src/domain/plan/plan.ts';
import { seededRandom } from '../src/domain/shared/random.ts';
import { shareOf } from '../src/domain/shared/share.ts';
import type { Share } from '../src/domain/shared/share.ts';
import { streamSeed } from './judge/run.ts';
import { benchOptions } from './lib/bench-options.ts';

const values = benchOptions({ streams: { type: 'string', default: '150' }, seed: { type: 'string', default: '1' } });

const MINUTE = 60_000;
const [LOOKS, CARDS, AGENTS, FIRST] = [180, 60, 100, 20];
const guardrail: Guardrail = {
  metric: 'acceptanceRate',
  worseWhen: 'lower',
  margin: { kind: 'relative', value: 0.2 },
  alpha: 0.05,
  mode: 'enforce',
};
const leaveOut: Learning = { first: { cards: FIRST }, do: 'leaveOut' };

interface World {
  readonly title: string;
  /** Cards that the agent gets, beside the others. */
  readonly busy: (agent: number) => number;
  /** Acceptance of the agent's next card; `had`: cards of the candidate before it, null for one of the baseline. */
  readonly rate: (agent: number, had: number | null, at: number) => number;
}

const alike = (): number => 1;
const halves = (agent: number): number => (agent < AGENTS / 2 ? 4 : 1);
const differing = (agent: number, at: number): number => (agent < AGENTS / 2 ? 0.5 : 0.25) + at / 2000;
const learning = (first: number, later: number) => (had: number | null) =>
  had === null ? 0.4 : had < FIRST ? first : later;
const worlds: readonly World[] = [
  { title: 'no difference', busy: alike, rate: () => 0.4 },
  {
    title: 'no difference, busy agents accept twice as often, a moving day',
    busy: halves,
    rate: (a, _, at) => differing(a, at),
  },
  {
    title: '36 % while it is new, then as the baseline, 40 %',
    busy: alike,
    rate: (_, had) => learning(0.36, 0.4)(had),
  },
  {
    title: '36 % while it is new, then just a margin worse, 32 %',
    busy: alike,
    rate: (_, had) => learning(0.36, 0.32)(had),
  },
  {
    title: 'as before while it is new, then just a margin worse, busy agents accept twice as often',
    busy: halves,
    rate: (a, had, at) => differing(a, at) * (had === null || had < FIRST ? 1 : 0.8),
  },
];

function* looksOf({ busy, rate }: World, seed: number): Generator<Look> {
  const random = seededRandom(seed);
  const had = Array.from({ length: AGENTS }, () => 0);
  const order = had.flatMap((_, agent) => Array.from({ length: busy(agent) }, () => agent));
  const next = (at: number): Card => {
    const agent = order[Math.floor(random.next() * order.length)] ?? 0;
    const isCandidate = random.next() < 0.5;
    const before = had[agent] ?? 0;
    if (isCandidate) had[agent] = before + 1;
    return {
      arm: isCandidate ? 'candidate' : 'baseline',
      outcomes: random.next() < rate(agent, isCandidate ? before : null, at) ? ['accepted'] : [],
      latencyMs: 200,
      agent: `agent ${agent}`,
      queue: 'q',
      firstOfConversation: true,
    };
  };
  for (let at = 1; at <= LOOKS; at++)
    yield { atMs: at * MINUTE, splitPercent: 50, cards: Array.from({ length: CARDS }, () => next(at)) };
}

interface End {
  readonly harm: boolean;
  readonly safe: boolean;
}

function judge(world: World, seed: number, by: Learning | null): End {
  const end = { atMs: LOOKS * MINUTE, share: 1 };
  let state: JudgeState = planEnd(startJudge([guardrail], null, by), end);
  let safe = false;
  for (const look of looksOf(world, seed)) {
    state = takeLook(state, look);
    safe ||= reportOf(state).verdict === 'safe';
  }
  const { verdict } = reportOf(askPlannedEnd(state));
  return { harm: verdict === 'harm', safe: safe || verdict === 'safe' };
}

function text({ hits, of, low, high }: Share): string {
  return `${hits} of ${of} (${(100 * low).toFixed(1)} to ${(100 * high).toFixed(1)} %)`;
}

process.stdout.write(
  '| acceptance | harm | ever safe, all cards | ever safe, first 20 left out |\n| --- | --- | --- | --- |\n',
);
for (const world of worlds) {
  const seeds = Array.from({ length: Number(values.streams) }, (_, i) =>
    streamSeed(Number(values.seed), world.title, i),
  );
  const [all, left] = [null, leaveOut].map((by) => seeds.map((seed) => judge(world, seed, by))) as [End[], End[]];
  const row = [shareOf(left, ({ harm }) => harm), shareOf(all, ({ safe }) => safe), shareOf(left, ({ safe }) => safe)];
  process.stdout.write(`| ${world.title} | ${row.map(text).join(' | ')} |\n`);
}
process.stdout.write(
  `${values.streams} streams each, ${LOOKS} looks of ${CARDS} cards, half the candidate's, ${AGENTS} agents, margin 20 %, ` +
    `alpha 5 %, seed ${values.seed}.\n`,
);
