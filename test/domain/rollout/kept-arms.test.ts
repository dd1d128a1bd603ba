/** Conversations that keep their arm, in a stream in which nothing is wrong and the long ones are unlike the others. */
import { startJudge, takeLook } from '../../../src/domain/judge/judge.ts';
import { reportOf } from '../../../src/domain/judge/report/report.ts';
import type { JudgeState, Verdict } from '../../../src/domain/judge/types.ts';
import { cutLooks, DEFAULT_LOOK_RULES } from '../../../src/domain/rollout/looks.ts';
import type { TimedCard } from '../../../src/domain/rollout/looks.ts';
import { seededRandom } from '../../../src/domain/shared/random.ts';
import type { DividedTraffic, Turn } from '../../../src/domain/split/turn.ts';
import { turnOf } from '../../../src/domain/split/turn.ts';
import { acceptance } from '../judge/helpers.ts';

const MINUTE = 60_000;
const RISES = [
  { atMs: 0, percent: 0 },
  { atMs: 60 * MINUTE, percent: 10 },
  { atMs: 100 * MINUTE, percent: 30 },
  { atMs: 130 * MINUTE, percent: 50 },
];
const END_MS = 240 * MINUTE;

const splitAt = (atMs: number): DividedTraffic => {
  const index = RISES.findLastIndex((rise) => rise.atMs <= atMs);
  const percent = RISES[index]?.percent ?? 0;
  const arm = { enabled: true, standsAlone: false };
  return {
    epoch: index + 1,
    trialEpoch: 1,
    of: null,
    unit: 'conversation',
    arms: [
      { ...arm, versionId: 'old', group: 'control', splitPercent: 100 - percent },
      { ...arm, versionId: 'new', group: 'candidate', splitPercent: percent },
    ],
  };
};

/** One conversation in five lasts for an hour and a half, and its cards are accepted less the longer it lasts. */
function streamOf(seed: number): TimedCard[] {
  const { next } = seededRandom(seed);
  const cards: TimedCard[] = [];
  for (let startMs = 0; startMs < END_MS; startMs += -Math.log(1 - next()) * 6_000) {
    const conversationId = `${seed}-${startMs}`;
    const endMs = startMs + (next() < 0.2 ? 90 : 4) * MINUTE * (0.5 + next());
    let last: Turn | null = null;
    for (let atMs = startMs + next() * MINUTE; atMs < Math.min(endMs, END_MS); atMs += 2 * MINUTE * (0.5 + next())) {
      const place = { conversationId, queueId: 'q', agentId: 'a', memberships: [] };
      const turn: Turn | null = turnOf(splitAt(atMs), place, last);
      if (turn === null) continue;
      const chance = atMs - startMs > 10 * MINUTE ? 0.15 : 0.45;
      cards.push({
        arm: turn.versionId === 'new' ? 'candidate' : 'baseline',
        outcomes: next() < chance ? ['accepted'] : [],
        latencyMs: 200,
        agent: `agent ${Math.floor(next() * 60)}`,
        queue: 'q',
        firstOfConversation: last === null,
        triggeredAtMs: atMs,
        arrivedAtMs: atMs,
        draw: turn.draw,
      });
      last = turn;
    }
  }
  return cards.toSorted((a, b) => a.arrivedAtMs - b.arrivedAtMs);
}

function judged(cards: readonly TimedCard[]): { readonly verdicts: ReadonlySet<Verdict>; readonly effect: number } {
  let judge: JudgeState = startJudge([acceptance]);
  const verdicts = new Set<Verdict>();
  RISES.forEach(({ atMs, percent }, index) => {
    const untilMs = RISES[index + 1]?.atMs ?? END_MS;
    const ofSplit = cards.filter(({ arrivedAtMs }) => arrivedAtMs >= atMs && arrivedAtMs < untilMs);
    const rules = { ...DEFAULT_LOOK_RULES, rolloutStartedAtMs: 0, splitPercent: percent, countsFromMs: atMs + 120_000 };
    for (const look of cutLooks(ofSplit, rules, untilMs + DEFAULT_LOOK_RULES.maxSpanMs).looks) {
      judge = takeLook(judge, look);
      verdicts.add(reportOf(judge).verdict);
    }
  });
  const [row] = reportOf(judge).guardrails;
  return { verdicts, effect: (row?.candidateValue ?? 0) - (row?.baselineValue ?? 0) };
}

function without({ draw: _draw, ...card }: TimedCard): TimedCard {
  return card;
}

const SEEDS = [1, 2, 3, 4, 5, 6];
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

test('a harmless version is neither distrusted nor called better or worse by conversations that began before a rise', () => {
  const runs = SEEDS.map((seed) => judged(streamOf(seed)));
  for (const { verdicts } of runs) expect([...verdicts]).not.toEqual(expect.arrayContaining(['untrusted']));
  for (const { verdicts } of runs) expect([...verdicts]).not.toEqual(expect.arrayContaining(['harm']));
  expect(Math.abs(mean(runs.map(({ effect }) => effect)))).toBeLessThan(0.015);
});

test('held against whatever is shown at the same time, the same conversations would flatter the new version', () => {
  const blind = SEEDS.map((seed) => judged(streamOf(seed).map(without)));
  expect(mean(blind.map(({ effect }) => effect))).toBeGreaterThan(0.03);
});
