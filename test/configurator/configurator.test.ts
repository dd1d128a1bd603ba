/**
 * The configurator on real parts: a Temporal server with the real workflow, the sandbox organisation, the embedded
 * store.
 */
import { join } from 'node:path';
import { ApplicationFailure } from '@temporalio/common';
import { cardOf } from '../../src/targets/card.ts';
import type { TemporalConfig } from '../../src/config/temporal.ts';
import { createConfigurator } from '../../src/configurator.ts';
import type { Configurator } from '../../src/configurator.ts';
import type { Plan } from '../../src/domain/plan/plan.ts';
import { DEFAULT_CLIENT } from '../../src/sandbox/options.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import type { SandboxHandle } from '../../src/sandbox/server.ts';
import { cli, jsonLines } from '../cli/fixtures.ts';
import { until } from '../guardian/by-hand.ts';
import { hang } from '../helpers/gate.ts';
import { activitiesOf, quickPlan, ScriptedOrganisation, startHarness } from '../helpers/rollout-harness.ts';
import type { Harness } from '../helpers/rollout-harness.ts';
import { testTemporal } from '../helpers/temporal.ts';

let organisation = new ScriptedOrganisation();
let harness: Harness;
let sandbox: SandboxHandle;
let temporal: TemporalConfig;
let configurator: Configurator;

beforeAll(async () => {
  harness = await startHarness(activitiesOf(() => organisation));
  sandbox = await startSandbox();
  const { address, namespace } = await testTemporal();
  temporal = { connectionOptions: { address }, address, namespace, uiUrl: 'http://ui.example/' };
  configurator = createConfigurator({
    temporal,
    genesys: {
      clientId: DEFAULT_CLIENT.id,
      clientSecret: DEFAULT_CLIENT.secret,
      loginUrl: sandbox.url,
      apiUrl: sandbox.url,
      callsPerMinute: 300,
    },
    database: { kind: 'pglite', dataDir: null },
  });
});
afterAll(async () => {
  await configurator?.close();
  await sandbox?.close();
  await harness?.close();
});
beforeEach(() => {
  organisation = new ScriptedOrganisation();
});

const PLAN = join(__dirname, '../../examples/demo/1.5.0.yaml');

/** Bakes until somebody acts. */
const endless = () =>
  quickPlan({
    steps: [
      { kind: 'setSplit', percent: 10 },
      { kind: 'bake', forMs: 3_600_000, atMostMs: 7_200_000, minCards: 0, require: 'noHarm' },
    ],
  });

async function untilBaking(action: string): Promise<void> {
  for await (const { status } of configurator.followRollout(action, { pollMs: 100 }))
    if (status.phase === 'baking') return;
}

test('start, status, act, follow and list tell one story, with a link to the run in the Web UI', async () => {
  const plan = endless();
  const { name } = plan.action;
  const ref = await configurator.startRollout(plan, { by: 'ana', reason: 'new wording' });
  expect(ref.workflowId).toBe(`rollout/${name}`);
  expect(ref.url).toBe(
    `http://ui.example/namespaces/${temporal.namespace}/workflows/${encodeURIComponent(ref.workflowId)}/${ref.runId}`,
  );
  await untilBaking(name);
  expect(await configurator.status(name)).toMatchObject({
    ...ref,
    running: true,
    status: { phase: 'baking', splitPercent: 10, version: '1.5.0' },
  });

  const paused = await configurator.act('pause', name, { by: 'bea', reason: 'lunch' });
  expect(paused.status?.paused).toBe(true);
  await configurator.act('abort', name, { by: 'bea', reason: 'seen enough' });
  const outcomes: (string | null)[] = [];
  for await (const view of configurator.followRollout(name, { pollMs: 100, runId: ref.runId }))
    outcomes.push(view.status.outcome);
  expect(outcomes.at(-1)).toBe('rolledBack');
  expect(organisation.writes.at(-1)).toBe('roll back');

  const description = await harness.client.workflow.getHandle(ref.workflowId).describe();
  expect(description.memo).toMatchObject({ action: name, version: '1.5.0', startedBy: 'ana', reason: 'new wording' });
  expect(await configurator.status(name, ref.runId)).toMatchObject({
    running: false,
    status: { outcome: 'rolledBack' },
  });
});

test('start answers what is rejected as it is deployed with 2 and the reason', async () => {
  organisation.before = async (name) => {
    if (name === 'deploy') throw ApplicationFailure.nonRetryable('another candidate serves 10 %', 'OtherCandidate');
  };
  const { code, stdout } = await cli(['start', PLAN, '--json'], { configurator });
  expect(code).toBe(2);
  expect(jsonLines(stdout)).toMatchObject([
    { kind: 'started', phase: 'rejected', outcome: 'rejected', reason: 'another candidate serves 10 %' },
  ]);
});

test('an act for a run that is over is refused, and does nothing to the one that runs since', async () => {
  const plan = endless();
  const { name } = plan.action;
  const first = await configurator.startRollout(plan, { by: 'ana' });
  await untilBaking(name);
  await configurator.act('abort', name, { by: 'bea', reason: 'seen enough' });
  await harness.client.workflow.getHandle(first.workflowId, first.runId).result();
  const abort = configurator.act('abort', name, { by: 'bea', reason: 'late' }, first.runId);
  await expect(abort).rejects.toMatchObject({ code: 'rollout-ended', message: expect.stringMatching(/has ended\.$/) });
  const second = await configurator.startRollout(plan, { by: 'ana' });
  await untilBaking(name);
  await expect(configurator.act('abort', name, { by: 'bea', reason: 'later' }, first.runId)).rejects.toMatchObject({
    code: 'rollout-ended',
    message: expect.stringContaining('another one runs'),
  });
  expect(await configurator.status(name)).toMatchObject({ runId: second.runId, status: { phase: 'baking' } });
  await configurator.act('abort', name, { by: 'bea', reason: 'done' });
});

test('static summary and details describe the plan', async () => {
  const plan = endless();
  const { workflowId } = await configurator.startRollout(plan, { by: 'ana' });
  const description = await harness.client.workflow.getHandle(workflowId).describe();
  expect(await description.staticSummary()).toBe(`${plan.action.name} 1.5.0: 10 %`);
  expect(await description.staticDetails()).toMatch(
    /started by ana[\s\S]*1\. setSplit 10 %[\s\S]*acceptanceRate: worse when lower, margin 10 %, tolerance 5 %, alpha 0.01/,
  );
  await configurator.act('abort', plan.action.name, { by: 'ana', reason: 'done' });
});

test('a second start is refused with the id and link of the first', async () => {
  const plan = endless();
  const first = await configurator.startRollout(plan, { by: 'ana' });
  const second = configurator.startRollout({ ...plan, action: { ...plan.action, version: '9.0.0' } }, { by: 'bea' });
  await expect(second).rejects.toMatchObject({ code: 'rollout-already-running', details: { ...first } });
  await configurator.act('abort', plan.action.name, { by: 'ana', reason: 'done' });
});

test('an update that is refused says why; one for an ended or an unknown rollout says that', async () => {
  const plan = endless();
  const { name } = plan.action;
  const { runId } = await configurator.startRollout(plan, { by: 'ana' });
  await untilBaking(name);
  const act = { by: 'ana', reason: 'ok' };
  await expect(configurator.act('approve', name, act)).rejects.toMatchObject({
    code: 'update-rejected',
    message: expect.stringContaining('Cannot approve while the rollout is baking'),
  });
  await configurator.act('abort', name, act);
  for await (const view of configurator.followRollout(name, { pollMs: 100, runId })) if (!view.running) break;
  await expect(configurator.act('abort', name, act)).rejects.toMatchObject({ code: 'rollout-ended' });
  await expect(configurator.act('abort', 'Nobody', act)).rejects.toMatchObject({ code: 'rollout-not-found' });
  await expect(configurator.status('Nobody')).rejects.toMatchObject({ code: 'rollout-not-found' });
});

test('the command line on the same server: JSON status, refusal with 5, list', async () => {
  const plan = endless();
  const { name } = plan.action;
  await configurator.startRollout(plan, { by: 'ana' });
  await untilBaking(name);
  const env = { TEMPORAL_ADDRESS: temporal.address, TEMPORAL_NAMESPACE: temporal.namespace };
  const status = await cli(['status', name, '--json'], { env });
  expect(jsonLines(status.stdout)).toEqual([
    expect.objectContaining({ kind: 'rollout', workflowId: `rollout/${name}`, running: true }),
  ]);
  expect(await cli(['approve', name, '--reason', 'ok'], { env })).toMatchObject({ code: 5, stdout: '' });
  expect(await cli(['abort', name, '--reason', 'done'], { env })).toMatchObject({ code: 0, stderr: '' });
  for (let listed = ''; !listed.includes(name);) listed = (await cli(['list', '--json'], { env })).stdout;
});

test('deploys a version, sets a split and reads both back', async () => {
  const action = { ...quickPlan().action, name: 'RefundAssist' };
  const deployment = await configurator.deployVersion(action, 'r-1');
  expect(deployment).toMatchObject({
    actionName: 'RefundAssist',
    baseline: { version: '1.4.0' },
    candidate: { version: '1.5.0' },
  });
  expect(await configurator.deployVersion(action, 'r-1')).toEqual(deployment);
  expect(await configurator.setSplit(deployment, 25)).toMatchObject({ covered: true, effectiveSplitPercent: 25 });
});

test('sets up the event export once, however often it is asked', async () => {
  const webhook = {
    publicUrl: 'http://127.0.0.1:9/',
    signingSecret: `whsec_${Buffer.alloc(32, 1).toString('base64')}`,
  };
  const first = await configurator.setUpEventExport(webhook);
  expect(first.outcome).toBe('created');
  expect(await configurator.setUpEventExport(webhook)).toEqual({ id: first.id, outcome: 'reused' });
});

test('shows and removes the event export; one that is gone is said to be', async () => {
  expect(await configurator.showEventExport('http://127.0.0.1:9/')).toMatchObject({ asWanted: true });
  expect(await configurator.showEventExport('http://127.0.0.1:10/')).toMatchObject({ asWanted: false });
  expect(await configurator.removeEventExport()).toBe(true);
  expect(await configurator.showEventExport(null)).toBeNull();
  expect(await configurator.removeEventExport()).toBe(false);
});

test('an engagement is written with what the preflight said of the content; a rollout that is unknown has no record', async () => {
  const engagement = { actionId: 'a-1', agentId: 'agent-17', metrics: { accepted: true } };
  expect(await configurator.writeEngagementEntry(engagement)).toMatchObject({
    action_id: 'a-1',
    agent_id: 'agent-17',
    compliance_status: 'unknown',
  });
  await expect(configurator.decisionRecord('Nobody')).rejects.toMatchObject({ code: 'rollout-not-found' });
});

test('validates a plan and evaluates a trigger without contacting anybody', () => {
  const offline = createConfigurator({});
  const plan = quickPlan();
  expect(offline.validate(plan).filter(({ severity }) => severity === 'error')).toEqual([]);
  const hostile = { ...plan, action: { ...plan.action, html: '<script>eval("1")</script>' } };
  expect(offline.validate(hostile).map(({ severity }) => severity)).toContain('error');
  const utterance = { text: 'I want a refund', confidence: 0.9, isFinal: true, queueId: 'q', skillIds: [] };
  expect(offline.evaluateTrigger(cardOf(plan.action).trigger, utterance)).toEqual({ fires: true, keyword: 'refund' });
  expect(offline.evaluateTrigger(cardOf(plan.action).trigger, { ...utterance, confidence: 0.4 })).toMatchObject({
    fires: false,
    why: 'confidenceBelow',
  });
});

test('a part that was not configured is named when it is needed', async () => {
  await expect(createConfigurator({}).list()).rejects.toMatchObject({
    code: 'config-incomplete',
    message: expect.stringContaining('"temporal"'),
  });
  await expect(
    createConfigurator({}).setUpEventExport({ publicUrl: 'http://x', signingSecret: 's' }),
  ).rejects.toMatchObject({ code: 'config-incomplete' });
});

test('what a lost rollout left stays in sight behind a start that was rejected, until another one stands', async () => {
  const plan = endless();
  const { name } = plan.action;
  const later: Plan = { ...plan, action: { ...plan.action, version: '2.0.0' } };
  const waiting = async (): Promise<readonly string[]> =>
    (await configurator.list(20, { waiting: true, action: name })).rollouts.map(({ runId }) => runId);
  const lost = await configurator.startRollout(plan, { by: 'ana' });
  await untilBaking(name);
  await harness.client.workflow.getHandle(lost.workflowId).terminate('a click in the Web UI');

  organisation.before = async (activity) => {
    if (activity === 'deploy') throw ApplicationFailure.nonRetryable('v1.5.0 serves 10 %', 'OtherCandidate');
  };
  const rejected = await configurator.startRollout(later, { by: 'bea' });
  await harness.client.workflow.getHandle(rejected.workflowId, rejected.runId).result();

  expect(await configurator.status(name)).toMatchObject({
    runId: lost.runId,
    running: false,
    lost: { phase: 'terminated', recovery: null },
    status: {
      version: '1.5.0',
      splitPercent: 10,
      canDo: ['recover'],
      reason: expect.stringMatching(
        /terminated by hand.* v2\.0\.0 was started at .* UTC, and rejected: v1\.5\.0 serves 10 %$/,
      ),
    },
  });
  expect(await configurator.status(name, rejected.runId)).toMatchObject({ status: { phase: 'rejected' } });
  // Lists of the server are a moment late.
  await until('the list to tell of it', async () => (await waiting()).join() === lost.runId);
  expect((await cli(['status', name], { configurator })).code).toBe(6);

  organisation.before = async () => undefined;
  const stands = await configurator.startRollout(later, { by: 'bea' });
  await untilBaking(name);
  expect(await waiting()).toEqual([]);
  expect(await configurator.status(name)).toMatchObject({ runId: stands.runId, status: { phase: 'baking' } });
  await configurator.act('abort', name, { by: 'bea', reason: 'done' });
});

test('a rollout that was lost before agents saw anything of it hides no start that was rejected', async () => {
  const plan = endless();
  const { name } = plan.action;
  const release = hang(organisation, 'validate');
  const lost = await configurator.startRollout(plan, { by: 'ana' });
  await until('the preflight', async () => (await configurator.status(name)).status.phase === 'validating');
  await harness.client.workflow.getHandle(lost.workflowId).terminate();
  release();
  organisation.before = async (activity) => {
    if (activity === 'deploy') throw ApplicationFailure.nonRetryable('not allowed', 'GenesysForbidden');
  };
  const rejected = await configurator.startRollout(plan, { by: 'bea' });
  await harness.client.workflow.getHandle(rejected.workflowId, rejected.runId).result();
  expect(await configurator.status(name)).toMatchObject({ runId: rejected.runId, status: { phase: 'rejected' } });
});
