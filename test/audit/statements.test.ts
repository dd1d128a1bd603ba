/**
 * What the signatures alone cannot show: an act under another key, and a list of rollouts that says something else than
 * the log.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { journalActivities } from '../../src/activities/journal.ts';
import type { TransitionRecord } from '../../src/activities/types.ts';
import { exportAudit } from '../../src/audit/export.ts';
import { generateKey } from '../../src/audit/note.ts';
import { checkpointNow } from '../../src/audit/sign.ts';
import { verifyDatabase, verifyExport } from '../../src/audit/verify.ts';
import { auditLine } from '../../src/store/audit-line.ts';
import { listAudit } from '../../src/store/audit.ts';
import { describeEachStore } from '../helpers/database.ts';
import { NOON } from '../helpers/events.ts';
import { transitionRecord } from '../helpers/transition-record.ts';
import { entry, useFolder } from './helpers.ts';

const { signer } = generateKey('log.example/audit');
const now = (): number => NOON;

const transition = (key: string, more: Partial<TransitionRecord> = {}): TransitionRecord =>
  transitionRecord(key, {
    rolloutId: key.split('/')[0] ?? '',
    act: 'baking',
    reason: 'step 2',
    before: { phase: 'baking', splitPercent: 5 },
    after: { phase: 'baking', splitPercent: 5 },
    ...more,
  });
const ended = (key: string, outcome: string): TransitionRecord =>
  transition(key, { act: 'ended', outcome, after: { phase: outcome, splitPercent: 0 }, reason: 'harm' });

describeEachStore('what is said beside the signatures', (db) => {
  const file = useFolder();
  const verdict = async () => {
    await checkpointNow(db(), signer, { now });
    return verifyDatabase(db(), { verifier: signer });
  };
  const { record } = { record: (told: TransitionRecord) => journalActivities({ db: db(), now }).record([told]) };

  test('an end that the list of rollouts tells as the log does is no finding, nor is a rollout that runs or whose row is gone', async () => {
    await record(ended('r1/1', 'rolledBack'));
    await record(transition('r2/1'));
    await record(ended('r3/1', 'promoted'));
    await db().query("delete from rollouts where rollout_id = 'r3'");
    expect(await verdict()).toMatchObject({ ok: true, findings: [] });
  });

  test.each([
    [
      "update rollouts set outcome = 'promoted' where rollout_id = 'r1'",
      'its outcome is promoted in the list of rollouts and rolledBack in entry 0',
    ],
    [
      "update rollouts set version = '3' where rollout_id = 'r1'",
      'its version is 3 in the list of rollouts and 2 in entry 0',
    ],
    [
      "update rollouts set outcome = null, ended_at = null where rollout_id = 'r1'",
      'entry 0 says that it ended as rolledBack, and the list of rollouts that it has not ended',
    ],
    [
      "update rollouts set outcome = 'promoted' where rollout_id = 'r2'",
      'the list of rollouts says that it ended as promoted, and no entry of the log tells of an end',
    ],
  ])('%s is told, and which rollout it is', async (sql, expected) => {
    const undo = new Error('undo');
    await db()
      .tx(async (trx) => {
        await trx.query(sql);
        const { ok, findings } = await verifyDatabase(trx, { verifier: signer });
        expect([ok, findings.map(({ kind, message }) => [kind, message])]).toEqual([
          false,
          [['outcomeDiffers', expect.stringContaining(expected)]],
        ]);
        expect(findings[0]?.message).toMatch(/^Rollout r[12] \(Card v[23]\): /);
        throw undo;
      })
      .catch((error: unknown) => expect(error).toBe(undo));
  });

  test('an act whose key somebody took in advance is in the log all the same, and both are named, in the database and in an export', async () => {
    await db().query('select append_audit($1)', [
      auditLine(entry(0, { key: 'r4/7', actor: 'ceo@example.com', act: 'approve', rolloutId: 'r4' })),
    ]);
    const taken = (await listAudit(db())).length - 1;
    await record(transition('r4/7', { act: 'promote', actor: 'mallory', reason: 'now' }));
    expect((await listAudit(db(), { rolloutId: 'r4' })).map(({ actor, act }) => [actor, act])).toEqual([
      ['ceo@example.com', 'approve'],
      ['mallory', 'promote'],
    ]);
    const { ok, findings } = await verdict();
    expect([ok, findings]).toEqual([false, [expect.objectContaining({ kind: 'keyTaken', leaf: taken + 1 })]]);
    expect(findings[0]?.message).toContain(`which entry ${taken} had taken with another text`);
    let text = '';
    await exportAudit(db(), {
      verifier: signer,
      write: async (more) => {
        text += more;
      },
    });
    writeFileSync(file('export'), text);
    expect(readFileSync(file('export'), 'utf8')).toContain('keyTaken');
    expect((await verifyExport(file('export'), { verifier: signer })).findings).toMatchObject([
      { kind: 'keyTaken', leaf: taken + 1 },
    ]);
  });
});
