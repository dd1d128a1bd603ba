/** A start is held to whom the version reaches that serves by the registry. */
import { authorise } from '../../src/activities/authorise.ts';
import { journalActivities } from '../../src/activities/journal.ts';
import type { Plan } from '../../src/domain/plan/plan.ts';
import { parseOperators } from '../../src/domain/identity/operators-schema.ts';
import { sha256Of } from '../../src/domain/shared/content-hash.ts';
import { newActorKey } from '../../src/identity/key.ts';
import { signAct } from '../../src/identity/sign.ts';
import type { Database } from '../../src/store/database.ts';
import { cardOf } from '../../src/targets/card.ts';
import { refOf } from '../helpers/arms.ts';
import { NOON } from '../helpers/events.ts';
import { quickPlan } from '../helpers/rollout-harness.ts';
import { transitionRecord } from '../helpers/transition-record.ts';
import { openStore } from '../helpers/any-store.ts';

const NORTH = '6f2f0000-0000-4000-8000-000000000001';
const SOUTH = '6f2f0000-0000-4000-8000-000000000002';
const { key } = newActorKey('nora');
const parsed = parseOperators({
  operators: [{ name: 'nora', key: key.publicKey, grants: [{ roles: ['operator'], queues: [NORTH] }] }],
});
if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
const operators = { now: () => Promise.resolve(parsed.operators) };

let db: Database;
beforeAll(async () => {
  db = await openStore();
});
afterAll(() => db.close());

async function promoted(action: string, queues: readonly string[]): Promise<void> {
  const quick = quickPlan();
  const card = cardOf(quick.action);
  const conditions = queues.map((id) => ({ type: 'queue' as const, id }));
  const plan: Plan = { ...quick, action: { ...card, name: action, trigger: { ...card.trigger, conditions } } };
  await journalActivities({ db, now: () => NOON }).record([
    transitionRecord(`${action}/1`, {
      rolloutId: action,
      action,
      version: card.version,
      act: 'ended',
      after: { phase: 'promoted', splitPercent: 100 },
      outcome: 'promoted',
      registered: {
        plan,
        verifiedBy: null,
        deployment: {
          target: 'agentAssistActions',
          actionName: action,
          baseline: refOf('b', '1.4.0'),
          candidate: refOf('c', card.version),
        },
      },
    }),
  ]);
}

async function startOf(action: string): Promise<string> {
  const content = { by: 'nora', reason: '' };
  const act = { act: 'start', by: 'nora', workflowId: `rollout/${action}`, content };
  const answer = await authorise(
    { db, operators },
    {
      ...act,
      action,
      queues: [NORTH],
      runId: `run of ${action}`,
      reason: '',
      contentSha256: sha256Of(content),
      signature: signAct(key, { ...act, issuedAtMs: NOON, expiresAtMs: NOON + 300_000 }),
      atMs: NOON,
    },
  );
  return answer.ok ? 'allowed' : answer.refusal;
}

test('who may start for one queue may not take a card from others: what serves by the registry is looked at', async () => {
  await promoted('Everywhere', []);
  await promoted('Two', [NORTH, SOUTH]);
  await promoted('Mine', [NORTH]);
  expect(await startOf('Everywhere')).toMatch(/Cannot start: v1\.5\.0, which serves, is for every queue/);
  expect(await startOf('Two')).toMatch(/is for 2 queues, and a promotion would take it from them all/);
  expect(await startOf('Mine')).toBe('allowed');
  expect(await startOf('Unknown')).toBe('allowed');
});
