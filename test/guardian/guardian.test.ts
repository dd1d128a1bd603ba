/** The guardian on real parts: a Temporal server, the sandbox over HTTP, a store. */
import { status } from '@grpc/grpc-js';
import { randomUUID } from 'node:crypto';
import { grpcCode } from '../../src/configurator/connection.ts';
import { SEEDED_BASELINE } from '../../src/sandbox/seeded-organisation.ts';
import { listAudit } from '../../src/store/audit.ts';
import { isRestoring } from '../../src/store/guardian.ts';
import { planRetention } from '../../src/store/retention.ts';
import { listRolloutRows } from '../../src/store/rollouts.ts';
import {
  recoverWorkflowId,
  ROLLOUT_WORKFLOW,
  ROLLOUTS_QUEUE,
  rolloutWorkflowId,
} from '../../src/workflows/messages.ts';
import type { Stack } from '../helpers/stack.ts';
import { actionsOf, coverageOf, fault, startStack } from '../helpers/stack.ts';
import type { Hands } from './by-hand.ts';
import { bakingPlan, handsOn, lookNow, startBaking, until } from './by-hand.ts';

jest.setTimeout(240_000);

const ACTION = 'RefundAssist';
const AT_ONCE = { freshMs: 0, frozenMs: 0 };

let stack: Stack;
let hands: Hands;

beforeAll(async () => {
  stack = await startStack();
  hands = await handsOn(stack.sandbox.url);
});
afterAll(async () => {
  await stack?.close();
});
/** Only the seeded baseline is left, and no rollout. */
afterEach(async () => {
  await stack.client.workflow
    .getHandle(rolloutWorkflowId(ACTION))
    .terminate('test is over')
    .catch(() => undefined);
  const documents = await hands.list();
  await hands.change(documents.find(({ version }) => version === '1.4.0')!.id, (document) => ({
    ...document,
    enabled: true,
    metadata: { ...document.metadata, traffic_split: 100, ab_test_group: 'control' },
  }));
  for (const document of documents) if (document.version !== '1.4.0') await hands.remove(document.id);
  await lookNow(stack);
});

const restored = {
  '1.4.0': { enabled: true, metadata: { traffic_split: 100, ab_test_group: 'control' } },
  '1.5.0': { enabled: false, metadata: { traffic_split: 0 } },
};

test('where all is well a look asks the organisation for nothing that was asked for a moment ago', async () => {
  expect(await lookNow(stack)).toEqual([]);
  const before = await callsSoFar();
  expect(await lookNow(stack, { rules: { sharedMs: 3_600_000 } })).toEqual([]);
  expect(await callsSoFar()).toBe(before);
  expect(await lookNow(stack)).toEqual([]);
  expect(await callsSoFar()).toBeGreaterThan(before);
});

test('a version that came before agents after the last listing, and lost its rollout, is found in spite of it', async () => {
  expect(await lookNow(stack)).toEqual([]);
  const handle = await startBaking(stack);
  const rolloutId = handle.firstExecutionRunId;
  await handle.terminate('a click in the Web UI');
  const found = await lookNow(stack, { rules: { sharedMs: 3_600_000 } });
  expect(found).toEqual(expect.arrayContaining([`unwatched/${ACTION}/${rolloutId}`, `lostRun/${rolloutId}`]));
  expect(await actionsOf(stack)).toMatchObject(restored);
});

test('a rollout that is terminated in a bake at 20 %: the baseline comes back, proven, on record once, and its row has ended', async () => {
  const handle = await startBaking(stack);
  const rolloutId = handle.firstExecutionRunId;
  expect((await actionsOf(stack))['1.5.0']).toMatchObject({ enabled: true, metadata: { traffic_split: 20 } });
  await handle.terminate('a click in the Web UI');

  // Two guardians at once, as two schedules or an overlapping hand would start them.
  const found = await Promise.all([lookNow(stack), lookNow(stack)]);
  expect(found.flat()).toEqual(expect.arrayContaining([`unwatched/${ACTION}/${rolloutId}`, `lostRun/${rolloutId}`]));
  expect(await actionsOf(stack)).toMatchObject(restored);
  expect(await coverageOf(stack)).toMatchObject({ ok: true });

  const entries = await listAudit(stack.db, { rolloutId });
  expect(entries.filter(({ act }) => act === 'restored')).toMatchObject([
    {
      actor: 'guardian',
      action: ACTION,
      before: { splitPercent: 20 },
      after: { splitPercent: 0 },
      reason: expect.stringMatching(
        /terminated by hand at .* \(Temporal names ".+", and as reason "a click in the Web UI"\)/,
      ),
    },
  ]);
  expect(entries.find(({ act }) => act === 'restored')?.reason).not.toContain('.:');
  expect(entries.filter(({ actor, act }) => actor === 'guardian' && act === 'terminated').length).toBeLessThanOrEqual(
    1,
  );
  const [row] = await listRolloutRows(stack.db, { action: ACTION });
  expect(row).toMatchObject({ rolloutId, phase: 'terminated', outcome: null, safety: { provenByReadBack: true } });
  expect(row?.endedAt).toBeInstanceOf(Date);
  expect(await planRetention(stack.db, 0, Date.now() + 60_000)).toMatchObject({ heldBackBy: null });

  expect(await lookNow(stack)).toEqual([]);
  expect((await listAudit(stack.db, { rolloutId })).length).toBe(entries.length);
});

test('a healthy rollout is left alone', async () => {
  await startBaking(stack);
  // Between two watches there is none for a moment, which on a busy machine is longer than the looks of others are apart.
  expect(await lookNow(stack, { gapMs: 3000, rules: { freshMs: 0 } })).toEqual([]);
  expect((await actionsOf(stack))['1.5.0']).toMatchObject({ enabled: true, metadata: { traffic_split: 20 } });
});

test('a guardian that is interrupted half way, and an organisation that refuses for a while: it is tried until it is proven', async () => {
  const handle = await startBaking(stack);
  await handle.terminate();
  await fault(stack, { match: { method: 'PUT', pathPrefix: '/api/v2/agentassist/actions' }, times: 3, status: 403 });
  const looking = lookNow(stack);
  await until(
    'the recovery',
    async () =>
      (
        await stack.client.workflow
          .getHandle(recoverWorkflowId(ACTION))
          .describe()
          .catch(() => null)
      )?.status.name === 'RUNNING',
  );
  await stack.workers.close();
  stack.workers = await stack.startWorkers();
  await looking;
  expect(await actionsOf(stack)).toMatchObject(restored);
  expect(await coverageOf(stack)).toMatchObject({ ok: true });
  const entries = await listAudit(stack.db, { rolloutId: handle.firstExecutionRunId });
  expect(entries.filter(({ act }) => act === 'restored')).toHaveLength(1);
});

test('a rollout that was reset goes on in another run: nothing is brought back, and the old row has ended', async () => {
  const handle = await startBaking(stack);
  const old = handle.firstExecutionRunId;
  const { namespace } = stack.client.options;
  await stack.client.workflowService.resetWorkflowExecution({
    namespace,
    workflowExecution: { workflowId: handle.workflowId, runId: old },
    reason: 'test',
    requestId: randomUUID(),
    workflowTaskFinishEventId: 4 as never,
  });
  await until('the new run to bake', async () => {
    const now = stack.client.workflow.getHandle(handle.workflowId);
    const { runId, raw } = await now.describe();
    // It is blind until its watch has beaten.
    const isWatched = (raw.pendingActivities ?? []).some(
      ({ activityType, lastHeartbeatTime }) => activityType?.name === 'watch' && lastHeartbeatTime != null,
    );
    return runId !== old && isWatched;
  });
  expect(await lookNow(stack, { rules: { freshMs: 0 } })).toEqual([`lostRun/${old}`]);
  expect((await actionsOf(stack))['1.5.0']).toMatchObject({ enabled: true, metadata: { traffic_split: 20 } });
  const rows = await listRolloutRows(stack.db, { action: ACTION });
  expect(rows.find(({ rolloutId }) => rolloutId === old)).toMatchObject({
    phase: 'terminated',
    reason: expect.stringMatching(/; a later run of \w+ goes on/),
  });
});

test('a rollout that timed out, and one that Temporal never knew', async () => {
  const candidate = { ...SEEDED_BASELINE, name: `${ACTION} v1.5.0`, version: '1.5.0' };
  const serve = (rolloutId: string) =>
    hands.create({
      ...candidate,
      metadata: { traffic_split: 30, ab_test_group: 'candidate', version: '1.5.0', rollout_id: rolloutId },
    });
  const lost = await serve(randomUUID());
  expect(await lookNow(stack)).toEqual([expect.stringMatching(`^unwatched/${ACTION}/`)]);
  expect(await actionsOf(stack)).toMatchObject(restored);
  await hands.remove(lost.id);

  const { runId } = await stack.client.workflow
    .start(ROLLOUT_WORKFLOW, {
      workflowId: rolloutWorkflowId(ACTION),
      taskQueue: 'nobody-polls-this',
      args: [{ plan: await bakingPlan(), startedBy: 'test' }],
      workflowExecutionTimeout: '1s',
    })
    .then((handle) => handle.describe());
  await until(
    'the time-out',
    async () =>
      (await stack.client.workflow.getHandle(rolloutWorkflowId(ACTION)).describe()).status.name === 'TIMED_OUT',
  );
  await serve(runId);
  expect(await lookNow(stack)).toEqual([`unwatched/${ACTION}/${runId}`]);
  expect(await actionsOf(stack)).toMatchObject(restored);
});

test('two candidates of rollouts that are gone: both are off', async () => {
  const body = (version: string) => ({
    ...SEEDED_BASELINE,
    name: `${ACTION} v${version}`,
    version,
    metadata: { traffic_split: 20, ab_test_group: 'candidate', version, rollout_id: randomUUID() },
  });
  await hands.create(body('1.5.0'));
  await hands.create(body('1.6.0'));
  expect(await lookNow(stack)).toHaveLength(1);
  expect(await actionsOf(stack)).toMatchObject({
    ...restored,
    '1.6.0': { enabled: false, metadata: { traffic_split: 0 } },
  });
  expect(await coverageOf(stack)).toMatchObject({ ok: true });
});

test("somebody's own experiment is said once and left alone", async () => {
  const own = await hands.create({
    ...SEEDED_BASELINE,
    name: `${ACTION} v7.0.0`,
    version: '7.0.0',
    metadata: { traffic_split: 10, ab_test_group: 'candidate', version: '7.0.0' },
  });
  expect(await lookNow(stack)).toEqual([expect.stringMatching(`^foreign/${ACTION}/${own.id}/`)]);
  await lookNow(stack);
  expect((await actionsOf(stack))['7.0.0']).toMatchObject({ enabled: true, metadata: { traffic_split: 10 } });
  const said = (await listAudit(stack.db)).filter(({ act, version }) => act === 'foreign' && version === '7.0.0');
  expect(said).toHaveLength(1);
});

test('without an enabled baseline nothing is taken away, and a person is called once', async () => {
  const handle = await startBaking(stack);
  const baseline = (await hands.list()).find(({ version }) => version === '1.4.0')!;
  await handle.terminate();
  await hands.change(baseline.id, (document) => ({ ...document, enabled: false }));
  await lookNow(stack);
  await lookNow(stack);
  expect((await actionsOf(stack))['1.5.0']).toMatchObject({ enabled: true, metadata: { traffic_split: 20 } });
  const called = (await listAudit(stack.db, { rolloutId: handle.firstExecutionRunId })).filter(
    ({ act }) => act === 'needsPerson',
  );
  expect(called).toMatchObject([
    { actor: 'guardian', reason: expect.stringMatching(/no version of it is enabled in group control/) },
  ]);
});

test('a workflow task that fails: the baseline comes back although the run is open, and the run is told', async () => {
  const handle = await startFrozen(stack);
  await hands.create({
    ...SEEDED_BASELINE,
    name: `${ACTION} v1.5.0`,
    version: '1.5.0',
    metadata: { traffic_split: 20, ab_test_group: 'candidate', version: '1.5.0', rollout_id: handle.runId },
  });
  expect(await lookNow(stack, { rules: { frozenMs: 3_600_000 } })).toEqual([]);
  expect(await lookNow(stack, { rules: AT_ONCE })).toContain(`frozen/${ACTION}/${handle.runId}`);
  expect(await actionsOf(stack)).toMatchObject(restored);
  // A signal to a run whose task is under way is kept beside its history until that task has failed once more.
  await until('the signal', async () => (await signalsOf(handle.workflowId)).length > 0);
  expect(await signalsOf(handle.workflowId)).toEqual([{ kind: 'restored', reason: expect.any(String) }]);
  // It believes no word that is not on record.
  expect(await isRestoring(stack.db, handle.runId)).toBe(true);
});

test('a paused watch: the run is told once, and nothing is brought back behind its back', async () => {
  const handle = await startBaking(stack);
  await pauseWatch(handle.workflowId);
  const found = await lookNow(stack, { rules: { freshMs: 0 } });
  expect(found).toEqual([expect.stringMatching(`^blind/${ACTION}/`)]);
  // The watch that is begun anew meanwhile is never fresh by this rule: another word, of another watch.
  await lookNow(stack, { rules: { freshMs: 0 } });
  const ofPause = ({ reason }: { readonly reason: string }): boolean => /paused in Temporal/.test(reason);
  expect((await signalsOf(handle.workflowId)).filter(ofPause).map(({ kind }) => kind)).toEqual(['unwatched']);
  const audited = await listAudit(stack.db, { rolloutId: handle.firstExecutionRunId });
  expect(audited.filter((entry) => entry.act === 'blind' && ofPause(entry))).toHaveLength(1);
});

test("an export that is deleted or changed while a rollout runs is put back; without a rollout it is nobody's business", async () => {
  await hands.removeExports();
  expect(await lookNow(stack)).toEqual([]);
  expect(await hands.exports()).toHaveLength(0);
  await startBaking(stack);
  expect(await hands.removeExports()).toBe(1);
  expect(await lookNow(stack)).toEqual(['export/agentAssistActions/missing']);
  expect(await hands.exports()).toMatchObject([{ enabled: true }]);
});

/** No worker knows this type, so each of its tasks fails: as a release with a fault in it would. */
async function startFrozen({ client }: Stack) {
  const handle = await client.workflow.start('rolloutOfABrokenRelease', {
    workflowId: rolloutWorkflowId(ACTION),
    taskQueue: ROLLOUTS_QUEUE,
    args: [],
  });
  await until('its task to fail', async () => {
    const { raw } = await handle.describe();
    return (raw.pendingWorkflowTask?.attempt ?? 0) >= 2;
  });
  const { runId } = await handle.describe();
  return { workflowId: handle.workflowId, runId };
}

async function signalsOf(workflowId: string): Promise<{ kind: string; reason: string }[]> {
  const { events } = await stack.client.workflow.getHandle(workflowId).fetchHistory();
  const payloads = (events ?? []).flatMap(({ workflowExecutionSignaledEventAttributes: signal }) =>
    signal?.signalName === 'guardian' ? (signal.input?.payloads ?? []) : [],
  );
  return payloads.map(
    ({ data }) => JSON.parse(new TextDecoder().decode(data ?? undefined)) as { kind: string; reason: string },
  );
}

/** Of the engine's client. */
async function callsSoFar(): Promise<number> {
  const answer = await fetch(`${stack.sandbox.url}/sandbox/health`);
  return ((await answer.json()) as { calls: Record<string, number> }).calls['sandbox-client'] ?? 0;
}

/** PendingActivityState of temporal/api/enums/v1/workflow.proto. */
const PAUSED = 4;

async function pauseWatch(workflowId: string): Promise<void> {
  const { client } = stack;
  await until('the watch to be paused', async () => {
    const pausing = client.workflowService.pauseActivity({
      namespace: client.options.namespace,
      execution: { workflowId },
      type: 'watch',
      identity: 'test',
      reason: 'a click in the Web UI',
    });
    // Between two watches there is none.
    await pausing.catch((error: unknown) => {
      if (grpcCode(error) !== status.NOT_FOUND) throw error;
    });
    const { raw } = await client.workflow.getHandle(workflowId).describe();
    // One that was under way may still end by itself, and the next one is not paused then.
    return (
      raw.pendingActivities?.some(
        ({ activityType, paused, state }) =>
          activityType?.name === 'watch' && paused === true && Number(state) === PAUSED,
      ) ?? false
    );
  });
}
