/** Invariant 9, and more: a whole rollout in cipher, as whoever holds the server's database would read it. */
import { Context } from '@temporalio/activity';
import { Client, Connection } from '@temporalio/client';
import { temporal as proto } from '@temporalio/proto';
import { Worker } from '@temporalio/worker';
import { randomBytes } from 'node:crypto';
import { openClient, readingPast } from '../../src/codec/client.ts';
import { dataConverterOf } from '../../src/codec/converter.ts';
import type { CodecKey } from '../../src/codec/keys.ts';
import { usedKeys } from '../../src/codec/used-keys.ts';
import { tellLackingKeys } from '../../src/compose/cipher.ts';
import { createConfigurator } from '../../src/configurator.ts';
import type { Configurator } from '../../src/configurator.ts';
import { seeRun } from '../../src/guardian/seen-run.ts';
import { cipherSeen } from '../../src/doctor/cipher.ts';
import { AssistError } from '../../src/configurator/errors.ts';
import { claimed } from '../../src/domain/identity/decide.ts';
import type { Plan } from '../../src/domain/plan/plan.ts';
import { tracedWorker } from '../../src/worker/traced.ts';
import { workflowCode } from '../../src/worker/workflow-code.ts';
import { actSignal, rolloutWorkflowId } from '../../src/workflows/messages.ts';
import { untilHolds } from '../helpers/patience.ts';
import { activitiesOf, quickPlan, ScriptedOrganisation, startHarness } from '../helpers/rollout-harness.ts';
import { otherNamespace } from '../helpers/temporal.ts';
import type { TestTemporal } from '../helpers/temporal.ts';

const keyOf = (id: string): CodecKey => ({ id, bytes: randomBytes(32) });
const [older, newer] = [keyOf('k1'), keyOf('k2')];

let org: ScriptedOrganisation;
let at: TestTemporal;
let connection: Connection;
let bare: Client;
let opened: { close(): Promise<void> }[];

/** Each in a namespace of its own: what one left in the clear, or in another cipher, is not in the other's way. */
beforeEach(async () => {
  org = new ScriptedOrganisation();
  opened = [];
  at = await otherNamespace();
  connection = await Connection.connect({ address: at.address });
  bare = new Client({ connection, namespace: at.namespace });
});
afterEach(async () => {
  await Promise.all(opened.map((one) => one.close()));
  await connection.close();
});

/** Of which one is to run at a time. */
async function workersWith(...codecKeys: CodecKey[]): Promise<() => Promise<void>> {
  const harness = await startHarness(
    activitiesOf(() => org),
    Promise.resolve(at),
    codecKeys,
  );
  opened.push(harness);
  return async () => {
    opened = opened.filter((one) => one !== harness);
    await harness.close();
  };
}

function configuratorWith(...codecKeys: CodecKey[]): Configurator {
  const { address, namespace } = at;
  const configurator = createConfigurator({
    temporal: { connectionOptions: { address }, address, namespace, uiUrl: null, codecKeys },
  });
  opened.push(configurator);
  return configurator;
}

/** Of what nobody else should read. */
const SECRETS = {
  html: 'Your refund of 30 euros',
  starter: 'ana.of.care',
  why: 'the merger is secret',
  approver: 'bea.of.legal',
  reason: 'legal has seen it',
  failure: 'the organisation fell over at desk 7',
  // Of the workflow itself: an update that was taken, and then failed.
  refusal: 'kim of sales is under inquiry',
  summary: 'event export',
};

function secretPlan(): Plan {
  const plan = quickPlan();
  const approve = { kind: 'approve', reason: 'legal agrees', timeoutMs: 3_600_000, onTimeout: 'hold' } as const;
  return {
    ...plan,
    action: { ...plan.action, html: `<p>${SECRETS.html}</p>` },
    steps: [...plan.steps.slice(0, 2), approve, ...plan.steps.slice(2)],
  };
}

/** Everything that the server has of a run, as bytes. */
async function rawOf(workflowId: string): Promise<Buffer> {
  const execution = { workflowId };
  const { namespace } = bare.options;
  const [history, described, listed] = [
    await bare.workflow.getHandle(workflowId).fetchHistory(),
    await bare.workflowService.describeWorkflowExecution({ namespace, execution }),
    await bare.workflowService.listWorkflowExecutions({ namespace }),
  ];
  const { DescribeWorkflowExecutionResponse, ListWorkflowExecutionsResponse } = proto.api.workflowservice.v1;
  return Buffer.concat([
    proto.api.history.v1.History.encode(history).finish(),
    DescribeWorkflowExecutionResponse.encode(described).finish(),
    ListWorkflowExecutionsResponse.encode(listed).finish(),
  ]);
}

const told = (raw: Buffer): string[] =>
  Object.entries(SECRETS).flatMap(([name, text]) => (raw.includes(text) ? [name] : []));

async function untilPhase(configurator: Configurator, action: string, phase: string): Promise<void> {
  for await (const { status } of configurator.followRollout(action, { pollMs: 50 })) if (status.phase === phase) return;
}

/** Fails once, is approved, and refused things, on its way to promotion. */
async function wholeRollout(configurator: Configurator): Promise<Buffer> {
  org.knows = (by) => (by === 'kim' ? SECRETS.refusal : claimed(by));
  let failures = 0;
  org.before = (name) =>
    name === 'deploy' && (failures += 1) === 1 ? Promise.reject(new Error(SECRETS.failure)) : Promise.resolve();
  const plan = secretPlan();
  const { name } = plan.action;
  const { runId } = await configurator.startRollout(plan, { by: SECRETS.starter, reason: SECRETS.why });
  await untilPhase(configurator, name, 'awaitingApproval');
  await configurator.act('pause', name, { by: SECRETS.approver, reason: SECRETS.reason });
  await configurator.act('resume', name, { by: SECRETS.approver, reason: SECRETS.reason });
  await expect(
    configurator.act('resume', name, { by: SECRETS.approver, reason: SECRETS.reason }),
  ).rejects.toMatchObject({ code: 'update-rejected' });
  await expect(configurator.act('approve', name, { by: 'kim', reason: SECRETS.reason })).rejects.toMatchObject({
    message: expect.stringContaining(SECRETS.refusal),
  });
  await configurator.act('approve', name, { by: SECRETS.approver, reason: SECRETS.reason });
  const raws = [await rawOf(rolloutWorkflowId(name))];
  let outcome: string | null = null;
  for await (const { status } of configurator.followRollout(name, { pollMs: 50, runId })) outcome = status.outcome;
  expect(outcome).toBe('promoted');
  expect(org.records.map(({ actor }) => actor)).toContain(SECRETS.approver);
  raws.push(await rawOf(rolloutWorkflowId(name)));
  return Buffer.concat(raws);
}

test('the raw history of a promoted rollout holds neither card, people, reasons, failures nor summaries', async () => {
  await workersWith(older);
  expect(told(await wholeRollout(configuratorWith(older)))).toEqual([]);
});

test('in the clear the same rollout holds them all: the look above would have seen them', async () => {
  await workersWith();
  expect(told(await wholeRollout(configuratorWith()))).toEqual(Object.keys(SECRETS));
});

/** At its approval, under the old key. */
async function waiting(configurator: Configurator): Promise<Plan['action']['name']> {
  const plan = secretPlan();
  const { name } = plan.action;
  await configurator.startRollout(plan, { by: SECRETS.starter });
  await untilPhase(configurator, name, 'awaitingApproval');
  // Lists of the server are a moment late.
  await untilHolds('it is listed', async () => (await bare.workflow.count()).count > 0);
  return name;
}

async function untilPromoted(configurator: Configurator, name: string): Promise<void> {
  await configurator.act('approve', name, { by: SECRETS.approver, reason: SECRETS.reason });
  let outcome: string | null = null;
  for await (const { status } of configurator.followRollout(name, { pollMs: 50 })) outcome = status.outcome;
  expect(outcome).toBe('promoted');
}

test('live figures and troubles are shown to who has the key, and are in cipher on the server; abort works', async () => {
  await workersWith(older);
  const configurator = configuratorWith(older);
  let tries = 0;
  org.before = async (name) => {
    if (name !== 'watch') return;
    if ((tries += 1) === 1) throw new Error(SECRETS.failure);
    const context = Context.current();
    for (;;) {
      context.heartbeat({ splitPercent: 10, report: { guardrails: [], reason: SECRETS.why } });
      await context.sleep(50);
    }
  };
  const plan = secretPlan();
  const { name } = plan.action;
  await configurator.startRollout(plan, { by: SECRETS.starter });
  for await (const { progress } of configurator.followRollout(name, { pollMs: 50 }))
    if (progress?.report.reason === SECRETS.why) break;
  const { troubles } = await configurator.status(name);
  expect(troubles).toMatchObject([{ activity: 'watch', failure: SECRETS.failure }]);
  expect(told(await rawOf(rolloutWorkflowId(name)))).toEqual([]);
  await configurator.act('abort', name, { by: SECRETS.approver, reason: SECRETS.reason });
  for await (const { status } of configurator.followRollout(name, { pollMs: 50 }))
    if (status.outcome !== null) expect(status.outcome).toBe('rolledBack');
  expect(org.writes.at(-1)).toBe('roll back');
});

test('a history in cipher replays with its key, and with none it does not', async () => {
  await workersWith(older);
  const configurator = configuratorWith(older);
  const name = await waiting(configurator);
  await untilPromoted(configurator, name);
  const id = rolloutWorkflowId(name);
  const history = await bare.workflow.getHandle(id).fetchHistory();
  const workflowBundle = await workflowCode({ codecKeys: [older] });
  const options = { ...(await tracedWorker()), workflowBundle };
  await Worker.runReplayHistory({ ...options, dataConverter: dataConverterOf([older]) }, history, id);
  await expect(
    Worker.runReplayHistory({ ...options, dataConverter: dataConverterOf([]) }, history, id),
  ).rejects.toThrow('and no key is set here');
});

test('a rollout that began under the old key goes on under a new first one, and both are seen to be used', async () => {
  const stop = await workersWith(older);
  const name = await waiting(configuratorWith(older));
  await stop();
  await workersWith(newer, older);
  const after = configuratorWith(newer, older);
  await after.act('pause', name, { by: SECRETS.approver, reason: SECRETS.reason });
  await after.act('resume', name, { by: SECRETS.approver, reason: SECRETS.reason });
  const { byKey, ...others } = await usedKeys(bare, 'histories');
  expect([Object.fromEntries(byKey), others]).toEqual([
    { k1: 1, k2: 1 },
    { isAll: true, runs: 1, inTheClear: 0 },
  ]);
  expect([...(await usedKeys(bare, 'starts')).byKey]).toEqual([['k1', 1]]);
  const looked = (...keys: CodecKey[]) => cipherSeen(() => Promise.resolve(bare), keys);
  expect(await looked(newer, older)).toMatchObject({
    level: 'ok',
    seen: '"k2" seals, and "k2", "k1" open; of 1 open run k1 is used by 1, k2 by 1',
  });
  expect(await looked(newer)).toMatchObject({
    level: 'error',
    seen: '1 of 1 open run is in cipher under "k1", which is not here',
    wayOut: expect.stringContaining('Add "k1" to TEMPORAL_CODEC_KEYS'),
  });
  expect(await looked()).toMatchObject({ level: 'error', seen: expect.stringContaining('under "k1" (1), "k2" (1)') });
  await untilPromoted(after, name);
  // What has ended is read by who has both, and by nobody who has one of them.
  expect(await after.status(name)).toMatchObject({ running: false, status: { outcome: 'promoted' } });
});

test('whoever lacks the key is told which, by one error, and how to get on', async () => {
  await workersWith(older);
  const configurator = configuratorWith(older);
  const name = await waiting(configurator);
  const keyless = configuratorWith();
  const other = configuratorWith(newer);
  const lacking = (keys: string) => ({
    code: 'history-sealed',
    message: `This history is in cipher under the key "k1", and ${keys}.`,
    remedy: expect.stringContaining('TEMPORAL_CODEC_KEYS'),
  });
  await expect(keyless.status(name)).rejects.toMatchObject(lacking('no key is set here'));
  await expect(keyless.list()).rejects.toMatchObject(lacking('no key is set here'));
  await expect(other.status(name)).rejects.toMatchObject(lacking('the keys here are k2'));
  await untilPromoted(configurator, name);
});

test('under workers that lack the key a rollout stands still, is seen to, and loses nothing', async () => {
  const stop = await workersWith(older);
  const configurator = configuratorWith(older);
  const name = await waiting(configurator);
  await stop();
  const workflowId = rolloutWorkflowId(name);
  const stopLacking = await workersWith(newer);
  const client = openClient({ connection, namespace: at.namespace, codecKeys: [older] });
  const pause = { name: 'pause', by: SECRETS.approver, reason: SECRETS.reason } as const;
  await client.workflow.getHandle(workflowId).signal(actSignal, pause);
  const both = configuratorWith(older, newer);
  // Before its first task has failed it is but a rollout that nobody answers for.
  const isFrozen = async (): Promise<boolean> => (await both.status(name)).lost?.phase === 'frozen';
  await untilHolds('it is frozen', () => isFrozen().catch(whileUnanswered));
  expect((await both.status(name)).lost?.why).toContain('in cipher under the key "k1"');
  // As the guardian of these workers looks, which cannot read the rollout's memo either.
  const guardian = readingPast(openClient({ connection, namespace: at.namespace, codecKeys: [newer] }));
  const seen = await seeRun(guardian, workflowId);
  expect(seen?.frozen?.failure).toContain('in cipher under the key "k1"');
  expect(seen?.state).toBe('running');
  const logged: unknown[] = [];
  const logger = { error: (fields: object) => void logged.push(fields), warn: () => undefined };
  await tellLackingKeys({ connection, namespace: at.namespace, codecKeys: [newer] }, logger);
  await tellLackingKeys({ connection, namespace: at.namespace, codecKeys: [newer, older] }, logger);
  expect(logged).toEqual([{ keys: ['k1'] }]);
  await stopLacking();
  await workersWith(older, newer);
  const isPaused = async (): Promise<boolean> => (await both.status(name)).status.paused;
  await untilHolds('it is paused', () => isPaused().catch(whileUnanswered));
  await both.act('resume', name, { by: SECRETS.approver, reason: SECRETS.reason });
  await untilPromoted(both, name);
});

function whileUnanswered(error: unknown): boolean {
  if (error instanceof AssistError && error.code === 'no-worker') return false;
  throw error;
}
