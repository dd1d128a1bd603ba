/** A brake that nobody seemed to answer is stored as well: what comes of both is one act. */
import type { Plan } from '../../src/domain/plan/plan.ts';
import type { Brake } from '../../src/domain/rollout/acts.ts';
import { ACT_UPDATES, actSignal, statusQuery } from '../../src/workflows/messages.ts';
import type { HumanAct } from '../../src/workflows/messages.ts';
import { hang } from '../helpers/gate.ts';
import { waitsFor } from '../helpers/pending.ts';
import type { Harness, RolloutHandle } from '../helpers/rollout-harness.ts';
import { activitiesOf, quickPlan, ScriptedOrganisation, startHarness } from '../helpers/rollout-harness.ts';

let org: ScriptedOrganisation;
let harness: Harness;
const hour = 3_600_000;
const longBake: Plan['steps'] = [
  { kind: 'setSplit', percent: 10 },
  { kind: 'bake', forMs: hour, atMostMs: hour, minCards: 0, require: 'noHarm' },
];

beforeAll(async () => {
  harness = await startHarness(activitiesOf(() => org));
});
afterAll(() => harness.close());
beforeEach(() => {
  org = new ScriptedOrganisation();
});

async function baking(): Promise<RolloutHandle> {
  const handle = await harness.start(quickPlan({ steps: longBake }));
  await harness.statusWhen(handle, ({ phase }) => phase === 'baking');
  return handle;
}

const ACTS = ['pause', 'resume', 'abort', 'refused'];
/** What is on record of people. */
const recorded = (): string[] =>
  org.records.filter(({ act }) => ACTS.includes(act)).map(({ act, reason }) => `${act}: ${reason}`);

const update = (handle: RolloutHandle, act: Brake, given: HumanAct) =>
  handle.executeUpdate(ACT_UPDATES[act], { args: [given] });
const signal = (handle: RolloutHandle, name: Brake, given: HumanAct) => handle.signal(actSignal, { name, ...given });

const stop = { by: 'ana', reason: 'stop it', id: 'abort-1' };
const wait = { by: 'ana', reason: 'wait', id: 'pause-1' };

test('an abort that comes as a signal and then as an update is answered with the status, and is on record once', async () => {
  const release = hang(org, 'rollBack');
  const handle = await baking();
  await signal(handle, 'abort', stop);
  await harness.statusWhen(handle, ({ phase }) => phase === 'rollingBack');
  expect(await update(handle, 'abort', stop)).toMatchObject({ reason: 'abort by ana: stop it' });
  release();
  await handle.result();
  expect(recorded()).toEqual(['abort: stop it']);
});

test('one that comes as an update and then as a signal, too', async () => {
  const release = hang(org, 'rollBack');
  const handle = await baking();
  await update(handle, 'abort', stop);
  await signal(handle, 'abort', stop);
  release();
  await handle.result();
  expect(recorded()).toEqual(['abort: stop it']);
});

test('both at once, while it is asked who acts, too', async () => {
  const handle = await baking();
  const release = hang(org, 'authorise');
  const updated = update(handle, 'abort', stop);
  await waitsFor(handle, 'authorise', 'watch');
  await signal(handle, 'abort', stop);
  await handle.query(statusQuery);
  release();
  expect(await updated).toMatchObject({ reason: 'abort by ana: stop it' });
  await handle.result();
  expect(recorded()).toEqual(['abort: stop it']);
});

test('a pause that comes again does nothing, also after somebody resumed', async () => {
  const handle = await baking();
  await signal(handle, 'pause', wait);
  await harness.statusWhen(handle, ({ paused }) => paused);
  expect(await update(handle, 'pause', wait)).toMatchObject({ paused: true });
  await handle.executeUpdate(ACT_UPDATES.resume, { args: [{ by: 'bea', reason: 'go on' }] });
  await signal(handle, 'pause', wait);
  expect(await handle.query(statusQuery)).toMatchObject({ paused: false });
  await update(handle, 'abort', stop);
  await handle.result();
  expect(recorded()).toEqual(['pause: wait', 'resume: go on', 'abort: stop it']);
});

test('a refusal is on record once as well, and both hear it', async () => {
  const handle = await baking();
  org.knows = (by) => `${by} has no role.`;
  await signal(handle, 'pause', wait);
  await harness.statusWhen(handle, () => org.records.some(({ act }) => act === 'refused'));
  await expect(update(handle, 'pause', wait)).rejects.toMatchObject({
    cause: { message: 'Cannot pause: ana has no role.', type: 'ActForbidden' },
  });
  expect(recorded()).toEqual(['refused: Cannot pause: ana has no role. Given was: wait']);
  await handle.cancel();
  await handle.result();
});

test('whoever says it in the name of another, and cannot sign it, keeps it from nobody', async () => {
  const handle = await baking();
  org.knows = () => 'nobody signed it.';
  await signal(handle, 'abort', { ...stop, signature: 'forged' });
  await harness.statusWhen(handle, () => org.records.some(({ act }) => act === 'refused'));
  org.knows = (by) => ({ by, verifiedBy: 'key', subject: 'ed25519:ana', roles: ['operator'], groups: [] });
  expect(await update(handle, 'abort', { ...stop, signature: 'true' })).toMatchObject({
    reason: 'abort by ana: stop it',
  });
  await handle.result();
  expect(recorded()).toEqual([expect.stringContaining('nobody signed it'), 'abort: stop it']);
});

test('one that is signed anew, under its id, is the same act', async () => {
  const release = hang(org, 'rollBack');
  const handle = await baking();
  await signal(handle, 'abort', { ...stop, signature: 'first' });
  await harness.statusWhen(handle, ({ phase }) => phase === 'rollingBack');
  expect(await update(handle, 'abort', { ...stop, signature: 'second' })).toMatchObject({ phase: 'rollingBack' });
  release();
  await handle.result();
  expect(recorded()).toEqual(['abort: stop it']);
});

test('another abort of what is being aborted is refused, and told what is so, and by whom', async () => {
  const handle = await baking();
  const known = hang(org, 'authorise');
  await signal(handle, 'abort', stop);
  await signal(handle, 'abort', { ...stop, id: 'abort-2' });
  await waitsFor(handle, 'authorise', 'authorise', 'watch');
  const release = hang(org, 'rollBack');
  known();
  await harness.statusWhen(handle, ({ phase }) => phase === 'rollingBack');
  await expect(update(handle, 'pause', { by: 'bea', reason: 'wait' })).rejects.toMatchObject({
    cause: { message: expect.stringMatching(/^Cannot pause: the rollout is being aborted, by ana\. Nothing takes/) },
  });
  release();
  await handle.result();
  expect(recorded()).toEqual([
    'abort: stop it',
    expect.stringMatching(
      /^refused: Cannot abort: the rollout is being aborted already, by ana\. .* Given was: stop it$/,
    ),
    expect.stringMatching(/^refused: Cannot pause/),
  ]);
});
