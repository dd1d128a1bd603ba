/** Invariant 17: who approves is counted by who they are; nothing steps over an approval; what was refused is on record. */
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { Actor } from '../../src/domain/identity/actor.ts';
import type { StepOf } from '../../src/domain/plan/steps/steps.ts';
import type { Act } from '../../src/domain/rollout/acts.ts';
import { ACTS } from '../../src/domain/rollout/acts.ts';
import { ACT_UPDATES, actSignal } from '../../src/workflows/messages.ts';
import type { Harness, RolloutHandle } from '../helpers/rollout-harness.ts';
import { activitiesOf, quickPlan, ScriptedOrganisation, startHarness } from '../helpers/rollout-harness.ts';

let org: ScriptedOrganisation;
let harness: Harness;
const hour = 3_600_000;
const person = (by: string, more: Partial<Actor> = {}): Actor => ({
  by,
  verifiedBy: 'key',
  subject: `ed25519:${by}`,
  groups: ['team-leads'],
  roles: ['approver'],
  ...more,
});

beforeAll(async () => {
  harness = await startHarness(activitiesOf(() => org));
});
afterAll(() => harness.close());
beforeEach(() => {
  org = new ScriptedOrganisation();
});

function started(approval: Partial<StepOf<'approve'>>): Promise<RolloutHandle> {
  const steps = quickPlan().steps;
  const approve = { kind: 'approve', reason: 'leads agree', timeoutMs: hour, onTimeout: 'hold', ...approval } as const;
  return harness.start(quickPlan({ steps: [...steps.slice(0, 2), approve, ...steps.slice(2)] }));
}

const act = (handle: RolloutHandle, name: Act, by: string, reason = 'seen by all of us') =>
  handle.executeUpdate(ACT_UPDATES[name], { args: [{ by, reason }] });

async function refusalOf(update: Promise<unknown>): Promise<string> {
  const error = await update.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  return error instanceof WorkflowUpdateFailedError ? (error.cause?.message ?? '') : `not refused: ${String(error)}`;
}

test('it goes on once so many different people of the groups have approved, none of them the starter', async () => {
  org.knows = (by) => person(by, by === 'kim' ? { groups: ['sales'] } : {});
  const handle = await started({ by: ['team-leads'], count: 2, notStarter: true });
  const { waitingFor } = await harness.statusWhen(handle, ({ phase }) => phase === 'awaitingApproval');
  expect(waitingFor).toBe('approval: leads agree (0 of 2 approvals; team-leads may approve; not the starter (test))');
  expect(await refusalOf(act(handle, 'approve', 'kim'))).toBe(
    'Cannot approve: team-leads may approve, and kim is in sales.',
  );
  expect(await refusalOf(act(handle, 'approve', 'test'))).toContain('test started this rollout');
  expect((await act(handle, 'approve', 'ana')).waitingFor).toContain('1 of 2 approvals: ana');
  expect(await refusalOf(act(handle, 'approve', 'ana'))).toContain('ana has approved already (1 of 2 approvals: ana)');
  // One account under two names is one person.
  org.knows = (by) => person(by, { subject: 'ed25519:ana' });
  expect(await refusalOf(act(handle, 'approve', 'anna'))).toContain('anna has approved already');
  org.knows = (by) => person(by);
  await act(handle, 'approve', 'bo');
  expect(await handle.result()).toMatchObject({ outcome: 'promoted' });
  expect(org.records.filter(({ act: name }) => name === 'approve')).toMatchObject([
    { actor: 'ana', verifiedBy: 'key' },
    { actor: 'bo', verifiedBy: 'key' },
  ]);
  expect(org.records.filter(({ act: name }) => name === 'refused').map(({ actor }) => actor)).toEqual([
    'kim',
    'test',
    'ana',
    'anna',
  ]);
});

test('whoever approved takes it back until the step goes on; it counts anew, and is on record', async () => {
  org.knows = (by) => person(by);
  const handle = await started({ count: 2 });
  await harness.statusWhen(handle, ({ phase }) => phase === 'awaitingApproval');
  expect(await refusalOf(act(handle, 'withdraw', 'ana'))).toMatch(
    /^Cannot withdraw while .* Possible now: pause, approve/,
  );
  await act(handle, 'approve', 'ana');
  expect(await refusalOf(act(handle, 'withdraw', 'bo'))).toBe(
    'Cannot withdraw: bo has not approved (1 of 2 approvals: ana); each takes back their own.',
  );
  expect((await act(handle, 'withdraw', 'ana')).waitingFor).toContain('0 of 2 approvals');
  await act(handle, 'approve', 'bo');
  await act(handle, 'approve', 'ana');
  expect(await handle.result()).toMatchObject({ outcome: 'promoted' });
  const acts = org.records.filter(({ act: name }) => ['approve', 'withdraw'].includes(name));
  expect(acts.map(({ act: name, actor }) => `${name} ${actor}`)).toEqual([
    'approve ana',
    'withdraw ana',
    'approve bo',
    'approve ana',
  ]);
});

test('while it is paused an approval is taken back although enough had approved', async () => {
  const handle = await started({});
  await harness.statusWhen(handle, ({ phase }) => phase === 'awaitingApproval');
  await act(handle, 'pause', 'bo');
  await act(handle, 'approve', 'ana');
  expect((await act(handle, 'withdraw', 'ana')).canDo).toContain('approve');
  expect((await act(handle, 'resume', 'bo')).phase).toBe('awaitingApproval');
  await act(handle, 'approve', 'cy');
  expect(await handle.result()).toMatchObject({ outcome: 'promoted' });
});

test('a withdrawal and the last approval in the same moment: it goes on with all, or waits on, never between', async () => {
  const handle = await started({ count: 2 });
  await harness.statusWhen(handle, ({ phase }) => phase === 'awaitingApproval');
  await act(handle, 'approve', 'ana');
  const [taken, given] = await Promise.allSettled([act(handle, 'withdraw', 'ana'), act(handle, 'approve', 'bo')]);
  expect(given.status).toBe('fulfilled');
  if (taken.status === 'fulfilled') {
    const { waitingFor } = await harness.statusWhen(handle, ({ phase }) => phase === 'awaitingApproval');
    expect(waitingFor).toContain('1 of 2 approvals: bo');
    await act(handle, 'approve', 'cy');
  }
  expect(await handle.result()).toMatchObject({ outcome: 'promoted' });
  const begun = org.records.findIndex(({ reason }) => reason.startsWith('step 4 of 5'));
  const before = org.records.slice(0, begun).map(({ act: name }) => name);
  const count = (name: string): number => before.filter((one) => one === name).length;
  expect(count('approve') - count('withdraw')).toBe(2);
  expect(org.records.slice(begun).some(({ act: name }) => name === 'withdraw')).toBe(false);
});

test('a resume that crosses another pause changes nothing, and is on record', async () => {
  org.verdict = 'undecided';
  const handle = await started({});
  await harness.statusWhen(handle, ({ phase }) => phase === 'awaitingApproval');
  const { pauses } = await act(handle, 'pause', 'ana');
  await act(handle, 'resume', 'ana');
  await act(handle, 'pause', 'bo', 'the site is down');
  const late = handle.executeUpdate(ACT_UPDATES.resume, { args: [{ by: 'ana', reason: 'go on', pause: pauses ?? 0 }] });
  expect(await refusalOf(late)).toContain(
    'paused since for another reason (pause 2): pause by bo: the site is down. Look',
  );
  expect((await harness.statusWhen(handle, () => true)).paused).toBe(true);
  await act(handle, 'abort', 'ana');
  await handle.result();
  expect(org.records.find(({ act: name }) => name === 'refused')?.reason).toContain('Given was: go on');
});

test('the Web UI is told of every update, signal and query what it does and what to type', async () => {
  const handle = await started({});
  await harness.statusWhen(handle, ({ phase }) => phase === 'awaitingApproval');
  const { definition } = await handle.query<{
    definition: Record<string, readonly { readonly name: string; readonly description?: string }[]>;
  }>('__temporal_workflow_metadata');
  const described = Object.entries(definition).flatMap(([kind, ones]) =>
    kind.endsWith('Definitions') ? ones.map(({ name, description = '' }) => [name, description] as const) : [],
  );
  const ours = described.filter(([name]) => !name.startsWith('__'));
  expect(ours.map(([name]) => name)).toEqual(expect.arrayContaining([...ACTS, 'act', 'guardian', 'status']));
  for (const [, description] of ours) expect(description.length).toBeGreaterThan(40);
  await act(handle, 'abort', 'ana');
  await handle.result();
});

test('two approvals of one person at once are one', async () => {
  const handle = await started({ count: 2 });
  await harness.statusWhen(handle, ({ phase }) => phase === 'awaitingApproval');
  const both = await Promise.allSettled([act(handle, 'approve', 'ana'), act(handle, 'approve', 'Ana')]);
  expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  const { waitingFor, phase } = await harness.statusWhen(handle, () => true);
  expect(phase).toBe('awaitingApproval');
  expect(waitingFor).toMatch(/1 of 2 approvals: [aA]na; names are claimed, not verified/);
  await act(handle, 'abort', 'bo');
  await handle.result();
});

test('nobody promotes over an approval that is still to come, and who tried is on record', async () => {
  org.verdict = 'undecided';
  const steps = quickPlan().steps;
  const handle = await harness.start(
    quickPlan({
      steps: [
        ...steps.slice(0, 1),
        { kind: 'bake', forMs: hour, atMostMs: hour, minCards: 0, require: 'noHarm' },
        { kind: 'approve', reason: 'leads agree', timeoutMs: hour, onTimeout: 'hold' },
        ...steps.slice(2),
      ],
    }),
  );
  const { canDo } = await harness.statusWhen(handle, ({ phase }) => phase === 'baking');
  expect(canDo).not.toContain('promote');
  expect(await refusalOf(act(handle, 'promote', 'mallory', 'skip it'))).toContain(
    '"leads agree" (step 3, 0 of 1 approval)',
  );
  await act(handle, 'advance', 'ana');
  await harness.statusWhen(handle, ({ phase }) => phase === 'awaitingApproval');
  await act(handle, 'abort', 'ana');
  await handle.result();
  const refused = org.records.find(({ act: name }) => name === 'refused');
  expect(refused).toMatchObject({ actor: 'mallory', verifiedBy: null });
  expect(refused?.reason).toContain('Given was: skip it');
});

test('a flood of refused acts is cut: twenty are told, the rest are counted, and a brake is always taken', async () => {
  org.knows = (by) => (by === 'mallory' ? 'mallory has no role.' : person(by));
  const handle = await started({});
  await harness.statusWhen(handle, ({ phase }) => phase === 'awaitingApproval');
  for (let n = 0; n < 23; n += 1)
    expect(await refusalOf(act(handle, 'approve', 'mallory'))).toMatch(/no role|too many/);
  expect(await refusalOf(act(handle, 'approve', 'ana'))).toContain('Only abort and pause are taken before');
  await handle.signal(actSignal, { name: 'abort', by: 'mallory', reason: 'let me' });
  await act(handle, 'abort', 'ana');
  expect(await handle.result()).toMatchObject({ outcome: 'rolledBack', reason: 'abort by ana: seen by all of us' });
  expect(org.records.filter(({ act: name }) => name === 'refused')).toHaveLength(20);
  expect(org.records.find(({ act: name }) => name === 'refusedMore')?.reason).toBe('and 1 more acts were refused');
  const { history } = await handle.fetchHistory().then((fetched) => ({ history: fetched.events ?? [] }));
  // Some twenty events for each act, more where tasks come one by one on a busy machine.
  expect(history.length).toBeLessThan(800);
});

test('when nobody can say who acts, an abort is done all the same under the name that it bears', async () => {
  const handle = await started({});
  await harness.statusWhen(handle, ({ phase }) => phase === 'awaitingApproval');
  const away = ApplicationFailure.nonRetryable('the keys are away');
  org.before = (name) => (name === 'authorise' ? Promise.reject(away) : Promise.resolve());
  await act(handle, 'abort', 'ana');
  expect(await handle.result()).toMatchObject({ outcome: 'rolledBack', reason: 'abort by ana: seen by all of us' });
  expect(org.records.find(({ act: name }) => name === 'abort')).toMatchObject({ actor: 'ana', verifiedBy: null });
});
