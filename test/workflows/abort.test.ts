/** Invariant 5: abort wins from every state, and a roll back cannot be cancelled. */
import type { Plan } from '../../src/domain/plan/plan.ts';
import type { RolloutStatus } from '../../src/workflows/messages.ts';
import { ACT_UPDATES, actSignal, guardianSignal, statusQuery } from '../../src/workflows/messages.ts';
import { closedGate, hang } from '../helpers/gate.ts';
import { pendingWhen, waitsFor } from '../helpers/pending.ts';
import type { Harness, RolloutHandle } from '../helpers/rollout-harness.ts';
import { activitiesOf, quickPlan, ScriptedOrganisation, startHarness } from '../helpers/rollout-harness.ts';

let org: ScriptedOrganisation;
let harness: Harness;
const who = { by: 'ana', reason: 'stop it' };
const hour = 3_600_000;
const policies = quickPlan().policies;
const split = { kind: 'setSplit', percent: 10 } as const;
const longBake: Plan['steps'] = [split, { kind: 'bake', forMs: hour, atMostMs: hour, minCards: 0, require: 'noHarm' }];
const approval: Plan['steps'] = [
  split,
  { kind: 'approve', reason: 'leads', timeoutMs: 604_800_000, onTimeout: 'hold' },
  ...longBake.slice(1),
];

beforeAll(async () => {
  harness = await startHarness(activitiesOf(() => org));
});
afterAll(() => harness.close());
beforeEach(() => {
  org = new ScriptedOrganisation();
});

function expectSafe(): void {
  expect(org.state()).toMatchObject({
    covered: true,
    effectiveSplitPercent: 0,
    baseline: { enabled: true, splitPercent: 100 },
    candidate: { enabled: false },
  });
}

async function abortWhen(
  handle: RolloutHandle,
  holds: (status: RolloutStatus) => boolean,
  then: () => void = () => undefined,
): Promise<void> {
  await harness.statusWhen(handle, holds);
  await handle.executeUpdate(ACT_UPDATES.abort, { args: [who] });
  then();
  expect(await handle.result()).toMatchObject({
    outcome: 'rolledBack',
    reason: 'abort by ana: stop it',
    safety: { provenByReadBack: true },
  });
  expectSafe();
}

test('while validating: nothing was written, and it says so', async () => {
  const release = hang(org, 'validate');
  const handle = await harness.start(quickPlan());
  await harness.statusWhen(handle, ({ phase }) => phase === 'validating');
  await handle.executeUpdate(ACT_UPDATES.abort, { args: [who] });
  release();
  expect(await handle.result()).toMatchObject({
    outcome: 'rejected',
    reason: 'Aborted before anything was written, by ana: stop it',
  });
  expect(org.writes).toEqual([]);
});

test('while deploying: what was deployed is rolled back', async () => {
  const release = hang(org, 'deploy');
  await abortWhen(await harness.start(quickPlan()), ({ phase }) => phase === 'deploying', release);
});

test('while the split is being set and the organisation does not answer', async () => {
  const release = hang(org, 'applySplit');
  const handle = await harness.start(quickPlan());
  await abortWhen(handle, ({ phase }) => phase === 'settingSplit');
  release();
});

test('while the split is being set: answered when that write is over, so that nothing rises after the answer', async () => {
  const [write, wayBack] = [closedGate(), closedGate()];
  let isOver = false;
  const begun = new Promise<void>((resolve) => {
    org.before = async (name) => {
      if (name === 'rollBack') return wayBack.passed();
      if (name !== 'applySplit') return;
      resolve();
      await write.passed();
      isOver = true;
    };
  });
  const handle = await harness.start(quickPlan());
  await begun;
  const wasOver = handle.executeUpdate(ACT_UPDATES.abort, { args: [who] }).then(() => isOver);
  await harness.statusWhen(handle, ({ phase }) => phase === 'rollingBack');
  await waitsFor(handle, 'applySplit', 'rollBack');
  write.open();
  expect(await wasOver).toBe(true);
  wayBack.open();
  expect(await handle.result()).toMatchObject({ outcome: 'rolledBack' });
  expectSafe();
});

test.each<[string, Partial<Plan>, (status: RolloutStatus) => boolean]>([
  ['baking', { steps: longBake }, ({ phase }) => phase === 'baking'],
  ['awaiting approval', { steps: approval }, ({ phase }) => phase === 'awaitingApproval'],
  [
    'in the last stage, beside the holdback',
    { policies: { ...policies, afterPromotionMs: hour } },
    ({ phase, splitPercent }) => phase === 'promoting' && splitPercent === 95,
  ],
  [
    'in the last stage at 100 %, without a holdback',
    { policies: { ...policies, afterPromotionMs: hour, holdbackPercent: 0 } },
    ({ phase, splitPercent }) => phase === 'promoting' && splitPercent === 100,
  ],
])('while %s', async (_, more, holds) => {
  await abortWhen(await harness.start(quickPlan(more)), holds);
});

test('while held for proof', async () => {
  org.verdict = 'undecided';
  await abortWhen(await harness.start(quickPlan()), ({ phase }) => phase === 'held');
});

test('while paused', async () => {
  const handle = await harness.start(quickPlan({ steps: longBake }));
  await harness.statusWhen(handle, ({ phase }) => phase === 'baking');
  await handle.executeUpdate(ACT_UPDATES.pause, { args: [who] });
  await abortWhen(handle, ({ paused }) => paused);
});

test('after somebody asked to promote', async () => {
  const release = hang(org, 'applySplit');
  const handle = await harness.start(quickPlan({ steps: longBake }));
  await harness.statusWhen(handle, ({ phase }) => phase === 'settingSplit');
  await handle.executeUpdate(ACT_UPDATES.promote, { args: [{ ...who, reason: 'the law changes today' }] });
  await abortWhen(handle, () => true);
  release();
});

test('a cancel through Temporal is an abort, and a second one does not stop the roll back', async () => {
  const release = hang(org, 'rollBack');
  const handle = await harness.start(quickPlan({ steps: longBake }));
  await harness.statusWhen(handle, ({ phase }) => phase === 'baking');
  await handle.cancel();
  await harness.statusWhen(handle, ({ phase }) => phase === 'rollingBack');
  await handle.cancel();
  release();
  expect(await handle.result()).toMatchObject({
    outcome: 'rolledBack',
    reason: 'Cancelled through Temporal; by whom it does not say.',
  });
  expectSafe();
});

test.each(['while the record is asked', 'after it was said not to be on record'])(
  'a cancel beside word of a recovery, %s, is an abort all the same',
  async (when) => {
    const isAsked = when === 'while the record is asked';
    const release = isAsked ? hang(org, 'isRestoring') : () => undefined;
    const handle = await harness.start(quickPlan({ steps: longBake }));
    await harness.statusWhen(handle, ({ phase }) => phase === 'baking');
    await handle.signal(guardianSignal, { kind: 'restored', reason: 'give up' });
    if (isAsked) await pendingActivities(handle, (names) => names.includes('isRestoring'));
    else await harness.statusWhen(handle, () => org.records.some(({ act }) => act === 'refused'));
    await handle.cancel();
    await harness.statusWhen(handle, ({ phase }) => phase === 'rollingBack' || phase === 'rolledBack');
    release();
    expect(await handle.result()).toMatchObject({ outcome: 'rolledBack', safety: { provenByReadBack: true } });
    expectSafe();
  },
);

test('a cancel while an abort waits for the write of before: the abort is answered as taken', async () => {
  const [write, wayBack] = [closedGate(), closedGate()];
  org.before = (name) =>
    name === 'applySplit' ? write.passed() : name === 'rollBack' ? wayBack.passed() : Promise.resolve();
  const handle = await harness.start(quickPlan());
  await waitsFor(handle, 'applySplit');
  const taken = handle.executeUpdate(ACT_UPDATES.abort, { args: [who] });
  await waitsFor(handle, 'applySplit', 'rollBack');
  await handle.cancel();
  write.open();
  expect(await taken).toMatchObject({ reason: expect.stringContaining('abort by ana') as string });
  wayBack.open();
  expect(await handle.result()).toMatchObject({ outcome: 'rolledBack' });
  expectSafe();
});

test('a cancel while deploying waits for the answer, and what was deployed is rolled back', async () => {
  const release = hang(org, 'deploy');
  const handle = await harness.start(quickPlan());
  await pendingActivities(handle, (names) => names.includes('deploy'));
  await handle.cancel();
  // A query is answered after what came before it.
  const { phase } = await handle.query(statusQuery).finally(release);
  expect(phase).toBe('deploying');
  expect(await handle.result()).toMatchObject({
    outcome: 'rolledBack',
    reason: 'Cancelled through Temporal; by whom it does not say.',
    safety: { provenByReadBack: true },
  });
  expectSafe();
});

test('a cancel while it is asked who starts it and who acts: what is answered later changes no last word', async () => {
  const release = hang(org, 'authorise');
  const handle = await harness.start(quickPlan());
  await pendingActivities(handle, (names) => names.includes('authorise'));
  const pause = handle.executeUpdate(ACT_UPDATES.pause, { args: [who] });
  const refusal = pause.then(
    () => 'taken',
    ({ message }: Error) => message,
  );
  await pendingActivities(handle, (names) => names.filter((name) => name === 'authorise').length === 2);
  await handle.cancel();
  await pendingActivities(
    handle,
    (names) => names.filter((name) => name === 'authorise').length === 1 || org.records.length > 0,
  );
  release();
  expect(await refusal).toBe('Workflow Update failed');
  expect((await handle.result()).outcome).toBe('rejected');
  expect(org.records.map(({ act, phase }) => `${act}: ${phase}`)).toEqual(['ended: rejected', 'refused: rejected']);
});

test('as a signal, stored by Temporal while no worker answers', async () => {
  const handle = await harness.start(quickPlan({ steps: longBake }));
  await harness.statusWhen(handle, ({ phase }) => phase === 'baking');
  await harness.withoutWorkers(() => handle.signal(actSignal, { name: 'abort', ...who }));
  expect(await handle.result()).toMatchObject({ outcome: 'rolledBack', reason: 'abort by ana: stop it' });
  expectSafe();
});

test('in the same moment in which the watch asks a person: the pause does not take it back', async () => {
  let answer: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    answer = resolve;
  });
  org.before = (name) => (name === 'authorise' && org.watches.length > 0 ? gate : Promise.resolve());
  const handle = await harness.start(quickPlan({ steps: longBake }));
  await harness.statusWhen(handle, ({ phase }) => phase === 'baking');
  await handle.signal(actSignal, { name: 'abort', ...who });
  await pendingActivities(handle, (names) => names.includes('authorise') && names.includes('watch'));
  await harness.withoutWorkflows(async () => {
    org.verdict = 'untrusted';
    answer();
    await pendingActivities(handle, (names) => !names.includes('authorise') && !names.includes('watch'));
  });
  expect(await handle.result()).toMatchObject({ outcome: 'rolledBack', reason: 'abort by ana: stop it' });
  expectSafe();
});

function pendingActivities(handle: RolloutHandle, holds: (names: readonly string[]) => boolean): Promise<void> {
  return pendingWhen(handle, ({ activities }) => holds(activities));
}

test('a signal that asks for what is not possible, or without a reason, changes nothing', async () => {
  const handle = await harness.start(quickPlan({ steps: longBake }));
  await harness.statusWhen(handle, ({ phase }) => phase === 'baking');
  await handle.signal(actSignal, { name: 'abort', by: 'ana', reason: '' });
  await handle.signal(actSignal, { name: 'pause', ...who });
  expect(await harness.statusWhen(handle, ({ paused }) => paused)).toMatchObject({ phase: 'baking', outcome: null });
  await handle.executeUpdate(ACT_UPDATES.abort, { args: [who] });
  expect((await handle.result()).outcome).toBe('rolledBack');
});

test('once rolling back nobody can promote, pause or abort', async () => {
  const release = hang(org, 'rollBack');
  org.verdict = 'harm';
  const handle = await harness.start(quickPlan());
  await harness.statusWhen(handle, ({ phase }) => phase === 'rollingBack');
  for (const update of [ACT_UPDATES.promote, ACT_UPDATES.pause, ACT_UPDATES.abort]) {
    await expect(handle.executeUpdate(update, { args: [who] })).rejects.toThrow('Update failed');
  }
  release();
  expect((await handle.result()).outcome).toBe('rolledBack');
});
