/** A decision record of each kind of verdict, and of each thing that a verdict can be made of. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RolloutRecord } from '../../src/configurator/decision-record.ts';
import { reportOf } from '../../src/domain/judge/report/report.ts';
import { judgeAgain } from '../../src/domain/judge/resume.ts';
import { askPlannedEnd, planEnd } from '../../src/domain/judge/decision/planned-end.ts';
import { startJudge, takeLook } from '../../src/domain/judge/judge.ts';
import { JUDGE_RULES, openState } from '../../src/domain/judge/state.ts';
import type { Arm, Card, JudgeState, Look } from '../../src/domain/judge/types.ts';
import { startLongWatch, watchCards } from '../../src/domain/long-watch/long-watch.ts';
import { freezeRecord } from '../../src/domain/long-watch/own-record.ts';
import { longWatchReport } from '../../src/domain/long-watch/report.ts';
import type { LongWatchRecord } from '../../src/domain/long-watch/retake.ts';
import { seededRandom } from '../../src/domain/shared/random.ts';
import { ALPHA, cardsOf, guardrails as watched, HOUR, PROMOTED, still, usual } from '../../bench/long-watch/streams.ts';
import { level } from '../domain/judge/custom-streams.ts';
import { acceptance, dismissal, p95, undelivered } from '../domain/judge/helpers.ts';

const MINUTE = 60_000;
const QUEUES = ['billing', 'refunds'];

interface Traffic {
  readonly looks?: number;
  /** Share that is accepted. */
  readonly accepts?: (arm: Arm, queue: string) => number;
  /** Of the first cards of conversations, the candidate's share. */
  readonly share?: number;
  readonly seconds?: (arm: Arm) => number;
  readonly withheld?: Arm;
}

function looksOf({ looks = 30, accepts = () => 0.3, share = 0.5, seconds, withheld }: Traffic): readonly Look[] {
  const random = seededRandom(11);
  const cardAt = (at: number): Card => {
    const arm = random.next() < share ? 'candidate' : 'baseline';
    const queue = QUEUES[at % 2] ?? '';
    const answer = random.next();
    const accepted = accepts(arm, queue);
    const isShown = arm !== withheld && random.next() > 0.02;
    return {
      arm,
      outcomes: !isShown ? [] : answer < accepted ? ['accepted'] : answer < accepted + 0.1 ? ['dismissed'] : [],
      latencyMs: isShown ? Math.round(200 + 300 * random.next()) : null,
      agent: `a${Math.floor(random.next() * 30)}`,
      queue,
      firstOfConversation: true,
      ...(arm === withheld && { withheld: true as const }),
      ...(seconds !== undefined && { custom: { handleTime: Math.round(seconds(arm) + 60 * random.normal()) } }),
    };
  };
  return Array.from({ length: looks }, (_, look) => ({
    atMs: (look + 1) * MINUTE,
    splitPercent: 50,
    cards: Array.from({ length: 24 }, (__, at) => cardAt(at)),
  }));
}

type Made = Pick<RolloutRecord, 'guardrails' | 'slices' | 'learning' | 'looks' | 'plannedEnd' | 'longWatch'>;

const RATES = [acceptance, { ...dismissal, mode: 'observe' as const }, undelivered, p95];
const half = (arm: Arm): number => (arm === 'candidate' ? 0.12 : 0.3);

const RECORDS: Readonly<Record<string, () => Made>> = {
  harm: () => ({ guardrails: RATES, looks: looksOf({ accepts: half }) }),
  safe: () => ({
    guardrails: [{ ...acceptance, margin: { kind: 'absolute', value: 0.2 } }],
    looks: looksOf({ looks: 60 }),
  }),
  undecided: () => ({ guardrails: RATES, looks: looksOf({ looks: 10 }) }),
  'no-data': () => ({ guardrails: RATES, looks: [{ atMs: MINUTE, splitPercent: 50, cards: [] }] }),
  untrusted: () => ({ guardrails: RATES, looks: looksOf({ share: 0.2 }) }),
  'harm-in-a-slice': () => ({
    guardrails: [{ ...acceptance, margin: { kind: 'absolute', value: 0.1 } }],
    slices: { by: ['queue'], times: 1.5, alpha: 0.01 },
    looks: looksOf({
      looks: 60,
      accepts: (arm, queue) => (arm === 'baseline' ? 0.35 : queue === 'refunds' ? 0.05 : 0.65),
    }),
  }),
  'without-what-was-learned': () => ({
    guardrails: [acceptance, dismissal],
    learning: { first: { cards: 5 }, do: 'leaveOut' },
    looks: looksOf({ looks: 40 }),
  }),
  'goal-proven': () => ({
    guardrails: [{ ...acceptance, goal: 0.05 }],
    looks: looksOf({ looks: 60, accepts: (arm) => (arm === 'candidate' ? 0.6 : 0.3) }),
  }),
  'longer-calls-than-without-a-card': () => ({
    guardrails: [level()],
    looks: looksOf({ looks: 60, withheld: 'baseline', seconds: (arm) => (arm === 'candidate' ? 380 : 300) }),
  }),
  'asked-at-the-planned-end': () => {
    const guardrails = [{ ...acceptance, margin: { kind: 'absolute', value: 0.065 } } as const];
    const looks = looksOf({ looks: 40 });
    const begun = planEnd(startJudge(guardrails, null, null), { atMs: 40 * MINUTE, share: 1 });
    return { guardrails, looks, plannedEnd: openState(askPlannedEnd(looks.reduce(takeLook, begun))).plannedEnd };
  },
  'harm-after-promotion': () => ({ guardrails: RATES, looks: looksOf({ looks: 5 }), longWatch: longWatch() }),
};

function longWatch(): LongWatchRecord {
  const plan = { guardrails: watched, alpha: ALPHA, startedAtMs: PROMOTED, endsAtMs: PROMOTED + 24 * HOUR };
  const cards = cardsOf({
    ...still,
    seed: 5,
    perHour: 100,
    recordHours: 48,
    later: () => ({ ...usual, accept: 0.01 }),
  });
  const own = freezeRecord(
    cards.filter(({ triggeredAtMs }) => triggeredAtMs < PROMOTED),
    plan,
  );
  const since = cards.filter(({ triggeredAtMs: at }) => at >= PROMOTED && at < PROMOTED + 12 * HOUR);
  return { own, cards: since, report: longWatchReport(own, watchCards(own, startLongWatch(own), since)) };
}

export function recordDecisions(folder: string, release: string): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, make] of Object.entries(RECORDS)) {
    const made = make();
    const state: JudgeState = judgeAgain(made, made.looks, made);
    const record: RolloutRecord = {
      kind: 'decisionRecord',
      rules: JUDGE_RULES,
      action: 'RefundAssist',
      version: '1.5.0',
      rolloutId: name,
      ...made,
      report: reportOf(state),
    };
    writeFileSync(join(folder, `${release}-${name}.json`), `${JSON.stringify(record)}\n`);
  }
}
