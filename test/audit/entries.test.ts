import { journalActivities } from '../../src/activities/journal.ts';
import { preflightRefusal } from '../../src/domain/rollout/audit-reason.ts';
import { writeEngagement } from '../../src/audit/engagement.ts';
import { generateKey } from '../../src/audit/note.ts';
import { checkpointNow } from '../../src/audit/sign.ts';
import { verifyDatabase } from '../../src/audit/verify.ts';
import { appendAudit, listAudit } from '../../src/store/audit.ts';
import { append } from '../helpers/audit.ts';
import { canonicalJson } from '../../src/store/audit-line.ts';
import { auditSize, readAuditLines } from '../../src/store/audit-log.ts';
import { complianceOf, complianceOfVersion, saveCompliance } from '../../src/store/compliance.ts';
import { storeEvents } from '../helpers/store-events.ts';
import { migrate } from '../../src/store/migrate.ts';
import { MIGRATIONS } from '../../src/store/migrations/index.ts';
import { openPglite } from '../../src/store/pglite.ts';
import { decisionRecordOf } from '../../src/configurator/decision-record.ts';
import type { Database } from '../../src/store/database.ts';
import { looksUpTo, saveLooks } from '../../src/store/decision-looks.ts';
import { loadJudgeState, saveJudgeState } from '../../src/store/judge-states.ts';
import { countOlder, planRetention, removeOlder } from '../../src/store/retention.ts';
import { listRolloutRows, saveRollout } from '../../src/store/rollouts.ts';
import { describeEachStore } from '../helpers/database.ts';
import { transitionRecord } from '../helpers/transition-record.ts';
import { endedRow, rolloutRow } from '../helpers/rollout-row.ts';
import { NOON, eventOf, iso } from '../helpers/events.ts';
import { entry } from './helpers.ts';

const HASH = 'a'.repeat(64);
const DAY = 86_400_000;

test('canonical JSON sorts names by code units and writes numbers and texts as RFC 8785 has it', () => {
  expect(
    canonicalJson({ '\u20ac': 1, '\r': 2, '\ud83d\ude00': 3, ö: 4, '1': [1e21, 0.000001, 1e-7, -0, true, null] }),
  ).toBe('{"\\r":2,"1":[1e+21,0.000001,1e-7,0,true,null],"ö":4,"€":1,"😀":3}');
});

test('what preflight had said before is taken into the log', async () => {
  const db = await openPglite(null);
  try {
    await migrate(db, MIGRATIONS.slice(0, 5));
    await db.query("insert into compliance values ($1, 'passedWithWarnings', '1', '2', $2, 'Card', '7')", [
      HASH,
      new Date(NOON),
    ]);
    await migrate(db, MIGRATIONS);
    expect([await complianceOf(db, HASH), await complianceOfVersion(db, 'Card', '7')]).toEqual([
      'passedWithWarnings',
      'passedWithWarnings',
    ]);
    const { signer } = generateKey('log.example/audit');
    await checkpointNow(db, signer, { now: () => NOON });
    expect(await verifyDatabase(db, { verifier: signer })).toMatchObject({ ok: true, entries: 1 });
  } finally {
    await db.close();
  }
});

test('entries from before the tree are taken into it in their order, and verify', async () => {
  const db = await openPglite(null);
  try {
    await migrate(db, MIGRATIONS.slice(0, 1));
    for (const key of ['z', 'a', 'm']) {
      await db.query(
        'insert into audit (key, at, actor, act, reason, before, details) values ($1, $2, $3, $4, $5, $6, $7)',
        [key, new Date(NOON), 'kim', 'pause', 'line\nbreak "ü"', { splitPercent: 0.1 }, { b: [1, 2.5, 1e21], a: null }],
      );
    }
    await migrate(db, MIGRATIONS);
    const { signer } = generateKey('log.example/audit');
    await checkpointNow(db, signer, { now: () => NOON });
    expect(await verifyDatabase(db, { verifier: signer })).toEqual({
      ok: true,
      entries: 3,
      covered: 3,
      checkpoints: 1,
      lastSigned: { size: 3, at: '2026-03-01T12:00:00.000Z' },
      findings: [],
    });
    expect((await readAuditLines(db, 0, 9)).map(({ line }) => (JSON.parse(line) as { key: string }).key)).toEqual([
      'z',
      'a',
      'm',
    ]);
    await expect(db.query('delete from audit')).rejects.toThrow('append-only');
  } finally {
    await db.close();
  }
});

describeEachStore('entries of the audit log', (db) => {
  test('an engagement has its shape, and the status that preflight gave that very content', async () => {
    const engagement = {
      actionId: 'a1',
      agentId: 'g1',
      metrics: { accepted: 3, rate: 0.75 },
      contentSha256: HASH,
      at: new Date(NOON),
    };
    const { record } = await writeEngagement(db(), { ...engagement, at: new Date(NOON - 1) });
    expect(record).toEqual({
      timestamp: '2026-03-01T11:59:59.999Z',
      action_id: 'a1',
      agent_id: 'g1',
      metrics: { accepted: 3, rate: 0.75 },
      compliance_status: 'unknown',
      audit_source: 'agent_assist_configurator',
    });
    const checked = {
      contentSha256: HASH,
      rulesVersion: '1',
      dataVersion: '1',
      action: 'RefundAssist',
      version: '1.6.0',
    } as const;
    await saveCompliance(db(), { ...checked, status: 'failed', at: new Date(NOON) });
    expect((await writeEngagement(db(), engagement)).record.compliance_status).toBe('failed');
    await saveCompliance(db(), { ...checked, status: 'passed', at: new Date(NOON + 5) });
    await saveCompliance(db(), { ...checked, status: 'failed', at: new Date(NOON + 1) });
    expect([
      await complianceOf(db(), HASH),
      await complianceOf(db(), 'b'.repeat(64)),
      await complianceOfVersion(db(), 'RefundAssist', '1.6.0'),
    ]).toEqual(['passed', 'unknown', 'passed']);
    expect((await writeEngagement(db(), engagement)).isNew).toBe(false);
    expect(
      (await listAudit(db()))
        .filter(({ act }) => act === 'engagement')
        .map(({ complianceStatus, details }) => [
          complianceStatus,
          (details as { compliance_status: string }).compliance_status,
        ]),
    ).toEqual([
      ['unknown', 'unknown'],
      ['failed', 'failed'],
    ]);
  });

  test('an act of a rollout carries what preflight said of its version', async () => {
    await saveCompliance(db(), {
      contentSha256: 'c'.repeat(64),
      status: 'passedWithWarnings',
      rulesVersion: '1',
      dataVersion: '1',
      at: new Date(NOON),
      action: 'Card',
      version: '2',
    });
    const { record } = journalActivities({ db: db(), now: () => NOON });
    const transition = (key: string, version: string) =>
      transitionRecord(key, { rolloutId: 'r7', version, reason: '', after: { phase: 'validating', splitPercent: 0 } });
    await record([transition('r7/1', '2'), transition('r7/2', '3')]);
    expect((await listAudit(db(), { rolloutId: 'r7' })).map(({ complianceStatus }) => complianceStatus)).toEqual([
      'passedWithWarnings',
      'unknown',
    ]);
  });

  test('what preflight said is an entry itself: what was checked, by which rules, with which result; its repeat for the same rollout is none', async () => {
    const checked = {
      contentSha256: 'd'.repeat(64),
      status: 'failed',
      rulesVersion: '3',
      dataVersion: 'bcd 7',
      action: 'Card',
      version: '4',
      rolloutId: 'r8',
      found: ['csp-inline-handler'],
    } as const;
    await saveCompliance(db(), { ...checked, at: new Date(NOON) });
    await saveCompliance(db(), { ...checked, at: new Date(NOON + 500) });
    expect(await listAudit(db(), { rolloutId: 'r8' })).toMatchObject([
      {
        at: new Date(NOON),
        actor: 'engine',
        act: 'preflight',
        reason: 'failed: csp-inline-handler',
        action: 'Card',
        version: '4',
        complianceStatus: 'failed',
        details: {
          contentSha256: 'd'.repeat(64),
          rulesVersion: '3',
          dataVersion: 'bcd 7',
          found: ['csp-inline-handler'],
        },
      },
    ]);
  });

  test('a repeat that comes late, of a worker that stood still, turns no row back', async () => {
    const { record } = journalActivities({ db: db(), now: () => NOON });
    const entered = (key: string, phase: string) =>
      transitionRecord(key, {
        rolloutId: 'r8',
        version: '2',
        reason: phase,
        after: { phase, splitPercent: 10 },
      });
    const baking = entered('r8/1', 'baking');
    await record([baking]);
    await record([entered('r8/2', 'rollingBack'), entered('r8/3', 'needsAttention')]);
    await record([baking]);
    expect(await db().query("select phase, reason from rollouts where rollout_id = 'r8'")).toEqual([
      { phase: 'needsAttention', reason: 'needsAttention' },
    ]);
  });

  test('a rollout that preflight refused does not say that preflight passed, though its content would have', async () => {
    const { record } = journalActivities({ db: db(), now: () => NOON });
    await saveCompliance(db(), {
      contentSha256: 'e'.repeat(64),
      status: 'passed',
      rulesVersion: '1',
      dataVersion: '1',
      at: new Date(NOON),
      action: 'Card',
      version: '5',
    });
    const ended = (key: string, reason: string) =>
      record([
        transitionRecord(key, {
          rolloutId: 'r9',
          version: '5',
          act: 'ended',
          reason,
          after: { phase: 'rejected', splitPercent: 0 },
          outcome: 'rejected',
        }),
      ]);
    await ended(
      'r9/1',
      preflightRefusal([
        {
          code: 'trigger-id-unknown',
          severity: 'error',
          path: 'action.trigger',
          message: 'No such queue.',
          remedy: '',
        },
      ]),
    );
    await ended('r9/2', 'Aborted before anything was written, by kim: no');
    expect((await listAudit(db(), { rolloutId: 'r9' })).map(({ complianceStatus }) => complianceStatus)).toEqual([
      'failed',
      'passed',
    ]);
  });

  test('writers at the same time get numbers one after the other', async () => {
    const before = await auditSize(db());
    await Promise.all(
      Array.from({ length: 20 }, (_, n) => db().tx((trx) => appendAudit(trx, entry(n, { key: `many/${n}` })))),
    );
    expect(await auditSize(db())).toBe(before + 20);
  });
});

describeEachStore('retention', (db) => {
  const { signer } = generateKey('log.example/audit');
  const act = { by: 'kim', reason: 'policy', now: () => NOON, batch: 4 };
  const NONE = {
    events: 0,
    exposures: 0,
    customValues: 0,
    deadLetters: 0,
    messages: 0,
    metricWindows: 0,
    panelCards: 0,
    panelProcesses: 0,
    copilotAnswers: 0,
    responders: 0,
    decisionLooks: 0,
    judgeStates: 0,
    rollouts: 0,
  };
  const cards = async (from: number, to: number, atMs: number): Promise<void> => {
    const events = Array.from({ length: to - from }, (_, n) =>
      eventOf(`card-${from + n}`, 'triggered', atMs - NOON, { triggeredAt: iso(atMs) }),
    );
    await storeEvents(db(), events, { source: 'test', receivedAt: new Date(atMs) });
  };

  test('takes what is old, leaves the rest, and is on record batch by batch in a log that still verifies', async () => {
    await cards(0, 10, NOON - 100 * DAY);
    await cards(10, 13, NOON - 10 * DAY);
    await append(db(), entry(1));
    await checkpointNow(db(), signer, act);
    const plan = await planRetention(db(), 90 * DAY, NOON);
    expect(await countOlder(db(), plan)).toEqual({ ...NONE, events: 10, exposures: 10 });
    expect(await removeOlder(db(), plan, act)).toEqual({ ...NONE, events: 10, exposures: 10 });
    expect(await countOlder(db(), { ...plan, before: new Date(NOON) })).toMatchObject({ events: 3, exposures: 3 });
    const told = (await listAudit(db())).filter((row) => row.act === 'retention');
    expect(told.map(({ actor, reason, details }) => [actor, reason, (details as { removed: object }).removed])).toEqual(
      [
        ['kim', 'policy', { ...NONE, events: 4, exposures: 4 }],
        ['kim', 'policy', { ...NONE, events: 4, exposures: 4 }],
        ['kim', 'policy', { ...NONE, events: 2, exposures: 2 }],
      ],
    );
    expect(await removeOlder(db(), plan, act)).toEqual({ ...NONE, events: 0, exposures: 0 });
    await checkpointNow(db(), signer, act);
    expect(await verifyDatabase(db(), { verifier: signer })).toMatchObject({ ok: true, entries: 4, covered: 4 });
  });

  test('takes the decision records of rollouts that ended before, from their ends on, and no other', async () => {
    const ended = (rolloutId: string, days: number) => saveRollout(db(), endedRow(rolloutId, days));
    const looked = async (rolloutId: string, rows: number): Promise<void> => {
      for (let n = 0; n < rows; n += 1)
        await saveLooks(db(), {
          rolloutId,
          fromCursor: n,
          cursor: n + 1,
          looks: [{ atMs: n, splitPercent: 5, cards: [] }],
        });
    };
    await append(db(), entry(7, { key: 'old/1', rolloutId: 'old' }));
    await ended('old', 95);
    await ended('recent', 80);
    await looked('old', 10);
    await looked('recent', 3);
    await looked('unfinished', 2);
    const report = { verdict: 'safe' as const, reason: '', guardrails: [], n: { baseline: 90, candidate: 10 } };
    await saveJudgeState(db(), {
      rolloutId: 'old',
      cursor: 10,
      state: { judge: { guardrails: [] } },
      report,
      updatedAt: new Date(NOON),
    });
    expect((await decisionRecordOf(db(), 'x', 'old')).looks).toHaveLength(10);
    const plan = { before: new Date(NOON - 90 * DAY), heldBackBy: null, takenAsOver: [] };
    expect(await countOlder(db(), plan)).toMatchObject({ decisionLooks: 10 });
    const left: number[] = [];
    const watching: Database = {
      ...db(),
      tx: async (work) => {
        const result = await db().tx(work);
        left.push((await looksUpTo(db(), 'old', 10)).length);
        return result;
      },
    };
    expect(await removeOlder(watching, plan, act)).toMatchObject({ decisionLooks: 10, judgeStates: 1, rollouts: 1 });
    expect(left).toEqual([0, 0, 0, 0]);
    expect((await listRolloutRows(db())).map(({ rolloutId }) => rolloutId)).toEqual(['recent']);
    expect(await loadJudgeState(db(), 'old')).toBeNull();
    await expect(decisionRecordOf(db(), 'x', 'old')).rejects.toMatchObject({ code: 'record-deleted' });
    await expect(decisionRecordOf(db(), 'x', 'never')).rejects.toMatchObject({ code: 'rollout-not-found' });
    expect([(await looksUpTo(db(), 'recent', 3)).length, (await looksUpTo(db(), 'unfinished', 2)).length]).toEqual([
      3, 2,
    ]);
  });

  const began = (rolloutId: string, days: number) =>
    saveRollout(
      db(),
      rolloutRow({
        rolloutId,
        workflowId: 'rollout/x',
        action: 'x',
        version: '1',
        startedAt: new Date(NOON - days * DAY),
      }),
    );
  const seen = (rolloutId: string, days: number) =>
    saveJudgeState(db(), { rolloutId, cursor: 1, state: {}, report: null, updatedAt: new Date(NOON - days * DAY) });

  test('takes nothing that a running rollout has seen', async () => {
    await began('long', 95);
    await seen('long', 1);
    expect(await planRetention(db(), 90 * DAY, NOON)).toEqual({
      before: new Date(NOON - 95 * DAY),
      heldBackBy: 'long',
      takenAsOver: [],
    });
    expect(await planRetention(db(), 96 * DAY, NOON)).toEqual({
      before: new Date(NOON - 96 * DAY),
      heldBackBy: null,
      takenAsOver: [],
    });
    await seen('long', 0);
    expect(await planRetention(db(), 90 * DAY, NOON, () => Promise.resolve(false))).toMatchObject({
      heldBackBy: 'long',
    });
    await db().query("delete from rollouts where rollout_id = 'long'");
  });

  test('is not held back for ever by a rollout that was terminated: Temporal says so, or its silence', async () => {
    await began('terminated', 200);
    await seen('terminated', 120);
    await began('lately', 100);
    await seen('lately', 20);
    const before = new Date(NOON - 90 * DAY);
    expect(await planRetention(db(), 90 * DAY, NOON)).toEqual({
      before: new Date(NOON - 100 * DAY),
      heldBackBy: 'lately',
      takenAsOver: [
        {
          rolloutId: 'terminated',
          why: 'Temporal cannot be asked, and it was last heard of at 2025-11-01T12:00:00.000Z',
          old: true,
        },
      ],
    });
    const plan = await planRetention(db(), 90 * DAY, NOON, () => Promise.resolve(false));
    expect(plan).toMatchObject({
      before,
      heldBackBy: null,
      takenAsOver: [
        { rolloutId: 'terminated', old: true },
        {
          rolloutId: 'lately',
          old: false,
          why: expect.stringContaining('Temporal knows no such run that goes on') as string,
        },
      ],
    });
    expect(await planRetention(db(), 90 * DAY, NOON, () => Promise.resolve(true))).toMatchObject({
      heldBackBy: 'terminated',
    });
    expect(await removeOlder(db(), plan, act)).toMatchObject({ judgeStates: 1, rollouts: 1 });
    expect((await listAudit(db())).at(-1)).toMatchObject({
      act: 'retention',
      details: { takenAsOver: plan.takenAsOver },
    });
    expect((await listRolloutRows(db())).map(({ rolloutId }) => rolloutId)).toContain('lately');
    expect((await listRolloutRows(db())).map(({ rolloutId }) => rolloutId)).not.toContain('terminated');
  });
});
