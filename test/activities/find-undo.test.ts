/** What the worker reads of registry and organisation before an undo, and holds against a start, whoever asks. */
import { findUndo } from '../../src/activities/find-undo.ts';
import { journalActivities } from '../../src/activities/journal.ts';
import type { TransitionRecord } from '../../src/activities/types.ts';
import { validate } from '../../src/activities/validate.ts';
import type { Plan } from '../../src/domain/plan/plan.ts';
import { listAudit } from '../../src/store/audit.ts';
import type { Database } from '../../src/store/database.ts';
import { askRegistry, servedPlan } from '../../src/store/registry.ts';
import type { Targets } from '../../src/targets/index.ts';
import { refOf } from '../helpers/arms.ts';
import { NOON } from '../helpers/events.ts';
import { quickPlan } from '../helpers/rollout-harness.ts';
import { transitionRecord } from '../helpers/transition-record.ts';
import { openStore } from '../helpers/any-store.ts';

let db: Database;

beforeAll(async () => {
  db = await openStore();
});
afterAll(() => db.close());

const HTML = '<p>fine</p>';

function planOf(action: string, version: string, html = HTML): Plan {
  const plan = quickPlan();
  return { ...plan, action: { ...plan.action, name: action, version, html } };
}

/** An organisation that shows nothing of the action. */
const targets = {
  of: () => ({
    survey: () => Promise.resolve([]),
    conditionIds: () => Promise.resolve({ unknown: [], hidden: [], missing: [] }),
    describe: () => Promise.resolve({ baseline: null, note: null, exists: false }),
  }),
} as unknown as Targets;
const deps = () => ({ db, now: () => NOON, targets });

function ended(plan: Plan, baseline: string, more: Partial<TransitionRecord> = {}, atMs = NOON): TransitionRecord {
  const { name, version } = plan.action;
  const rolloutId = `${name}-${version}`;
  return transitionRecord(`${rolloutId}/1`, {
    rolloutId,
    action: name,
    version,
    startedAtMs: atMs,
    atMs,
    act: 'ended',
    after: { phase: 'promoted', splitPercent: 100 },
    outcome: 'promoted',
    report: { verdict: 'safe', reason: 'all is well', guardrails: [], n: { baseline: 30, candidate: 20 } },
    registered: {
      plan,
      verifiedBy: null,
      deployment: {
        target: 'agentAssistActions',
        actionName: name,
        baseline: refOf(`b-${baseline}`, baseline),
        candidate: refOf(`c-${version}`, version),
      },
    },
    ...more,
  });
}

const record = (entries: readonly TransitionRecord[]): Promise<void> => journalActivities(deps()).record(entries);

test('of an action that nobody rolled out there is nothing to undo, and its refusal is in the audit log alone', async () => {
  const found = await findUndo(deps(), { action: 'Nobody' });
  expect(found).toMatchObject({ ok: false, isUnknown: true });
  await record([transitionRecord('n/1', { rolloutId: 'n', action: 'Nobody', act: 'ended', isNoRollout: true })]);
  expect(await listAudit(db, { rolloutId: 'n' })).toHaveLength(1);
  expect(await askRegistry(db, { kind: 'history', action: 'Nobody', limit: 5 })).toEqual({ kind: 'history', rows: [] });
});

test('what is gone comes back from the registry if it was rolled out here, and what was never here is not promised', async () => {
  await record([
    ended(planOf('Card', '1.1.0'), '1.0.0', {}, NOON - 2_000),
    ended(planOf('Card', '1.2.0'), '1.1.0', {}, NOON - 1_000),
  ]);
  expect(await findUndo(deps(), { action: 'Card' })).toMatchObject({
    ok: true,
    to: '1.1.0',
    how: { kind: 'deployAgain', plan: { action: { version: '1.1.0' } } },
  });
  expect(await findUndo(deps(), { action: 'Card', from: '1.1.0' })).toMatchObject({
    ok: false,
    why: 'v1.1.0 of Card does not serve any more: v1.2.0 does, and is left as it is.',
  });
  const first = await findUndo(deps(), { action: 'Card', to: '1.0.0' });
  expect(first).toMatchObject({ ok: false });
  expect('why' in first && first.why).toContain('the registry never had its card');
});

test('a content that was proven harmful is started again by nobody, but for who insists and says why', async () => {
  const plan = planOf('Harmed', '2.0.0');
  const report = {
    verdict: 'harm',
    reason: 'acceptanceRate harm',
    guardrails: [],
    n: { baseline: 9, candidate: 9 },
  } as const;
  await record([
    ended(plan, '1.0.0', {
      outcome: 'rolledBack',
      after: { phase: 'rolledBack', splitPercent: 0 },
      report,
      reason: 'harm',
    }),
  ]);
  const codes = async (more: object): Promise<string[]> =>
    (await validate(deps(), { plan, ...more })).problems.map(({ code }) => code);
  expect(await codes({})).toEqual(['plan-harm-before']);
  expect(await codes({ reason: 'again' })).toEqual(['plan-harm-before']);
  expect(await codes({ force: true, reason: ' ' })).toEqual(['plan-harm-before']);
  expect(await codes({ force: true, reason: 'the sensor was broken' })).toEqual([]);
  expect(await codes({ plan: planOf('Harmed', '2.0.1') })).toEqual([]);
  // Mended under the same number: another content, of which nothing was proven.
  expect(await codes({ plan: planOf('Harmed', '2.0.0', '<p>mended</p>') })).toEqual([]);
});

test('starts that are refused, however many, hide neither what was proven nor what served', async () => {
  const [served, harmful] = [planOf('Flooded', '1.1.0'), planOf('Flooded', '1.2.0')];
  await record([
    ended(served, '1.0.0', {}, NOON - 90_000),
    ended(
      harmful,
      '1.1.0',
      {
        outcome: 'rolledBack',
        after: { phase: 'rolledBack', splitPercent: 0 },
        report: { verdict: 'harm', reason: 'harm', guardrails: [], n: { baseline: 9, candidate: 9 } },
      },
      NOON - 80_000,
    ),
  ]);
  await db.query(
    `insert into rollouts (rollout_id, workflow_id, action, version, started_by, started_at, phase, reason, outcome, plan, content_sha256)
     select 'flood-' || v || n, 'rollout/Flooded', 'Flooded', v, 'ci', $1, 'rejected', '', 'rejected', $2, 'of another content'
     from generate_series(1, 150) n, unnest(array['1.0.0', '1.1.0']) v`,
    [new Date(NOON), JSON.stringify(planOf('Flooded', '1.1.0', '<p>refused</p>'))],
  );
  await db.query(
    `insert into rollouts (rollout_id, workflow_id, action, version, started_by, started_at, phase, reason, outcome)
     select 'more-' || n, 'rollout/Flooded', 'Flooded', '1.2.0', 'ci', $1, 'rejected', '', 'rejected' from generate_series(1, 250) n`,
    [new Date(NOON)],
  );
  const started = await validate(deps(), { plan: harmful });
  expect(started.problems.map(({ code }) => code)).toEqual(['plan-harm-before']);
  // What stands in the refused plans of that number was never proven.
  expect(await findUndo(deps(), { action: 'Flooded', to: 'none' })).toMatchObject({
    ok: false,
    why: expect.stringContaining('was never proven') as string,
  });
  const again = await findUndo(deps(), { action: 'Flooded' });
  expect(again).toMatchObject({ ok: false, why: expect.stringContaining('v1.0.0') as string });
  expect((await servedPlan(db, 'Flooded', '1.1.0'))?.action).toMatchObject({ html: HTML });
  const told = await askRegistry(db, { kind: 'version', action: 'Flooded', version: '1.1.0' });
  expect(told).toMatchObject({ kind: 'version', found: { rolloutId: expect.stringContaining('flood-') as string } });
});

test('an undo reaches the queues of what serves too, not only those of what it goes back to', async () => {
  const confined = (version: string, ...queues: string[]): Plan => {
    const plan = planOf('Confined', version);
    const conditions = queues.map((id) => ({ type: 'queue' as const, id }));
    return { ...plan, action: { ...plan.action, trigger: { ...triggerOf(plan), conditions } } } as unknown as Plan;
  };
  await record([
    ended(confined('2.0.0', 'q-north'), '1.9.0', {}, NOON - 3_000),
    ended(confined('2.1.0', 'q-north', 'q-south'), '2.0.0', {}, NOON - 2_000),
  ]);
  expect(await findUndo(deps(), { action: 'Confined', to: '2.0.0' })).toMatchObject({
    ok: true,
    to: '2.0.0',
    queues: ['q-north', 'q-south'],
  });
  await record([ended(confined('2.2.0'), '2.1.0', {}, NOON - 1_000)]);
  expect(await findUndo(deps(), { action: 'Confined', to: '2.0.0' })).toMatchObject({ ok: true, queues: [] });
});

function triggerOf({ action }: Plan): object {
  return 'trigger' in action ? action.trigger : {};
}
