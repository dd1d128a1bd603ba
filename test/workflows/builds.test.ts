/** Acts on builds: whose role they take, and that who was refused is on record. */
import { randomUUID } from 'node:crypto';
import { authorise } from '../../src/activities/authorise.ts';
import type { AuthoriseInput } from '../../src/activities/authorise.ts';
import { createBuildsActivities } from '../../src/activities/builds.ts';
import { signed } from '../../src/configurator/sign-act.ts';
import type { BuildsAct, BuildsAnswer, BuildsDeed } from '../../src/domain/builds/act.ts';
import { buildsActText, buildsRight, parseBuildsAct } from '../../src/domain/builds/act.ts';
import { parseOperators } from '../../src/domain/identity/operators-schema.ts';
import type { ActorKey } from '../../src/identity/key.ts';
import { newActorKey } from '../../src/identity/key.ts';
import { listAudit } from '../../src/store/audit.ts';
import type { Database } from '../../src/store/database.ts';
import { BUILDS_WORKFLOW, ROLLOUTS_QUEUE } from '../../src/workflows/messages.ts';
import { openStore } from '../helpers/any-store.ts';
import type { Harness } from '../helpers/rollout-harness.ts';
import { activitiesOf, ScriptedOrganisation, startHarness } from '../helpers/rollout-harness.ts';

const { key: ana } = newActorKey('ana');
const { key: ben } = newActorKey('ben');
const { key: rae } = newActorKey('rae');
const PROMOTE = { do: 'promote', build: '0.2.0-5c1e77aa' } as const;
let harness: Harness;
let db: Database;

beforeAll(async () => {
  db = await openStore();
  const parsed = parseOperators({
    operators: [
      { name: 'ana', key: ana.publicKey, roles: ['admin'] },
      { name: 'ben', key: ben.publicKey, roles: ['operator', 'approver'] },
      { name: 'rae', key: rae.publicKey, grants: [{ roles: ['admin'], actions: ['Refund*'] }] },
    ],
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const operators = { now: () => Promise.resolve(parsed.operators) };
  harness = await startHarness({
    ...activitiesOf(() => new ScriptedOrganisation()),
    ...createBuildsActivities({ db, now: Date.now, rolloutsQueue: ROLLOUTS_QUEUE }, Math.random),
    authorise: (input: AuthoriseInput) => authorise({ db, operators }, input),
  });
});
afterAll(async () => {
  await harness.close();
  await db.close();
});

function ask(key: ActorKey | null, deed: BuildsDeed, by = key?.name ?? 'ana'): Promise<BuildsAnswer> {
  const workflowId = `${BUILDS_WORKFLOW}/${randomUUID()}`;
  const act: BuildsAct = { ...deed, deployment: 'assist', by, reason: 'release 0.2.0' };
  return harness.client.workflow.execute(BUILDS_WORKFLOW, {
    workflowId,
    taskQueue: ROLLOUTS_QUEUE,
    args: [signed(key === null ? null : { key }, { act: buildsRight(deed).act, by, workflowId }, act)],
  });
}

test('an admin is let, and hears of a build that nobody has ever run', async () => {
  expect(await ask(ana, PROMOTE)).toMatchObject({
    code: 'build-unknown',
    why: 'No worker has ever said that it is a build of "assist".',
  });
  expect(await listAudit(db)).toEqual([]);
});

test.each<[string, ActorKey | null, BuildsDeed, string]>([
  ['who operates and approves', ben, PROMOTE, 'ben has only operator, approver on "*" and its queues; it takes admin'],
  ['whose own are some actions', rae, { do: 'back' }, 'rae has no role on "*"'],
  ['who signs nothing', null, { do: 'ramp', build: 'b', percent: 10 }, 'nobody signed it'],
])('%s may not, and that is on record', async (_, key, deed, why) => {
  const answer = await ask(key, deed);
  expect(answer).toMatchObject({ kind: 'refused', code: 'build-refused', why: expect.stringContaining(why) });
  expect((await listAudit(db)).at(-1)).toMatchObject({
    act: 'refused',
    actor: key?.name ?? 'ana',
    reason: expect.stringContaining('release 0.2.0'),
    details: { asked: buildsRight(deed).act, deployment: 'assist', verifiedBy: key === null ? null : 'key' },
  });
});

test('whose own an action is may move its rollout, and hears that none is open', async () => {
  const move = { do: 'move', build: 'unversioned' } as const;
  expect(await ask(rae, { ...move, action: 'BillingAssist' })).toMatchObject({ code: 'build-refused' });
  expect(await ask(rae, { ...move, action: 'RefundAssist' })).toMatchObject({ code: 'build-unknown' });
});

test('waves are of many actions: whose own one is may not move them', async () => {
  const move = { do: 'move', build: 'unversioned', waves: 'spring' } as const;
  expect(await ask(rae, move)).toMatchObject({ code: 'build-refused' });
  expect(await ask(ana, move)).toMatchObject({ code: 'build-unknown' });
  expect(buildsActText(move)).toBe('move the waves spring to unversioned');
});

test.each<[string, object, string]>([
  ['no deployment', { ...PROMOTE, by: 'ana', reason: 'x' }, '"deployment" is nothing'],
  ['nobody', { ...PROMOTE, deployment: 'a', by: '', reason: 'x' }, '"by" is empty'],
  ['no reason', { ...PROMOTE, deployment: 'a', by: 'ana', reason: ' ' }, '"reason" is empty'],
  ['another deed', { do: 'delete', deployment: 'a', by: 'ana', reason: 'x' }, 'expected ramp, promote, back or move'],
  ['no build', { do: 'promote', deployment: 'a', by: 'ana', reason: 'x' }, '"build" is nothing'],
  ['too much', { do: 'ramp', build: 'b', percent: 101, deployment: 'a', by: 'ana', reason: 'x' }, '"percent" is 101'],
  ['no waves', { do: 'move', build: 'b', waves: '', deployment: 'a', by: 'ana', reason: 'x' }, '"waves" is ""'],
  ['no action', { do: 'move', build: 'b', action: '', deployment: 'a', by: 'ana', reason: 'x' }, '"action" is ""'],
])('%s is told in one sentence', (_, given, why) => {
  expect(parseBuildsAct(given)).toContain(why);
});
