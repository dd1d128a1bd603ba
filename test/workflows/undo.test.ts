/** An undo inside Temporal: what it does, in which order, and what survives. */
import { Context } from '@temporalio/activity';
import type { WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { randomUUID } from 'node:crypto';
import type { FoundUndo } from '../../src/activities/find-undo.ts';
import type { UndoInput } from '../../src/domain/registry/undo-input.ts';
import type { rollout } from '../../src/workflows/rollout.ts';
import { ACT_UPDATES, ROLLOUT_WORKFLOW, ROLLOUTS_QUEUE, rolloutWorkflowId } from '../../src/workflows/messages.ts';
import { readAttributes } from '../../src/workflows/search-attributes.ts';
import { fingerprintOf, refOf } from '../helpers/arms.ts';
import { hang } from '../helpers/gate.ts';
import { untilHolds } from '../helpers/patience.ts';
import { testTemporal } from '../helpers/temporal.ts';
import { createTemporalLink } from '../../src/configurator/connection.ts';
import { listRollouts } from '../../src/configurator/list.ts';
import { viewRollout } from '../../src/configurator/rollouts.ts';
import { startUndo } from '../../src/configurator/undo.ts';
import { activitiesOf, quickPlan, ScriptedOrganisation, startHarness } from '../helpers/rollout-harness.ts';
import type { Harness } from '../helpers/rollout-harness.ts';

let org: ScriptedOrganisation;
let harness: Harness;

beforeAll(async () => {
  harness = await startHarness(activitiesOf(() => org));
});
afterAll(() => harness.close());

const PROOF = { how: 'baseline', rolloutId: 'r-1', at: '2026-11-20T10:00:00.000Z', cards: 4120 } as const;

/** The candidate was promoted; the baseline is off. */
beforeEach(() => {
  org = new ScriptedOrganisation();
  org.candidate = { ...org.candidate, enabled: true, splitPercent: 100 };
  org.baseline = { ...org.baseline, enabled: false, splitPercent: 0 };
});

function found(action: string, how?: Extract<FoundUndo, { ok: true }>['how']): FoundUndo {
  const plan = quickPlan();
  const deployment = {
    target: plan.target.kind,
    actionName: action,
    baseline: refOf('b', '1.4.0'),
    candidate: refOf('c', '1.5.0'),
  };
  return {
    ok: true,
    version: '1.5.0',
    to: '1.4.0',
    proof: PROOF,
    plan: { ...plan, action: { ...plan.action, name: action } },
    queues: [],
    how: how ?? { kind: 'rollBack', deployment },
    opened: { startSeq: 0, startedAtMs: Date.now() },
  };
}

function start(
  action: string,
  more: Partial<UndoInput> = {},
): Promise<WorkflowHandleWithFirstExecutionRunId<typeof rollout>> {
  const input: UndoInput = { undo: { action }, startedBy: 'ana', reason: 'agents complain', ...more };
  return harness.client.workflow.start<typeof rollout>(ROLLOUT_WORKFLOW, {
    workflowId: rolloutWorkflowId(action),
    taskQueue: ROLLOUTS_QUEUE,
    args: [input],
  });
}

const newAction = (): string => `Card ${randomUUID().slice(0, 8)}`;

test('the old version is brought back and proven, with who, why and by what proof on record', async () => {
  const action = newAction();
  org.undo = found(action);
  const result = await (await start(action)).result();
  expect(result).toMatchObject({
    outcome: 'undone',
    version: '1.5.0',
    baselineVersion: '1.4.0',
    splitPercent: 0,
    safety: { provenByReadBack: true },
    reason:
      'undone by ana: agents complain. Back to v1.4.0 was proven on 2026-11-20 with n 4120: served until it was ' +
      'replaced (baseline).',
  });
  expect(org.writes).toEqual(['roll back']);
  expect(org.records.map(({ act }) => act)).toEqual(['undoBegun', 'rollingBack', 'splitProven', 'ended']);
  expect(org.watches).toEqual([]);
});

test('one at a time: two at once are one undo, and neither runs beside a rollout', async () => {
  const action = newAction();
  org.undo = found(action);
  const letGo = hang(org, 'rollBack');
  const both = await Promise.allSettled([start(action), start(action)]);
  expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  letGo();
  const [won] = both.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  expect((await won?.result())?.outcome).toBe('undone');
  expect(org.rollBacks).toHaveLength(1);
});

test('workers that die in the middle leave nothing half done: the next ones finish it', async () => {
  const action = newAction();
  org.undo = found(action);
  let isDead = true;
  org.before = (activity) => (activity === 'rollBack' && isDead ? Context.current().sleep('10m') : Promise.resolve());
  const handle = await start(action);
  await harness.statusWhen(handle, ({ phase }) => phase === 'rollingBack' && org.rollBacks.length > 0);
  await harness.withoutWorkers(() => {
    isDead = false;
    return Promise.resolve();
  });
  expect((await handle.result()).outcome).toBe('undone');
  expect(org.state()).toMatchObject({ effectiveSplitPercent: 0, covered: true });
});

test('what is gone is deployed again, beside what serves, before anything is lowered', async () => {
  const action = newAction();
  const plan = quickPlan();
  org.undo = found(action, { kind: 'deployAgain', plan, alone: false });
  // What is deployed becomes the baseline.
  org.baseline = { ...org.baseline, fingerprint: fingerprintOf('c') };
  org.candidate = { ...org.candidate, fingerprint: fingerprintOf('b') };
  const { outcome, deployment } = await (await start(action)).result();
  expect(outcome).toBe('undone');
  expect(org.writes).toEqual(['deploy', 'roll back']);
  // What was deployed as the candidate is what is gone back to.
  expect(deployment).toMatchObject({ baseline: { id: 'c' }, candidate: { id: 'b' } });
});

test('what cannot be undone changes nothing, and is on record with who and why', async () => {
  const action = newAction();
  org.undo = { ok: false, version: '1.5.0', why: 'v1.4.0 holds another html than what was proven.' };
  const result = await (await start(action)).result();
  expect(result).toMatchObject({ outcome: 'rejected', version: '1.5.0' });
  expect(result.reason).toBe(
    'undo by ana (agents complain) was refused: v1.4.0 holds another html than what was proven.',
  );
  expect(org.writes).toEqual([]);
  expect(org.records).toMatchObject([{ act: 'ended', phase: 'rejected' }]);
});

test.each([
  [{ startedBy: 'engine' }, 'the name of a part of the engine'],
  [{ reason: ' ' }, '"reason" is empty'],
  [{ undo: { action: 'Other' } }, 'one at a time for an action'],
  [{ undo: 7 }, 'nothing is not an action name; expected 1 to 64 letters'],
])('an undo asked with %j is refused by the workflow itself', async (more, says) => {
  const result = await (await start(newAction(), more as Partial<UndoInput>)).result();
  expect(result.outcome).toBe('rejected');
  expect(result.reason).toContain(says);
  expect(org.writes).toEqual([]);
});

test('of an action that nobody knows no list tells, and nothing is kept but the refusal', async () => {
  const action = newAction();
  org.undo = { ok: false, version: '', why: `There is no rollout of ${action}.`, isUnknown: true };
  const handle = await start(action);
  expect((await handle.result()).outcome).toBe('rejected');
  expect(org.records).toMatchObject([{ act: 'ended' }]);
  const { typedSearchAttributes } = await handle.describe();
  expect(readAttributes(typedSearchAttributes)).toMatchObject({ phase: 'noRollout', outcome: null });
});

test('while it cannot be read what to go back to, an undo says that it waits for that, and not for a preflight', async () => {
  const action = newAction();
  org.undo = found(action);
  const letGo = hang(org, 'findUndo');
  const handle = await start(action);
  const waiting = 'what to go back to: the registry and the organisation are asked, nothing has been written';
  await harness.statusWhen(handle, ({ waitingFor }) => waitingFor === waiting);
  letGo();
  const letIn = hang(org, 'authorise');
  await harness.statusWhen(handle, ({ version, waitingFor }) => version === '1.5.0' && waitingFor === waiting);
  letIn();
  expect((await handle.result()).outcome).toBe('undone');
});

test('while it looks, and while it deploys again, it can be aborted, and nothing else', async () => {
  const action = newAction();
  org.undo = found(action, { kind: 'deployAgain', plan: quickPlan(), alone: false });
  org.baseline = { ...org.baseline, fingerprint: fingerprintOf('c') };
  org.candidate = { ...org.candidate, fingerprint: fingerprintOf('b') };
  const letLook = hang(org, 'findUndo');
  const handle = await start(action);
  expect((await harness.statusWhen(handle, ({ phase }) => phase === 'validating')).canDo).toEqual(['abort']);
  const letDeploy = hang(org, 'deploy');
  letLook();
  expect((await harness.statusWhen(handle, ({ phase }) => phase === 'deploying')).canDo).toEqual(['abort']);
  const pause = handle.executeUpdate(ACT_UPDATES.pause, { args: [{ by: 'ana', reason: 'wait' }] });
  await expect(pause).rejects.toMatchObject({ cause: { message: expect.stringContaining('Possible now: abort.') } });
  letDeploy();
  expect((await handle.result()).outcome).toBe('undone');
});

test('one that is terminated in the middle names what goes on with it: no guardian knows which of two controls is meant', async () => {
  const { address, namespace } = await testTemporal();
  const link = createTemporalLink({ connectionOptions: { address }, address, namespace, uiUrl: null });
  const action = newAction();
  org.undo = found(action);
  const letGo = hang(org, 'rollBack');
  const handle = await start(action);
  await harness.statusWhen(handle, ({ phase }) => phase === 'rollingBack');
  await handle.terminate('a click in the Web UI');
  const { status } = await viewRollout(link, action);
  letGo();
  await link.close();
  expect(status).toMatchObject({ phase: 'terminated', isUndo: true, canDo: ['undo'] });
  expect(status.waitingFor).toContain(
    `\`assist-rollouts undo "${action}" --reason ...\` goes on where this one was left`,
  );
});

test('so does one of which no worker can tell anything, in the status and in the list', async () => {
  const { address, namespace } = await testTemporal();
  const link = createTemporalLink({ connectionOptions: { address }, address, namespace, uiUrl: null });
  const action = newAction();
  org.undo = found(action);
  const letGo = hang(org, 'findUndo');
  const { runId } = await startUndo(link, action, { by: 'ana', reason: 'agents complain' });
  await harness.client.workflow.getHandle(rolloutWorkflowId(action), runId).terminate('a click in the Web UI');
  letGo();
  const goesOn = `\`assist-rollouts undo "${action}" --reason ...\` goes on where this one was left`;
  await harness.withoutWorkflows(async () => {
    const { status } = await viewRollout(link, action);
    expect(status).toMatchObject({ phase: 'terminated', canDo: ['undo'] });
    expect(status.waitingFor).toContain(goesOn);
    await untilHolds('it is listed, with what goes on with it', async () =>
      (await listRollouts(link, 20, { why: true })).rollouts.some(
        (row) => row.runId === runId && row.phase === 'terminated' && (row.why ?? '').includes(goesOn),
      ),
    );
  });
  await link.close();
});
