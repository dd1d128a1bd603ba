import { startJudge, takeLook } from '../../../src/domain/judge/judge.ts';
import { reportOf } from '../../../src/domain/judge/report/report.ts';
import { JUDGE_RULES } from '../../../src/domain/judge/state.ts';
import { retake } from '../../../src/domain/judge/retake.ts';
import type { Arm, Look } from '../../../src/domain/judge/types.ts';
import { customLooks, level, normal } from './custom-streams.ts';

/** In one arm the trigger fired and no card was shown. */
function withNoCardIn(arm: Arm, looks: readonly Look[]): readonly Look[] {
  return looks.map((look) => ({
    ...look,
    cards: look.cards.map((card) =>
      card.arm === arm ? { ...card, outcomes: [], latencyMs: null, withheld: true as const } : card,
    ),
  }));
}

const streamOf = (means: Readonly<Record<Arm, number>>): readonly Look[] =>
  customLooks({ seed: 5, looks: 60, value: normal((arm) => ({ mean: means[arm], sd: 60 })) });

const judge = (looks: readonly Look[]) => reportOf(looks.reduce(takeLook, startJudge([level()])));

test('a first version that makes calls longer than without a card is harm, and is held against no card by name', () => {
  const looks = withNoCardIn('baseline', streamOf({ baseline: 300, candidate: 360 }));
  const report = judge(looks);
  expect(report).toMatchObject({ verdict: 'harm', noCard: 'baseline' });
  expect(report.reason).toMatch(
    /^handleTime p50 harm: candidate 3\d\d\.?\d* s vs no card [23]\d\d\.?\d* s \(\d\d s higher\), limit/,
  );
  expect(report.reason).toContain('conversations that carry it');
  const record = {
    kind: 'decisionRecord',
    rules: JUDGE_RULES,
    action: 'A',
    version: '1',
    rolloutId: 'r',
    guardrails: [level()],
  } as const;
  expect(retake({ ...record, looks, report }).agrees).toBe(true);
});

test('taking a version away that made calls shorter is harm, and is the candidate without a card', () => {
  const report = judge(withNoCardIn('candidate', streamOf({ baseline: 300, candidate: 360 })));
  expect(report).toMatchObject({ verdict: 'harm', noCard: 'candidate' });
  expect(report.reason).toMatch(/: no card 3\d\d\.?\d* s vs baseline/);
});

test('conversations without a card are no lost cards: the data are trusted, and a version as good is safe', () => {
  const report = judge(withNoCardIn('baseline', streamOf({ baseline: 300, candidate: 300 })));
  expect(report.distrust).toBeUndefined();
  expect(report.verdict).toBe('safe');
});

test('a candidate whose events are lost is still distrusted beside conversations without a card', () => {
  const looks = withNoCardIn('baseline', streamOf({ baseline: 300, candidate: 300 })).map((look, at) => ({
    ...look,
    cards: look.cards.map((card) =>
      card.arm === 'candidate' && at > 20 ? { ...card, outcomes: [], latencyMs: null } : card,
    ),
  }));
  expect(judge(looks).reason).toContain('cards that nothing is heard of');
});
