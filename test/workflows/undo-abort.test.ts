/** An undo that somebody aborts, or that cannot deploy again what it goes back to: it ends, and nothing that serves is changed. */
import type { WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { randomUUID } from 'node:crypto';
import type { FoundUndo } from '../../src/activities/find-undo.ts';
import { act } from '../../src/cli/act.ts';
import { createTemporalLink } from '../../src/configurator/connection.ts';
import { actOnRollout } from '../../src/configurator/acts.ts';
import { claimed } from '../../src/domain/identity/decide.ts';
import type { UndoInput } from '../../src/domain/registry/undo-input.ts';
import type { rollout } from '../../src/workflows/rollout.ts';
import { ACT_UPDATES, ROLLOUT_WORKFLOW, ROLLOUTS_QUEUE, rolloutWorkflowId } from '../../src/workflows/messages.ts';
import { fingerprintOf } from '../helpers/arms.ts';
import { closedGate, hang } from '../helpers/gate.ts';
import { untilHolds } from '../helpers/patience.ts';
import { testTemporal } from '../helpers/temporal.ts';
import { activitiesOf, quickPlan, ScriptedOrganisation, startHarness } from '../helpers/rollout-harness.ts';
import type { Harness } from '../helpers/rollout-harness.ts';
import { provenBefore } from '../helpers/waves.ts';

let org: ScriptedOrganisation;
let harness: Harness;
const mistaken = { by: 'ben', reason: 'the wrong card' };

beforeAll(async () => {
  harness = await startHarness(activitiesOf(() => org));
});
afterAll(() => harness.close());

/** The candidate was promoted; the baseline is off. */
beforeEach(() => {
  org = new ScriptedOrganisation();
  org.candidate = { ...org.candidate, enabled: true, splitPercent: 100 };
  org.baseline = { ...org.baseline, enabled: false, splitPercent: 0 };
});

const newAction = (): string => `Card ${randomUUID().slice(0, 8)}`;

function start(action: string): Promise<WorkflowHandleWithFirstExecutionRunId<typeof rollout>> {
  const input: UndoInput = { undo: { action }, startedBy: 'ana', reason: 'agents complain' };
  return harness.client.workflow.start<typeof rollout>(ROLLOUT_WORKFLOW, {
    workflowId: rolloutWorkflowId(action),
    taskQueue: ROLLOUTS_QUEUE,
    args: [input],
  });
}

/** What it goes back to is gone, and comes as the candidate at first. */
function deployedAgain(action: string, prepareMs = 3_600_000): FoundUndo {
  const found = provenBefore(action) as Extract<FoundUndo, { ok: true }>;
  const { policies } = found.plan;
  org.baseline = { ...org.baseline, fingerprint: fingerprintOf('c') };
  org.candidate = { ...org.candidate, fingerprint: fingerprintOf('b') };
  return {
    ...found,
    plan: { ...found.plan, policies: { ...policies, limits: { ...policies.limits, prepareMs } } },
    how: { kind: 'deployAgain', plan: quickPlan(), alone: false },
  };
}

/** Holds these activities back, and tells how often each was begun. */
function holdBack(...names: readonly string[]) {
  const gates = new Map(names.map((name) => [name, closedGate()] as const));
  const begun: string[] = [];
  org.before = (name) => {
    begun.push(name);
    return gates.get(name)?.passed() ?? Promise.resolve();
  };
  return {
    untilBegun: (name: string) => untilHolds(`${name} is begun`, () => Promise.resolve(begun.includes(name))),
    open: (name: string) => gates.get(name)?.open(),
  };
}

const STANDS = 'if v1.5.0 is in the organisation again, it stands at split 0, where nobody sees it.';

test('an abort while it looks is answered at once, ends the look, and is on record with who', async () => {
  const action = newAction();
  org.undo = provenBefore(action);
  const letLook = hang(org, 'findUndo');
  const handle = await start(action);
  await harness.statusWhen(handle, ({ canDo }) => canDo.includes('abort'));
  const status = await handle.executeUpdate(ACT_UPDATES.abort, { args: [mistaken] });
  expect(status).toMatchObject({ phase: 'validating', reason: 'abort by ben: the wrong card' });
  expect(await handle.result()).toMatchObject({
    outcome: 'rejected',
    reason: 'undo by ana (agents complain) was called off before anything was written, by ben: the wrong card',
  });
  letLook();
  expect(org.records).toMatchObject([
    { act: 'abort', actor: 'ben', reason: 'the wrong card', verifiedBy: null },
    { act: 'ended', phase: 'rejected' },
  ]);
  expect(org.writes).toEqual([]);
});

test('whoever may not abort ends no look: they are refused, on record, and the undo goes on', async () => {
  const action = newAction();
  org.undo = provenBefore(action);
  org.knows = (by) => (by === 'ben' ? 'ben has no role here.' : claimed(by));
  const held = holdBack('findUndo');
  const handle = await start(action);
  await held.untilBegun('findUndo');
  const told = handle.executeUpdate(ACT_UPDATES.abort, { args: [mistaken] }).catch((error: unknown) => error);
  await held.untilBegun('authorise');
  held.open('findUndo');
  expect(await told).toMatchObject({ cause: { message: 'Cannot abort: ben has no role here.' } });
  expect((await handle.result()).outcome).toBe('undone');
  expect(org.records).toContainEqual(expect.objectContaining({ act: 'refused', actor: 'ben' }));
});

test('one that says nothing sensible is refused as ever', async () => {
  const action = newAction();
  org.undo = provenBefore(action);
  const letLook = hang(org, 'findUndo');
  const handle = await start(action);
  const told = handle.executeUpdate(ACT_UPDATES.abort, { args: [{ by: 'ben', reason: ' ' }] });
  await expect(told).rejects.toMatchObject({ cause: { message: expect.stringContaining('"reason" is empty') } });
  letLook();
  expect((await handle.result()).outcome).toBe('undone');
});

test('nothing is written while it is not known whether somebody may abort', async () => {
  const action = newAction();
  org.undo = provenBefore(action);
  const held = holdBack('findUndo', 'authorise');
  const handle = await start(action);
  const told = handle.executeUpdate(ACT_UPDATES.abort, { args: [mistaken] });
  await held.untilBegun('authorise');
  held.open('findUndo');
  await harness.statusWhen(handle, ({ version }) => version === '1.5.0');
  held.open('authorise');
  expect(await told).toMatchObject({ reason: 'abort by ben: the wrong card' });
  expect(await handle.result()).toMatchObject({
    outcome: 'rejected',
    reason: 'Aborted before anything that serves was changed, by ben: the wrong card',
  });
  expect(org.writes).toEqual([]);
});

test('where nothing is found to go back to, an abort that waits is told what became of the undo', async () => {
  const action = newAction();
  org.undo = { ok: false, version: '1.5.0', why: 'v1.4.0 holds another html than what was proven.' };
  const held = holdBack('findUndo', 'authorise');
  const handle = await start(action);
  const told = handle.executeUpdate(ACT_UPDATES.abort, { args: [mistaken] });
  await held.untilBegun('authorise');
  held.open('findUndo');
  await held.untilBegun('record');
  held.open('authorise');
  await expect(told).rejects.toMatchObject({
    cause: {
      message: 'Cannot abort: the undo is over, it was refused: v1.4.0 holds another html than what was proven.',
    },
  });
  expect((await handle.result()).outcome).toBe('rejected');
  expect(org.records).toMatchObject([
    { act: 'ended', reason: expect.stringContaining('holds another html') as string },
    // The row keeps its end.
    { act: 'refused', actor: 'ben', isNoRollout: true },
  ]);
});

test('who may not abort is told so, and who aborts as well is on record, while the end of the undo is written down', async () => {
  const action = newAction();
  org.undo = provenBefore(action);
  org.knows = (by) => (by === 'joe' ? 'joe has no role here.' : claimed(by));
  const held = holdBack('findUndo', 'record');
  const handle = await start(action);
  await held.untilBegun('findUndo');
  const abort = (by: string) =>
    handle
      .executeUpdate(ACT_UPDATES.abort, { args: [{ by, reason: `${by} says so` }] })
      .catch((error: unknown) => (error as { cause: unknown }).cause);
  const ben = abort('ben');
  await held.untilBegun('record');
  const joe = abort('joe');
  const kim = abort('kim');
  const { client } = harness;
  await untilHolds('all are heard', async () => {
    const { events } = await client.workflow.getHandle(handle.workflowId).fetchHistory();
    const asked = events?.filter(
      ({ activityTaskScheduledEventAttributes: one }) => one?.activityType?.name === 'authorise',
    );
    const answered = events?.filter(({ activityTaskCompletedEventAttributes: one }) => one != null);
    return (asked?.length ?? 0) >= 3 && (answered?.length ?? 0) >= 3;
  });
  held.open('record');
  held.open('findUndo');
  expect(await joe).toMatchObject({ message: 'Cannot abort: joe has no role here.', type: 'ActForbidden' });
  expect(await kim).toMatchObject({
    message: expect.stringContaining('Cannot abort: the undo is over, it was called'),
  });
  expect(await ben).toMatchObject({ reason: 'abort by ben: ben says so' });
  expect((await handle.result()).outcome).toBe('rejected');
  const recorded = org.records.map(({ act: name, actor }) => `${name} ${actor}`);
  expect(recorded.slice(0, 2)).toEqual(['abort ben', 'ended ana']);
  expect(recorded.slice(2).toSorted()).toEqual(['refused joe', 'refused kim']);
});

test('an abort ends a deployment that goes on and on, and what is said of it is true', async () => {
  const { address, namespace } = await testTemporal();
  const link = createTemporalLink({ connectionOptions: { address }, address, namespace, uiUrl: null });
  const action = newAction();
  org.undo = deployedAgain(action);
  const letDeploy = hang(org, 'deploy');
  const handle = await start(action);
  const { deadline } = await harness.statusWhen(handle, ({ phase }) => phase === 'deploying');
  expect(deadline).toMatchObject({ what: 'v1.5.0 to be deployed again', action: 'reject' });
  const said: string[] = [];
  const configurator = { act: (name: 'abort', of: string, given: never) => actOnRollout(link, name, of, given) };
  await act(
    {
      user: 'ben',
      configurator: () => Promise.resolve(configurator),
      out: { stdout: (text: string) => void said.push(text) },
    } as never,
    { name: 'abort', action, follows: '', ...mistaken },
  );
  expect(said.join('')).toContain(
    'what serves goes on, and what was deployed again, if anything, stays at split 0, where nobody sees it',
  );
  expect(await handle.result()).toMatchObject({
    outcome: 'rejected',
    reason: `Aborted before anything that serves was changed, by ben: the wrong card. What serves is unchanged; ${STANDS}`,
  });
  letDeploy();
  await link.close();
  expect(org.writes).not.toContain('roll back');
});

test('so does a cancel', async () => {
  const action = newAction();
  org.undo = deployedAgain(action);
  const letDeploy = hang(org, 'deploy');
  const handle = await start(action);
  await harness.statusWhen(handle, ({ phase }) => phase === 'deploying');
  await handle.cancel();
  const { outcome, reason } = await handle.result();
  letDeploy();
  expect(outcome).toBe('rejected');
  expect(reason).toMatch(/^Cancelled through Temporal before anything that serves was changed; .* stands at split 0/);
  expect(org.records.at(-1)).toMatchObject({ act: 'ended', actor: 'someone, through Temporal' });
});

test('a deployment that never ends has a limit', async () => {
  const action = newAction();
  org.undo = deployedAgain(action, 500);
  const letDeploy = hang(org, 'deploy');
  const handle = await start(action);
  expect(await handle.result()).toMatchObject({
    outcome: 'rejected',
    reason: `v1.5.0 could not be deployed again within its limit. What serves is unchanged; ${STANDS}`,
  });
  letDeploy();
  expect(org.writes).not.toContain('roll back');
});
