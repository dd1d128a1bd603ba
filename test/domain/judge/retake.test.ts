import { startJudge, takeLook } from '../../../src/domain/judge/judge.ts';
import { reportOf } from '../../../src/domain/judge/report/report.ts';
import { retake } from '../../../src/domain/judge/retake.ts';
import type { DecisionRecord } from '../../../src/domain/judge/retake.ts';
import { JUDGE_RULES } from '../../../src/domain/judge/state.ts';
import type { Card, Look } from '../../../src/domain/judge/types.ts';
import type { Guardrail } from '../../../src/domain/plan/plan.ts';

const guardrails: Guardrail[] = [
  {
    metric: 'acceptanceRate',
    worseWhen: 'lower',
    margin: { kind: 'relative', value: 0.1 },
    alpha: 0.05,
    mode: 'enforce',
  },
];

function card(i: number, t: number, arm: Card['arm'], accepted: boolean): Card {
  return {
    arm,
    outcomes: accepted ? ['accepted'] : [],
    latencyMs: 200 + (i % 7) / 3,
    agent: `a${(i * 13 + t * 7) % 41}`,
    queue: 'q',
    firstOfConversation: true,
  };
}
const looks: Look[] = Array.from({ length: 30 }, (_, t) => ({
  atMs: (t + 1) * 60_000,
  splitPercent: 50,
  cards: Array.from({ length: 80 }, (_, i) =>
    card(i, t, i % 2 === 0 ? 'candidate' : 'baseline', i % 2 === 0 ? i % 8 === 0 : i % 4 === 1),
  ),
}));
const report = reportOf(looks.reduce(takeLook, startJudge(guardrails)));
const record: DecisionRecord = {
  kind: 'decisionRecord',
  rules: JUDGE_RULES,
  action: 'A',
  version: '1.0.0',
  rolloutId: 'r',
  guardrails,
  looks,
  report,
};

test('a record that has been through a file gives the same verdict, to the last bit, and says since when', () => {
  const retaken = retake(JSON.parse(JSON.stringify(record)) as DecisionRecord);
  expect(retaken).toMatchObject({ agrees: true, looks: 30 });
  expect(retaken.report.verdict).toBe('harm');
  expect(retaken.since?.look).toBeLessThan(30);
});

test('a record in which one card was changed does not agree', () => {
  const [first, ...rest] = looks;
  const changed = {
    ...record,
    looks: [
      {
        ...first!,
        cards: first!.cards.map((one, i) => (i === 0 ? { ...one, outcomes: ['dismissed' as const] } : one)),
      },
      ...rest,
    ],
  };
  expect(retake(changed).agrees).toBe(false);
});

test.each<[what: string, seen: unknown, rules: number]>([
  ['none, as of before there were any', undefined, 1],
  ['earlier ones', JUDGE_RULES - 1, JUDGE_RULES - 1],
  ['later ones', JUDGE_RULES + 1, JUDGE_RULES + 1],
  ['rubbish', 'newest', 1],
])('a record with other rules (%s) is refused by name, and never told to differ', (_, seen, rules) => {
  const foreign = { ...record, rules: seen } as DecisionRecord;
  expect(() => retake(foreign)).toThrow(
    expect.objectContaining({
      code: 'record-rules',
      message:
        `The record of rollout r was made by rules ${rules} of the judge; this release takes records of rules ` +
        `${JUDGE_RULES} again.`,
      remedy: expect.stringMatching(/release that made it/),
    }),
  );
});
