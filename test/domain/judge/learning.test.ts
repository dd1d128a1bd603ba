/** Agents learn what a new card is: what they do with it before is left out of what proves it safe, in both arms alike. */
import { askPlannedEnd, planEnd, plannedEndAnswer } from '../../../src/domain/judge/decision/planned-end.ts';
import { takeLearned, nobodyKnows } from '../../../src/domain/judge/gathering/learned.ts';
import { startJudge, takeLook } from '../../../src/domain/judge/judge.ts';
import { reportOf } from '../../../src/domain/judge/report/report.ts';
import { learnedText } from '../../../src/domain/judge/report/learned-report.ts';
import { retake } from '../../../src/domain/judge/retake.ts';
import { JUDGE_RULES, packState } from '../../../src/domain/judge/state.ts';
import type { Card, JudgeReport, JudgeState, Look } from '../../../src/domain/judge/types.ts';
import type { Learning } from '../../../src/domain/plan/learning.ts';
import type { Guardrail } from '../../../src/domain/plan/plan.ts';
import { seededRandom } from '../../../src/domain/shared/random.ts';
import { acceptance, p95 } from './helpers.ts';

const FIRST = 20;
const leaveOut: Learning = { first: { cards: FIRST }, do: 'leaveOut' };
const showApart: Learning = { ...leaveOut, do: 'showApart' };
const AGENTS = 60;

interface World {
  /** Acceptance of the agent's next card: by how many of the candidate it has had, null for a baseline card. */
  readonly rate: (agent: number, had: number | null, at: number) => number;
  /** How many cards the agent gets, beside the others. */
  readonly busy: (agent: number) => number;
}

/** An hour is 60 looks of `cards`, half of them the candidate's. */
function* looksOf({ rate, busy }: World, seed: number, looks: number, cards = 60): Generator<Look> {
  const random = seededRandom(seed);
  const had = new Map<number, number>();
  const order = Array.from({ length: AGENTS }, (_, agent) => Array.from({ length: busy(agent) }, () => agent)).flat();
  for (let at = 1; at <= looks; at += 1)
    yield {
      atMs: at * 60_000,
      splitPercent: 50,
      cards: Array.from({ length: cards }, (): Card => {
        const agent = order[Math.floor(random.next() * order.length)] ?? 0;
        const isCandidate = random.next() < 0.5;
        const before = had.get(agent) ?? 0;
        if (isCandidate) had.set(agent, before + 1);
        return {
          arm: isCandidate ? 'candidate' : 'baseline',
          outcomes: random.next() < rate(agent, isCandidate ? before : null, at) ? ['accepted'] : [],
          latencyMs: 200,
          agent: `agent ${agent}`,
          queue: 'q',
          firstOfConversation: true,
        };
      }),
    };
}
const judged = (
  looks: Iterable<Look>,
  learning: Learning | null,
  of: readonly Guardrail[] = [acceptance],
): JudgeState => [...looks].reduce(takeLook, startJudge(of, null, learning));
const alike = () => 1;

/** 40 %; of the candidate's first cards 35 %, which is tolerated, and 43 % later. */
const learners: World = { busy: alike, rate: (_, had) => (had === null ? 0.4 : had < FIRST ? 0.34 : 0.43) };

test('a version that agents have to get used to is proven safe by what they do when they know it', () => {
  const looks = [...looksOf(learners, 3, 120)];
  const [all, without] = [judged(looks, null), judged(looks, leaveOut)].map(reportOf) as [JudgeReport, JudgeReport];
  const learned = without.guardrails[0]?.learned;
  expect(all.guardrails[0]?.learned).toBeUndefined();
  expect(learned).toMatchObject({ first: '20 cards', decides: true });
  expect(learned?.candidateValue).toBeGreaterThan((all.guardrails[0]?.candidateValue ?? 1) + 0.02);
  expect(without.guardrails[0]?.logEvidence.safe).toBeGreaterThan(all.guardrails[0]?.logEvidence.safe ?? 0);
  expect(without.verdict).toBe('safe');
  expect(without.guardrails[0]?.sentence).toContain("(after each agent's first 20 cards)");
});

test('shown apart, it decides nothing', () => {
  const looks = [...looksOf(learners, 3, 120)];
  const [all, apart] = [judged(looks, null), judged(looks, showApart)].map(reportOf) as [JudgeReport, JudgeReport];
  const [row] = apart.guardrails;
  expect(row?.learned?.decides).toBe(false);
  expect({ ...apart, guardrails: [{ ...row, learned: undefined }] }).toEqual({
    ...all,
    guardrails: [{ ...all.guardrails[0], learned: undefined }],
  });
  expect(row === undefined ? '' : learnedText(row)).toMatch(
    /^after each agent's first 20 cards: candidate 4\d\.\d % vs/,
  );
});

test('a really bad card is caught in its first cards, which are not left out of harm', () => {
  const bad: World = { busy: alike, rate: (_, had) => (had === null ? 0.4 : 0.05) };
  const looks = [...looksOf(bad, 5, 12)];
  const report = reportOf(judged(looks, leaveOut));
  expect(report.verdict).toBe('harm');
  expect(report.guardrails[0]?.learned?.n.candidate).toBe(0);
  expect(report.guardrails[0]?.logEvidence.harm).toBe(reportOf(judged(looks, null)).guardrails[0]?.logEvidence.harm);
});

test('the delivery is judged on all cards', () => {
  const looks = [...looksOf(learners, 7, 40)];
  const of = [p95, acceptance];
  const [all, without] = [judged(looks, null, of), judged(looks, leaveOut, of)].map(reportOf) as [
    JudgeReport,
    JudgeReport,
  ];
  expect(without.guardrails[0]).toEqual(all.guardrails[0]);
});

/** Whoever gets four times the cards accepts twice as many, of either version, and all of them more as the day goes on. */
const unequal: World = {
  busy: (agent) => (agent < AGENTS / 2 ? 4 : 1),
  rate: (agent, _, at) => (agent < AGENTS / 2 ? 0.5 : 0.25) + at / 1000,
};

/** The candidate's acceptance less the baseline's, among the cards that are counted. */
function meanDifference(counted: (looks: readonly Look[]) => readonly Look[]): number {
  const seeds = Array.from({ length: 40 }, (_, seed) => seed + 1);
  const of = (seed: number): number => {
    const cards = counted([...looksOf(unequal, seed, 60)]).flatMap((look) => look.cards);
    const rate = (arm: Card['arm']): number => {
      const own = cards.filter((card) => card.arm === arm);
      return own.filter(({ outcomes }) => outcomes.length > 0).length / own.length;
    };
    return rate('candidate') - rate('baseline');
  };
  return seeds.reduce((sum, seed) => sum + of(seed), 0) / seeds.length;
}

test('leaving out an agent’s cards of both arms prefers neither, where leaving out the candidate’s alone does', () => {
  const both = meanDifference((looks) => {
    let known = nobodyKnows;
    return looks.map((look) => {
      const taken = takeLearned(known, look, leaveOut);
      known = taken.known;
      return { ...look, cards: taken.cards };
    });
  });
  const candidateAlone = meanDifference((looks) => {
    const had = new Map<string, number>();
    return looks.map((look) => ({
      ...look,
      cards: look.cards.filter(({ arm, agent }) => {
        if (arm === 'baseline') return true;
        had.set(agent, (had.get(agent) ?? 0) + 1);
        return (had.get(agent) ?? 0) > FIRST;
      }),
    }));
  });
  expect(Math.abs(both)).toBeLessThan(0.01);
  expect(candidateAlone).toBeGreaterThan(0.03);
});

test('a time since the first card counts from that of each agent; divided agents learn by cards of their own arm', () => {
  const look = (atMs: number, ...cards: readonly (readonly [Card['arm'], string])[]): Look => ({
    atMs,
    splitPercent: 50,
    cards: cards.map(([arm, agent]) => ({
      arm,
      agent,
      outcomes: [],
      latencyMs: 1,
      queue: 'q',
      firstOfConversation: true,
    })),
  });
  const hour: Learning = { first: { ms: 3_600_000 }, do: 'leaveOut' };
  const one = takeLearned(nobodyKnows, look(0, ['candidate', 'ann'], ['baseline', 'ann'], ['baseline', 'bob']), hour);
  expect(one.cards).toEqual([]);
  const two = takeLearned(
    one.known,
    look(3_600_000, ['baseline', 'ann'], ['candidate', 'ann'], ['candidate', 'bob']),
    hour,
  );
  expect(two.cards.map(({ agent }) => agent)).toEqual(['ann', 'ann']);
  const cards: Learning = { first: { cards: 1 }, do: 'leaveOut' };
  const divided = {
    ...look(0, ['baseline', 'bob'], ['baseline', 'bob'], ['candidate', 'ann']),
    dividesOthers: true as const,
  };
  expect(takeLearned(nobodyKnows, divided, cards).cards.map(({ agent }) => agent)).toEqual(['bob']);
});

test('the planned end asks of the same cards, and the record takes it again to the last bit, through a packed state', () => {
  const looks = [...looksOf(learners, 11, 70)];
  const end = { atMs: 70 * 60_000, share: 1 };
  const restart = (state: JudgeState): JudgeState => JSON.parse(JSON.stringify(packState(state))) as JudgeState;
  const start = planEnd(startJudge([acceptance], null, leaveOut), end);
  const asked = askPlannedEnd(looks.reduce((state, look) => restart(takeLook(state, look)), start));
  const plain = askPlannedEnd(looks.reduce(takeLook, planEnd(startJudge([acceptance]), end)));
  expect(plannedEndAnswer(asked)?.scores[0]).toBeGreaterThan(plannedEndAnswer(plain)?.scores[0] ?? 0);
  const record = {
    kind: 'decisionRecord' as const,
    rules: JUDGE_RULES,
    action: 'a',
    version: '1',
    rolloutId: 'r',
    guardrails: [acceptance],
    learning: leaveOut,
    looks,
    plannedEnd: { ...end, answer: { safe: true, look: 70, n: { baseline: 0, candidate: 0 }, scores: [], needed: 0 } },
    report: reportOf(asked),
  };
  expect(retake(record).agrees).toBe(true);
  expect(retake({ ...record, learning: null }).agrees).toBe(false);
});
