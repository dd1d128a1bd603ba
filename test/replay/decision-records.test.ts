/**
 * The decision records of every release, taken again by the code of today: the same rules say the same to the last word;
 * other rules give the same verdict, or the change has a name here. `RECORD_HISTORIES=<release>` keeps a new set.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readRecord } from '../../src/cli/sources/decision-record.ts';
import type { RolloutRecord } from '../../src/configurator/decision-record.ts';
import { reportOf } from '../../src/domain/judge/report/report.ts';
import { judgeAgain } from '../../src/domain/judge/resume.ts';
import { RecordRulesError, retake } from '../../src/domain/judge/retake.ts';
import { JUDGE_RULES } from '../../src/domain/judge/state.ts';
import type { Verdict } from '../../src/domain/judge/types.ts';
import { retakeLongWatch } from '../../src/domain/long-watch/retake.ts';
import { recordDecisions } from './record-decisions.ts';

/** By file: what rules since those of the record make of it, on purpose, and why. */
const CHANGED: Readonly<Record<string, { readonly verdict: Verdict; readonly since: number; readonly why: string }>> =
  {};

const folder = join(__dirname, 'decision-records');
const release = process.env.RECORD_HISTORIES;
if (release !== undefined) recordDecisions(folder, release);

const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
const read = (file: string): Promise<RolloutRecord> => readRecord(join(folder, file));

test('there are records of every verdict', async () => {
  const verdicts = await Promise.all(files.map(async (file) => (await read(file)).report.verdict));
  expect([...new Set(verdicts)].toSorted()).toEqual(['harm', 'noData', 'safe', 'undecided', 'untrusted']);
});

describe.each(files)('%s', (file) => {
  test('has its verdict still', async () => {
    const record = await read(file);
    const { verdict, n } = reportOf(judgeAgain(record, record.looks, record));
    expect({ verdict, n }).toEqual({ verdict: CHANGED[file]?.verdict ?? record.report.verdict, n: record.report.n });
    expect(CHANGED[file]?.since ?? JUDGE_RULES).toBeLessThanOrEqual(JUDGE_RULES);
  });

  test('is taken again to the last word, or refused by the name of its rules', async () => {
    const record = await read(file);
    if (record.rules !== JUDGE_RULES) return expect(() => retake(record)).toThrow(RecordRulesError);
    // The same rules give the same report: raise JUDGE_RULES with whatever changes one.
    expect(retake(record).report).toEqual(record.report);
    const { longWatch } = record;
    expect(longWatch && retakeLongWatch(longWatch).report).toEqual(longWatch?.report);
  });
});

test('a look that was another one is noticed', async () => {
  const record = await read(files.find((file) => file.endsWith('-harm.json')) ?? '');
  const looks = record.looks.map((look) => ({ ...look, cards: look.cards.map((card) => ({ ...card, outcomes: [] })) }));
  const { report, agrees } = retake({ ...record, looks });
  expect([agrees, report.verdict === record.report.verdict]).toEqual([false, false]);
});
