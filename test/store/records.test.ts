import type { JudgeReport, JudgeState } from '../../src/domain/judge/types.ts';
import { appendAudit, listAudit } from '../../src/store/audit.ts';
import { append } from '../helpers/audit.ts';
import type { AuditEntry } from '../../src/store/audit-line.ts';
import { auditLine } from '../../src/store/audit-line.ts';
import { loadJudgeState, saveJudgeState, touchJudgeStates } from '../../src/store/judge-states.ts';
import { listRolloutRows, saveRollout } from '../../src/store/rollouts.ts';

import { describeEachStore } from '../helpers/database.ts';
import { rolloutRow } from '../helpers/rollout-row.ts';
import { NOON } from '../helpers/events.ts';

const REPORT: JudgeReport = {
  verdict: 'safe',
  reason: 'all is well',
  guardrails: [],
  n: { baseline: 3, candidate: 2 },
};
const at = (ms: number): Date => new Date(NOON + ms);

describeEachStore('rollouts', (db) => {
  test('are saved, replaced and listed, newest first', async () => {
    await saveRollout(db(), rolloutRow());
    await saveRollout(db(), rolloutRow({ phase: 'promoting', report: REPORT, safety: { provenByReadBack: true } }));
    await saveRollout(db(), rolloutRow({ rolloutId: 'r2', action: 'Other', startedAt: at(5) }));
    expect(await listRolloutRows(db())).toEqual([
      rolloutRow({ rolloutId: 'r2', action: 'Other', startedAt: at(5) }),
      rolloutRow({ phase: 'promoting', report: REPORT, safety: { provenByReadBack: true } }),
    ]);
    expect((await listRolloutRows(db(), { action: 'RefundAssist' })).map(({ rolloutId }) => rolloutId)).toEqual(['r1']);
    expect(await listRolloutRows(db(), { limit: 1 })).toHaveLength(1);
  });

  test('that have ended are not reopened by a late repeat of an earlier save', async () => {
    const ended = rolloutRow({ rolloutId: 'r3', phase: 'promoted', outcome: 'promoted', endedAt: at(9) });
    await saveRollout(db(), ended);
    await saveRollout(db(), rolloutRow({ rolloutId: 'r3' }));
    expect(await listRolloutRows(db())).toContainEqual(ended);
  });
});

describeEachStore('judge states', (db) => {
  const state = (cursor: number): JudgeState => ({
    kind: 'judgeState',
    version: 1,
    sums: [cursor, 0.1],
    nested: { text: 'ü' },
  });

  test('come back as they were saved, and a late save of an earlier cursor does not turn them back', async () => {
    expect(await loadJudgeState(db(), 'r1')).toBeNull();
    const saved = { rolloutId: 'r1', cursor: 7, state: state(7), report: REPORT, updatedAt: at(1) };
    await saveJudgeState(db(), { ...saved, cursor: 3, state: state(3), report: null });
    await saveJudgeState(db(), saved);
    await saveJudgeState(db(), { ...saved, cursor: 5, state: state(5) });
    expect(await loadJudgeState(db(), 'r1')).toEqual(saved);
  });

  test('that stand where they stood are of now, many at once, and of no earlier instant than they were', async () => {
    for (const [i, rolloutId] of ['t1', 't2', 't3'].entries())
      await saveJudgeState(db(), { rolloutId, cursor: 7, state: state(7), report: REPORT, updatedAt: at(i) });
    await touchJudgeStates(db(), [
      ['t1', at(2).getTime()],
      ['t3', at(1).getTime()],
      ['nobody', at(9).getTime()],
    ]);
    const loaded = await Promise.all(['t1', 't2', 't3'].map((id) => loadJudgeState(db(), id)));
    expect(loaded.map((one) => one?.updatedAt)).toEqual([at(2), at(1), at(2)]);
    expect(loaded[0]).toMatchObject({ cursor: 7, state: state(7), report: REPORT });
  });
});

describeEachStore('audit log', (db) => {
  const entry = (key: string, more: Partial<AuditEntry> = {}): AuditEntry => ({
    key,
    at: at(0),
    actor: 'kim',
    act: 'setSplit',
    reason: 'step 1',
    ...more,
  });

  test('keeps every fact of an entry, in order', async () => {
    await db().tx((trx) =>
      appendAudit(
        trx,
        entry('k1', {
          rolloutId: 'r1',
          action: 'RefundAssist',
          version: '1.6.0',
          before: { split: 5 },
          after: { split: 25 },
          correlationId: 'abc',
          details: { note: 'x' },
          complianceStatus: 'passed',
        }),
      ),
    );
    await append(db(), entry('k2'));
    const [first, second] = await listAudit(db());
    expect(first).toEqual({
      seq: first?.seq,
      key: 'k1',
      at: at(0),
      actor: 'kim',
      act: 'setSplit',
      reason: 'step 1',
      rolloutId: 'r1',
      action: 'RefundAssist',
      version: '1.6.0',
      before: { split: 5 },
      after: { split: 25 },
      correlationId: 'abc',
      details: { note: 'x' },
      complianceStatus: 'passed',
    });
    expect(second).toMatchObject({ key: 'k2', before: null, rolloutId: null });
    expect(second?.seq).toBeGreaterThan(first?.seq ?? Infinity);
    expect((await listAudit(db(), { rolloutId: 'r1' })).map(({ key }) => key)).toEqual(['k1']);
    expect((await listAudit(db(), { afterSeq: first?.seq ?? 0, limit: 1 })).map(({ key }) => key)).toEqual(['k2']);
  });

  test('whoever writes it, an entry holds nothing that looks like a credential', async () => {
    const whsec = `whsec_${Buffer.from('a key of some thirty-two bytes!!').toString('base64')}`;
    const said = `was ${whsec}, with Bearer abcdefgh12345678 at https://me:hunter2@x.example`;
    const entry: AuditEntry = {
      key: 'r9/leak',
      at: at(9),
      actor: 'ana',
      act: 'pause',
      reason: said,
      rolloutId: 'r9',
      details: { deep: [said] },
    };
    expect(await append(db(), entry)).toBe(true);
    expect(await append(db(), entry)).toBe(false);
    const [row] = await listAudit(db(), { rolloutId: 'r9' });
    expect(row).toMatchObject({
      at: at(9),
      reason: 'was whsec_[redacted], with Bearer [redacted] at https://me:[redacted]@x.example',
    });
    expect(JSON.stringify(row)).not.toMatch(/abcdefgh|hunter2|YSBrZXk/);
  });

  test('holds an act once, however often it is told', async () => {
    expect(await append(db(), entry('once'))).toBe(true);
    expect(await append(db(), entry('once'))).toBe(false);
    expect(
      await append(db(), entry('once', { at: at(7), complianceStatus: 'passed' }), ['at', 'complianceStatus']),
    ).toBe(false);
    const many = await Promise.all(Array.from({ length: 8 }, () => db().tx((trx) => appendAudit(trx, entry('twice')))));
    expect(many.filter(Boolean)).toHaveLength(1);
    expect((await listAudit(db())).filter(({ key }) => key === 'once')).toMatchObject([{ reason: 'step 1' }]);
  });

  test('an act is written even when another text has taken its key before, once, and says which entry did', async () => {
    await db().query('select append_audit($1)', [
      auditLine(entry('r1/1', { actor: 'ceo', act: 'approve', reason: 'taken in advance' })),
    ]);
    const act = entry('r1/1', { actor: 'mallory', act: 'promote', details: { more: 1 } });
    expect([await append(db(), act), await append(db(), act)]).toEqual([true, false]);
    const entries = await listAudit(db());
    const [taker, told] = entries.slice(-2);
    expect(taker).toMatchObject({ key: 'r1/1', actor: 'ceo' });
    expect(told).toMatchObject({
      key: expect.stringMatching(/^r1\/1#[0-9a-f]{16}$/),
      actor: 'mallory',
      act: 'promote',
      details: { more: 1, keyTaken: { key: 'r1/1', leaf: entries.length - 2 } },
    });
  });

  test('shares the fate of the change it tells of', async () => {
    await expect(
      db().tx(async (trx) => {
        await appendAudit(trx, entry('undone'));
        throw new Error('the change failed');
      }),
    ).rejects.toThrow('the change failed');
    expect((await listAudit(db())).map(({ key }) => key)).not.toContain('undone');
  });

  test.each([
    "update audit set reason = 'nicer'",
    'delete from audit',
    'truncate audit',
    "update audit set reason = 'nicer' where false",
  ])('refuses: %s', async (sql) => {
    const before = await listAudit(db());
    await expect(db().query(sql)).rejects.toThrow('append-only');
    expect(await listAudit(db())).toEqual(before);
  });
});
