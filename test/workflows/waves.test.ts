/** Waves of rollouts: their order, what stops them, and what becomes of the others then. */
import { ApplicationFailure } from '@temporalio/common';
import { randomUUID } from 'node:crypto';
import type { Plan } from '../../src/domain/plan/plan.ts';
import type { WavesPlan } from '../../src/domain/waves/plan.ts';
import type { WavesStatus } from '../../src/domain/waves/state.ts';
import { membersOf } from '../../src/domain/waves/state.ts';
import type { WavesRecord } from '../../src/waves/activities.ts';
import {
  ACT_UPDATES,
  memberPromotedSignal,
  ROLLOUTS_QUEUE,
  rolloutWorkflowId,
  WAVES_UPDATES,
  WAVES_WORKFLOW,
  wavesStatusQuery,
  wavesWorkflowId,
} from '../../src/workflows/messages.ts';
import type { WavesHandle, WrittenWaves } from '../helpers/waves.ts';
import { beginWaves, provenBefore, wavesActivities, wavesOf, wavesStatusWhen } from '../helpers/waves.ts';
import type { Harness } from '../helpers/rollout-harness.ts';
import { quickPlan, ScriptedOrganisation, startHarness } from '../helpers/rollout-harness.ts';

/** Each action has an organisation of its own, as far as the rollouts can tell. */
const organisations = new Map<string, ScriptedOrganisation>();
let harness: Harness;
let records: WavesRecord[] = [];
/** For good, so that nobody waits until it is tried no more. */
const KEYS_AWAY = ApplicationFailure.nonRetryable('the keys are away');
const who = { by: 'ana', reason: 'test' };

/** Of a rollout by its action; of waves by what is left of their id. */
function organisationOf(action: string): ScriptedOrganisation {
  const workflowId = rolloutWorkflowId(action);
  const known = organisations.get(workflowId) ?? new ScriptedOrganisation();
  organisations.set(workflowId, known);
  return known;
}

beforeAll(async () => {
  harness = await startHarness({
    ...wavesActivities(organisationOf),
    recordWaves: async (entry: WavesRecord) => void records.push(entry),
  });
});
afterAll(() => harness.close());
beforeEach(() => {
  records = [];
});

async function startWaves(
  ...written: Parameters<typeof wavesOf>
): Promise<{ readonly handle: WavesHandle; readonly nameOf: WrittenWaves['nameOf'] }> {
  const { given, nameOf } = wavesOf(...written);
  return { handle: await beginWaves(harness, given), nameOf };
}

async function baking(action: string): Promise<void> {
  const rollout = harness.client.workflow.getHandle(rolloutWorkflowId(action));
  await harness.statusWhen(rollout as never, ({ phase }) => phase === 'baking' || phase === 'held');
}

function states(status: WavesStatus): string[] {
  return membersOf(status).map(({ action, state }) => `${action.split(' ')[0]} ${state}`);
}

test('one wave after another, each with at most so many at once; all are promoted, and that is on record', async () => {
  const { handle, nameOf } = await startWaves([['a'], ['b', 'c', 'd']], { maxParallel: 2, betweenMs: 300 });
  const status = await handle.result();
  expect(states(status)).toEqual(['a promoted', 'b promoted', 'c promoted', 'd promoted']);
  expect(status.phase).toBe('promoted');
  expect(records.map(({ act }) => act)).toEqual(['wavesStarted', 'waveBegun', 'waveBegun', 'wavesEnded']);
  expect(organisationOf(nameOf('d')).state().effectiveSplitPercent).toBe(100);
});

test('the first roll back stops them: nothing more is started, and what runs goes on', async () => {
  const { handle, nameOf } = await startWaves([['a'], ['b', 'c'], ['d']]);
  organisationOf(nameOf('b')).verdict = 'noData';
  organisationOf(nameOf('c')).verdict = 'undecided';
  await wavesStatusWhen(
    handle,
    (status) => membersOf(status)[1]?.state === 'running' && membersOf(status)[2]?.state === 'running',
  );
  const rollout = harness.client.workflow.getHandle(rolloutWorkflowId(nameOf('b')));
  await baking(nameOf('b'));
  await rollout.executeUpdate(ACT_UPDATES.abort, { args: [who] });
  const stopped = await wavesStatusWhen(handle, (status) => status.stopped !== null);
  expect(stopped.stopped).toContain(`${nameOf('b')} 1.5.0 was rolled back`);
  organisationOf(nameOf('c')).verdict = 'safe';
  const status = await handle.result();
  expect(states(status)).toEqual(['a promoted', 'b rolledBack', 'c promoted', 'd skipped']);
  expect(status.phase).toBe('stopped');
  expect(records.find(({ act }) => act === 'wavesStopped')?.tree.join('\n')).toContain('skipped');
});

test('what is still watched after its promotion lets the next wave begin, and is taken back when the waves say so', async () => {
  const policies = { ...quickPlan().policies, longWatch: { forMs: 3_600_000, alpha: 0.01 } };
  const { handle, nameOf } = await startWaves(
    [['a'], ['b'], ['c']],
    { onRollback: { running: 'abort', promoted: 'undo' } },
    { policies },
  );
  organisationOf(nameOf('b')).verdict = 'undecided';
  const second = await wavesStatusWhen(handle, (status) => membersOf(status)[1]?.state === 'running');
  expect(membersOf(second)[0]).toMatchObject({ state: 'promoted', open: true });
  organisationOf(nameOf('b')).verdict = 'harm';
  const status = await handle.result();
  expect(states(status)).toEqual(['a undone', 'b rolledBack', 'c skipped']);
  expect(organisationOf(nameOf('a')).state()).toMatchObject({ effectiveSplitPercent: 0, covered: true });
});

test('what has ended promoted is undone by a rollout of its own, in the name of whoever started the waves', async () => {
  const { handle, nameOf } = await startWaves([['a'], ['b']], { onRollback: { running: 'goOn', promoted: 'undo' } });
  organisationOf(nameOf('a')).undo = provenBefore(nameOf('a'));
  organisationOf(nameOf('b')).verdict = 'harm';
  const status = await handle.result();
  expect([status.phase, ...states(status)]).toEqual(['stopped', 'a undone', 'b rolledBack']);
  expect(membersOf(status)[0]?.reason).toContain('undone by ana: the waves');
  // Another that serves by then is not theirs to take back.
  expect(organisationOf(nameOf('a')).undoAsked).toEqual({ action: nameOf('a'), from: '1.5.0' });
  expect(organisationOf(nameOf('a')).state()).toMatchObject({ effectiveSplitPercent: 0, covered: true });
});

test('a signal that anybody can send promotes nobody', async () => {
  const { handle, nameOf } = await startWaves([['a'], ['b']]);
  organisationOf(nameOf('a')).verdict = 'undecided';
  await wavesStatusWhen(handle, (status) => membersOf(status)[0]?.state === 'running');
  await baking(nameOf('a'));
  await handle.signal(memberPromotedSignal, { action: nameOf('a') });
  for (const rubbish of [null, 7, { action: 'nobody' }]) await handle.signal(memberPromotedSignal, rubbish as never);
  const paused = await handle.executeUpdate(WAVES_UPDATES.pause, { args: [who] });
  expect(states(paused)).toEqual(['a running', 'b waiting']);
  await expect(handle.executeUpdate(WAVES_UPDATES.pause, { args: [who] })).rejects.toMatchObject({
    cause: { message: expect.stringContaining('Possible now: resume, abort.') },
  });
  await handle.executeUpdate(WAVES_UPDATES.abort, { args: [who] });
  const status = await handle.result();
  expect([status.phase, ...states(status)]).toEqual(['aborted', 'a rolledBack', 'b skipped']);
});

test('a cancel from Temporal is an abort; a member whose action is being rolled out already stops them', async () => {
  const { handle, nameOf } = await startWaves([['a'], ['b']]);
  organisationOf(nameOf('a')).verdict = 'undecided';
  await wavesStatusWhen(handle, (status) => membersOf(status)[0]?.state === 'running');
  await baking(nameOf('a'));
  const taken = { ...quickPlan(), action: { ...quickPlan().action, name: nameOf('a') } };
  const other = await startOther(taken);
  expect((await other.result()).stopped).toContain('another rollout of');
  await handle.cancel();
  const status = await handle.result();
  expect([status.phase, ...states(status)]).toEqual(['aborted', 'a rolledBack', 'b skipped']);
  expect(organisationOf(nameOf('a')).state()).toMatchObject({ effectiveSplitPercent: 0, covered: true });
});

test('when nobody can say who acts, waves are aborted all the same under the name given, and nothing else is done', async () => {
  const { handle, nameOf } = await startWaves([['a'], ['b']]);
  organisationOf(nameOf('a')).verdict = 'undecided';
  await wavesStatusWhen(handle, (status) => membersOf(status)[0]?.state === 'running');
  await baking(nameOf('a'));
  const name = (await handle.query(wavesStatusQuery)).name;
  // Of the waves; the member's rollout has an organisation of its own.
  organisationOf(wavesWorkflowId(name).slice('rollout/'.length)).before = (activity) =>
    activity === 'authorise' ? Promise.reject(KEYS_AWAY) : Promise.resolve();
  await handle.executeUpdate(WAVES_UPDATES.pause, { args: [who] });
  await expect(handle.executeUpdate(WAVES_UPDATES.resume, { args: [who] })).rejects.toMatchObject({
    cause: { message: expect.stringContaining('nobody could say who acts (the keys are away)') },
  });
  await handle.executeUpdate(WAVES_UPDATES.abort, { args: [who] });
  const status = await handle.result();
  expect([status.phase, ...states(status)]).toEqual(['aborted', 'a rolledBack', 'b skipped']);
  expect(records.find(({ act }) => act === 'wavesAbort')).toMatchObject({ actor: 'ana', proof: { verifiedBy: null } });
  expect(records.find(({ act }) => act === 'refused')).toMatchObject({
    actor: 'ana',
    reason: expect.stringMatching(/^Cannot resume: nobody could say who acts .* Given was: /) as string,
  });
});

async function startOther(plan: Plan): Promise<WavesHandle> {
  const name = randomUUID().slice(0, 8);
  const waves: WavesPlan = {
    name,
    waves: [{ name: 'only', members: [{ plan }] }],
    maxParallel: 1,
    betweenMs: 0,
    onRollback: { running: 'goOn', promoted: 'leave' },
  };
  return harness.client.workflow.start(WAVES_WORKFLOW, {
    workflowId: wavesWorkflowId(name),
    taskQueue: ROLLOUTS_QUEUE,
    args: [{ waves, startedBy: 'ben' }],
  });
}
