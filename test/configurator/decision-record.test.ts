/** A record out of the store says by which rules its judge decided: those of the state that gave the report. */
import { decisionRecordOf } from '../../src/configurator/decision-record.ts';
import { reportOf } from '../../src/domain/judge/report/report.ts';
import { foreignRules, retake } from '../../src/domain/judge/retake.ts';
import { judgeAgain } from '../../src/domain/judge/resume.ts';
import { JUDGE_RULES } from '../../src/domain/judge/state.ts';
import type { Database } from '../../src/store/database.ts';
import { saveLooks } from '../../src/store/decision-looks.ts';
import { saveJudgeState } from '../../src/store/judge-states.ts';
import { saveRollout } from '../../src/store/rollouts.ts';
import { acceptance, cards, look } from '../domain/judge/helpers.ts';
import { rolloutRow } from '../helpers/rollout-row.ts';
import { openStore } from '../helpers/any-store.ts';

let db: Database;
beforeAll(async () => {
  db = await openStore();
});
afterAll(() => db.close());

const looks = [look(1000, [...cards('candidate', 20, 4), ...cards('baseline', 20, 9)])];

async function recordOf(rolloutId: string, change: (judge: object) => object) {
  const judge = judgeAgain({ guardrails: [acceptance] }, looks);
  await saveRollout(db, rolloutRow({ rolloutId, action: rolloutId }));
  await saveLooks(db, { rolloutId, fromCursor: 0, cursor: 40, looks });
  const state = { cursor: 40, judge: change(judge) };
  await saveJudgeState(db, { rolloutId, cursor: 40, state, report: reportOf(judge), updatedAt: new Date() });
  return decisionRecordOf(db, rolloutId);
}

test('of this release, it is taken again', async () => {
  const record = await recordOf('now', (judge) => judge);
  expect(record.rules).toBe(JUDGE_RULES);
  expect(retake(record).agrees).toBe(true);
});

test('of a release whose judge named no rules, or others, it is none that can be taken again here', async () => {
  const before = await recordOf('before', (judge) => ({ ...judge, version: 5, rules: undefined }));
  expect([before.rules, before.report.verdict]).toEqual([1, 'undecided']);
  expect(foreignRules(before)?.code).toBe('record-rules');
  const later = await recordOf('later', (judge) => ({ ...judge, rules: JUDGE_RULES + 1 }));
  expect(foreignRules(later)?.message).toContain(`rules ${JUDGE_RULES + 1} of the judge`);
});
