/** A record in a file is taken again without a database: the judge's verdict, and the watch's after promotion. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RolloutRecord } from '../../src/configurator/decision-record.ts';
import { JUDGE_RULES } from '../../src/domain/judge/state.ts';
import { startJudge } from '../../src/domain/judge/judge.ts';
import { reportOf } from '../../src/domain/judge/report/report.ts';
import { startLongWatch, watchCards } from '../../src/domain/long-watch/long-watch.ts';
import { longWatchReport } from '../../src/domain/long-watch/report.ts';
import { freezeRecord } from '../../src/domain/long-watch/own-record.ts';
import { acceptance } from '../domain/judge/helpers.ts';
import { NOON } from '../helpers/events.ts';
import { cli } from './fixtures.ts';

const card = (i: number) => ({
  triggeredAtMs: NOON + i,
  outcomes: i % 3 === 0 ? ['accepted' as const] : [],
  latencyMs: 200,
});

function record(): RolloutRecord {
  const own = freezeRecord(
    Array.from({ length: 300 }, (_, i) => ({ ...card(-i - 1), agent: `agent-${i % 7}` })),
    { guardrails: [acceptance], alpha: 0.01, startedAtMs: NOON, endsAtMs: NOON + 1000 },
  );
  const cards = Array.from({ length: 60 }, (_, i) => card(i));
  return {
    kind: 'decisionRecord',
    rules: JUDGE_RULES,
    action: 'RefundAssist',
    version: '2',
    rolloutId: 'r-1',
    guardrails: [acceptance],
    looks: [],
    report: reportOf(startJudge([acceptance])),
    longWatch: { own, cards, report: longWatchReport(own, watchCards(own, startLongWatch(own), cards)) },
  };
}

function explained(given: object, ...more: string[]): Promise<{ code: number; stdout: string }> {
  const file = join(mkdtempSync(join(tmpdir(), 'assist-explain-')), 'record.json');
  writeFileSync(file, JSON.stringify(given));
  return cli(['explain', 'RefundAssist', '--record', file, ...more]);
}

test('the watch after promotion is explained beside the judge', async () => {
  const { code, stdout } = await explained(record());
  expect(code).toBe(0);
  expect(stdout).toMatch(/After the promotion: No harm proven since the promotion: 1 of 1 tests had cards, n 60 cards/);
  expect(stdout).toMatch(
    /acceptanceRate noHarm: 33\.3 % since the promotion against 33\.3 % of its own record \(300 cards\), limit 26\.7 % \(20 % lower\), n 60 cards/,
  );
  expect(stdout.match(/to the last bit/g)).toHaveLength(2);
});

test('a record of the watch that was changed is told, with exit code 1', async () => {
  const given = record();
  const { longWatch } = given;
  if (longWatch === undefined) throw new Error('no watch');
  const { code, stdout } = await explained({ ...given, longWatch: { ...longWatch, cards: longWatch.cards.slice(8) } });
  expect(code).toBe(1);
  expect(stdout).toContain('DIFFERS');
});

test('a record of other rules shows the verdict as it was said, and says that it cannot be taken again here', async () => {
  const { rules: _, ...before } = record();
  const told = { ...before, report: { ...before.report, verdict: 'harm', reason: 'As it was said then.' } };
  const { code, stdout } = await explained(told);
  expect(code).toBe(2);
  expect(stdout).toMatch(/RefundAssist 2, rollout r-1: harm, from 0 looks at 0 candidate and 0 baseline cards/);
  expect(stdout).toMatch(/After the promotion: No harm proven/);
  expect(stdout).toMatch(/was made by rules 1 of the judge; this release takes records of rules \d+ again/);
  expect(stdout).toMatch(/release that made it/);
  expect(stdout).not.toMatch(/to the last bit|DIFFERS/);
  const json = JSON.parse((await explained(told, '--json')).stdout) as object;
  expect(json).toMatchObject({
    kind: 'explanation',
    rules: 1,
    report: { verdict: 'harm', reason: 'As it was said then.' },
    agrees: null,
    since: null,
    error: { code: 'record-rules' },
    longWatch: { report: { verdict: 'noHarm' }, agrees: null },
  });
});
