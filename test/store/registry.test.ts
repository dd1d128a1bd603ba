import { journalActivities } from '../../src/activities/journal.ts';
import type { Plan } from '../../src/domain/plan/plan.ts';
import type { RegistryAnswer } from '../../src/domain/registry/question.ts';
import { parseQuestion } from '../../src/domain/registry/question.ts';
import { askRegistry, registeredRollout } from '../../src/store/registry.ts';
import { contentSha256 } from '../../src/targets/index.ts';
import { refOf } from '../helpers/arms.ts';
import { describeEachStore } from '../helpers/database.ts';
import { NOON } from '../helpers/events.ts';
import { quickPlan } from '../helpers/rollout-harness.ts';
import { transitionRecord } from '../helpers/transition-record.ts';

const SECRET = 'whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQ=';
/** What jsonb refuses, what a redactor would cut, and what a terminal would not show. */
const HTML = `<p title="\u200b">é \u0000 ${SECRET}\r\n</p>`;
const REPORT = { verdict: 'safe' as const, reason: 'all is well', guardrails: [], n: { baseline: 30, candidate: 20 } };

function planOf(version: string, html = HTML): Plan {
  const plan = quickPlan();
  return { ...plan, action: { ...plan.action, name: 'Card', version, html } };
}

const deployment = (baseline: string, candidate: string) => ({
  target: 'agentAssistActions' as const,
  actionName: 'Card',
  baseline: refOf('b', baseline),
  candidate: refOf('c', candidate),
});

function versionIn(answer: RegistryAnswer) {
  if (answer.kind !== 'version') throw new Error(JSON.stringify(answer));
  return answer.found;
}

describeEachStore('the registry', (db) => {
  const record = (entries: Parameters<ReturnType<typeof journalActivities>['record']>[0]): Promise<void> =>
    journalActivities({ db: db(), now: () => NOON, redact: (text) => text.replaceAll(SECRET, '[redacted]') }).record(
      entries,
    );
  const begun = (rolloutId: string, version: string, atMs = NOON) =>
    transitionRecord(`${rolloutId}/1`, {
      rolloutId,
      version,
      startedAtMs: atMs,
      registered: { plan: planOf(version), verifiedBy: null },
    });

  test('keeps plan and card byte for byte from the first record on, whatever characters it holds', async () => {
    await record([begun('r1', '1.5.0')]);
    const found = versionIn(await askRegistry(db(), { kind: 'version', action: 'Card', version: '1.5.0' }));
    expect(found.plan).toEqual(planOf('1.5.0'));
    expect(found).toMatchObject({
      contentSha256: contentSha256(planOf('1.5.0')),
      startedBy: 'kim',
      verifiedBy: null,
      outcome: null,
      proof: null,
    });
  });

  test('keeps the last verdict of a run that was terminated, and the first plan of one that is told twice', async () => {
    const judged = transitionRecord('r2/2', { rolloutId: 'r2', version: '1.6.0', act: 'judged', report: REPORT });
    await record([begun('r2', '1.6.0', NOON + 5_000), judged]);
    await record([
      transitionRecord('r2/3', { rolloutId: 'r2', version: '1.6.0', act: 'pause', actor: 'ana', reason: 'lunch' }),
    ]);
    await record([
      { ...begun('r2', '1.6.0'), registered: { plan: planOf('1.6.0', '<p>another</p>') } },
      transitionRecord('r2/4', {
        rolloutId: 'r2',
        version: '1.6.0',
        registered: { deployment: deployment('1.5.0', '1.6.0') },
      }),
    ]);
    const found = versionIn(await askRegistry(db(), { kind: 'version', action: 'Card', version: '1.6.0' }));
    expect(found).toMatchObject({ report: REPORT, deployment: deployment('1.5.0', '1.6.0'), plan: planOf('1.6.0') });
    expect(found.acts).toMatchObject([{ actor: 'ana', act: 'pause', reason: 'lunch' }]);
  });

  test('tells what each rollout came to, newest first, and what it proved', async () => {
    await record([
      begun('r3', '1.7.0', NOON + 10_000),
      transitionRecord('r3/2', {
        rolloutId: 'r3',
        version: '1.7.0',
        atMs: NOON + 20_000,
        outcome: 'promoted',
        after: { phase: 'promoted', splitPercent: 100 },
        report: REPORT,
        registered: { deployment: deployment('1.6.0', '1.7.0') },
      }),
    ]);
    const answer = await askRegistry(db(), { kind: 'history', action: 'Card', limit: 2 });
    expect(answer).toMatchObject({
      kind: 'history',
      rows: [
        {
          rolloutId: 'r3',
          outcome: 'promoted',
          baselineVersion: '1.6.0',
          verdict: 'safe',
          proof: { how: 'promoted', rolloutId: 'r3', cards: 20, at: new Date(NOON + 20_000).toISOString() },
        },
        { outcome: null, proof: null },
      ],
    });
    // It was the baseline of a promoted one.
    const before = versionIn(await askRegistry(db(), { kind: 'version', action: 'Card', version: '1.6.0' }));
    expect(before.proof).toMatchObject({ how: 'baseline', rolloutId: 'r3', cards: 30 });
  });

  test('tells of people what they did and what they were refused, and how it is known who they are', async () => {
    const proof = { verifiedBy: 'key', subject: 'ed25519:x', signature: null } as const;
    const at = { rolloutId: 'r9', version: '9.0.0', action: 'Acts' };
    await record([
      { ...begun('r9', '9.0.0'), action: 'Acts' },
      transitionRecord('r9/2', { ...at, act: 'refused', actor: 'ana', reason: 'Cannot approve', proof }),
      transitionRecord('r9/3', { ...at, act: 'abort', actor: 'guardian', reason: 'nobody watches' }),
    ]);
    const { acts } = versionIn(await askRegistry(db(), { kind: 'version', action: 'Acts', version: null }));
    expect(acts).toMatchObject([{ act: 'refused', actor: 'ana', verifiedBy: 'key' }, { act: 'abort' }]);
    expect(acts[1]).not.toHaveProperty('verifiedBy');
  });

  test('tells of the audit log to whoever has no database, no more than a message holds', async () => {
    const asked = { kind: 'audit', of: 'Long', actor: null, since: null, until: null, limit: 200 } as const;
    const reason = 'x'.repeat(4000);
    await record(
      Array.from({ length: 200 }, (_, at) =>
        transitionRecord(`r-long/${at}`, { rolloutId: 'r-long', action: 'Long', reason }),
      ),
    );
    const answer = await askRegistry(db(), asked);
    if (answer.kind !== 'audit') throw new Error(answer.kind);
    expect(JSON.stringify(answer).length).toBeLessThan(1_500_000);
    expect(answer.lines.length).toBeGreaterThan(100);
    expect(answer.lines.length).toBeLessThan(200);
    expect(JSON.parse(answer.lines.at(-1)?.line ?? '')).toMatchObject({ key: 'r-long/199' });
    expect(await askRegistry(db(), { ...asked, actor: 'nobody' })).toMatchObject({ lines: [] });
  });

  test('tells in a history what a plan says that it is for', async () => {
    const plan = { ...planOf('1.0.0'), description: 'New wording' };
    const described = transitionRecord('r-about/1', { rolloutId: 'r-about', action: 'About', registered: { plan } });
    await record([described, transitionRecord('r-mute/1', { rolloutId: 'r-mute', action: 'About' })]);
    const answer = await askRegistry(db(), { kind: 'history', action: 'About', limit: 5 });
    if (answer.kind !== 'history') throw new Error(answer.kind);
    expect(Object.fromEntries(answer.rows.map((row) => [row.rolloutId, row.description]))).toEqual({
      'r-about': 'New wording',
      'r-mute': null,
    });
  });

  test('finds the rollout that is named, however many came after it', async () => {
    await record([transitionRecord('r-old/1', { rolloutId: 'r-old', action: 'Many', startedAtMs: NOON - 1 })]);
    await db().query(
      `insert into rollouts (rollout_id, workflow_id, action, version, started_by, started_at, phase, reason)
       select 'r-many-' || n, 'rollout/Many', 'Many', '1.0.0', 'kim', $1, 'promoted', '' from generate_series(1, 300) n`,
      [new Date(NOON)],
    );
    expect((await registeredRollout(db(), 'Many', 'r-old'))?.rolloutId).toBe('r-old');
    expect(await registeredRollout(db(), 'Other', 'r-old')).toBeNull();
  });

  test('names the versions that there are where it is asked for another', async () => {
    expect(await askRegistry(db(), { kind: 'version', action: 'Card', version: '9.9.9' })).toEqual({
      kind: 'unknown',
      versions: ['1.7.0', '1.6.0', '1.5.0'],
    });
    expect(await askRegistry(db(), { kind: 'version', action: 'None', version: null })).toEqual({
      kind: 'unknown',
      versions: [],
    });
  });
});

test('what is no question is none, whoever sends it', () => {
  for (const given of [
    null,
    'history',
    {},
    { kind: 'history', action: 'A', limit: 1e9 },
    { kind: 'drop', action: 'A' },
    { kind: 'history', action: 'A\0', limit: 5 },
    { kind: 'version', action: 'A', version: '\0' },
    { kind: 'audit', of: '\0', actor: null, since: null, until: null, limit: 5 },
    { kind: 'audit', of: null, actor: null, since: null, until: null, before: -1, limit: 5 },
    { kind: 'audit', of: null, actor: null, since: null, until: null, before: '7', limit: 5 },
  ])
    expect(parseQuestion(given)).toBeNull();
  expect(parseQuestion({ kind: 'version', action: 'A', version: null, more: 1 })).toEqual({
    kind: 'version',
    action: 'A',
    version: null,
  });
});
