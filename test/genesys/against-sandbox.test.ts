/**
 * The client and the target against the sandbox organisation, over real HTTP: both sides mean the same by the same
 * words.
 */
import { targetDeps } from '../helpers/target-deps.ts';
import { pairOf } from '../helpers/pair.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CardVersion } from '../../src/domain/plan/plan.ts';
import { DEFAULT_TARGET } from '../../src/domain/plan/target-schema.ts';
import { agentAssistActions } from '../../src/targets/agent-assist-actions/target.ts';
import { createGenesysClient } from '../../src/genesys/client.ts';
import type { GenesysClient, GenesysClientOptions } from '../../src/genesys/client.ts';
import type { Target } from '../../src/targets/target.ts';
import { ALL_SCOPES, DEFAULT_CLIENT } from '../../src/sandbox/options.ts';
import { SEEDED, SEEDED_ACTION_ID } from '../../src/sandbox/seeded-organisation.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import type { SandboxHandle } from '../../src/sandbox/server.ts';

const READER = {
  id: 'reader',
  secret: 'reader-secret',
  scopes: ALL_SCOPES.filter((scope) => scope !== 'agentassist:action:write'),
};
const NEW: CardVersion = {
  name: 'RefundAssist',
  version: '1.5.0',
  html: '<div>Refund in two steps</div>',
  trigger: { minConfidence: 0.8, keywords: ['refund'], conditions: [{ type: 'queue', id: SEEDED.queues.billing.id }] },
  ui: { position: 'right', size: 'medium', requiredFeatures: ['flexbox'] },
};
const REQUEST = { target: DEFAULT_TARGET, action: NEW, rolloutId: 'rollout-1' };
const ACTIONS = '/api/v2/agentassist/actions';

let sandbox: SandboxHandle;
let client: GenesysClient;
let target: Target;
const clients: GenesysClient[] = [];

function clientWith(options: Partial<GenesysClientOptions> = {}): GenesysClient {
  const made = createGenesysClient({
    loginUrl: sandbox.url,
    apiUrl: sandbox.url,
    clientId: DEFAULT_CLIENT.id,
    clientSecret: DEFAULT_CLIENT.secret,
    callsPerMinute: 3000,
    now: Date.now,
    sleep: (ms) => sleep(ms),
    ...options,
  });
  clients.push(made);
  return made;
}

beforeEach(async () => {
  sandbox = await startSandbox({ clients: [DEFAULT_CLIENT, READER] });
  client = clientWith();
  target = agentAssistActions.open(targetDeps(client));
});
afterEach(async () => {
  for (const made of clients.splice(0)) made.close();
  await sandbox.close();
});

const names = (): string[] =>
  sandbox.org.actions
    .all()
    .map((action) => action.name)
    .sort();

test('a promotion from deploy to retirement leaves the new version serving all, and never a hole', async () => {
  const deployment = await target.deploy(REQUEST);
  expect(deployment.baseline).toMatchObject({ id: SEEDED_ACTION_ID, version: '1.4.0' });
  for (const percent of [5, 12.34, 50, 100]) {
    await target.setSplit(deployment, percent);
    expect(await target.readBack(deployment)).toMatchObject({ effectiveSplitPercent: percent, covered: true });
  }
  await target.retire(deployment, 'baseline');
  const state = await target.readBack(deployment);
  expect(state).toMatchObject({
    effectiveSplitPercent: 100,
    covered: true,
    candidate: { servesHere: true },
    baseline: { servesHere: false },
  });
  expect(state.correlationId).toEqual(expect.any(String));
  expect(sandbox.org.coverage.report()).toMatchObject({ ok: true, holes: [] });
});

test('a roll back restores the baseline first, and never a hole', async () => {
  const deployment = await target.deploy(REQUEST);
  await target.setSplit(deployment, 25);
  await target.setSplit(deployment, 0, 'safety');
  await target.retire(deployment, 'candidate', 'safety');
  expect(await target.readBack(deployment, 'safety')).toMatchObject({
    effectiveSplitPercent: 0,
    covered: true,
    candidate: { servesHere: false, splitPercent: 0 },
    baseline: { servesHere: true, splitPercent: 100 },
  });
  expect(sandbox.org.coverage.report().holes).toEqual([]);
});

test('a create whose answer was dropped after the work was done, tried again, makes exactly one action', async () => {
  sandbox.org.faults.add({ match: { method: 'POST', pathPrefix: ACTIONS }, times: 1, dropAnswer: 'afterWork' });
  await expect(target.deploy(REQUEST)).rejects.toMatchObject({ kind: 'network' });
  expect(names()).toEqual(['RefundAssist v1.4.0', 'RefundAssist v1.5.0']);
  await target.deploy(REQUEST);
  expect(names()).toEqual(['RefundAssist v1.4.0', 'RefundAssist v1.5.0']);
});

test('whichever write of a split is dropped, before or after its work, the next call finishes without a hole', async () => {
  const deployment = pairOf(await target.deploy(REQUEST));
  let percent = 10;
  for (const dropAnswer of ['beforeWork', 'afterWork'] as const) {
    for (const id of [deployment.candidate.id, deployment.baseline.id]) {
      percent += 10;
      sandbox.org.faults.add({ match: { method: 'PUT', pathPrefix: `${ACTIONS}/${id}` }, times: 1, dropAnswer });
      await expect(target.setSplit(deployment, percent)).rejects.toMatchObject({ kind: 'network' });
      await target.setSplit(deployment, percent);
      expect(await target.readBack(deployment)).toMatchObject({ effectiveSplitPercent: percent, covered: true });
    }
  }
  expect(sandbox.org.coverage.report().holes).toEqual([]);
});

test('tokens that were revoked are renewed in mid-work, unseen', async () => {
  const deployment = await target.deploy(REQUEST);
  sandbox.org.oauth.revokeAll();
  await target.setSplit(deployment, 5);
  expect(await target.readBack(deployment)).toMatchObject({ effectiveSplitPercent: 5 });
});

test('a wrong secret and a missing scope are told apart, each with what to give', async () => {
  await expect(clientWith({ clientSecret: 'wrong' }).actions.get(SEEDED_ACTION_ID)).rejects.toMatchObject({
    kind: 'badClient',
  });
  const reader = agentAssistActions.open(targetDeps(clientWith({ clientId: READER.id, clientSecret: READER.secret })));
  await expect(reader.deploy(REQUEST)).rejects.toMatchObject({
    kind: 'forbidden',
    missing: ['agentassist:action:write'],
    correlationId: expect.any(String) as string,
  });
});

test('a body that the organisation refuses names its fields', async () => {
  const trigger = {
    ...NEW.trigger,
    conditions: [{ type: 'queue' as const, id: '00000000-0000-4000-8000-000000000000' }],
  };
  await expect(target.deploy({ ...REQUEST, action: { ...NEW, trigger } })).rejects.toMatchObject({
    kind: 'badRequest',
    fieldErrors: [{ field: 'trigger.conditions.0.id', code: 'invalid.id' }],
  });
});

test('a 429 tells when to come back', async () => {
  sandbox.org.faults.add({ match: { pathPrefix: ACTIONS }, times: 1, status: 429, retryAfterSeconds: 42 });
  await expect(client.actions.get(SEEDED_ACTION_ID)).rejects.toMatchObject({
    kind: 'rateLimited',
    retryAfterMs: 42_000,
    code: 'too.many.requests.retry.after',
  });
});

test('an export is created once, and mended when somebody narrows it', async () => {
  const eventTypes = ['agentassist.action.triggered', 'agentassist.action.rendered', 'agentassist.action.accepted'];
  const wanted = {
    name: 'metrics',
    url: 'http://127.0.0.1:9/push',
    signingSecret: `whsec_${Buffer.alloc(32, 7).toString('base64')}`,
    eventTypes,
  };
  const { id } = await client.exports.ensureExport(wanted);
  expect(await client.exports.ensureExport(wanted)).toEqual({ id, outcome: 'reused' });
  const [kept] = sandbox.org.exports.all();
  sandbox.org.exports.replace(id, {
    ...kept,
    filter: { type: 'AND', filters: [{ type: 'event', value: eventTypes[0] }] },
  });
  expect(await client.exports.ensureExport(wanted)).toEqual({ id, outcome: 'repaired' });
  expect(sandbox.org.exports.all()).toMatchObject([
    {
      destination: { signingSecret: wanted.signingSecret },
      filter: { type: 'OR', filters: eventTypes.map((value) => ({ type: 'event', value })) },
    },
  ]);
  await client.exports.remove(id);
  await client.exports.remove(id);
  expect(sandbox.org.exports.all()).toEqual([]);
});

test('conversations of three weeks come page by page, each once', async () => {
  await sandbox.close();
  sandbox = await startSandbox({ traffic: { cardsPerSecond: 1000 } });
  const { traffic } = sandbox.org;
  while (traffic.state().conversations <= 250) await sleep(20);
  // On a slow machine they would come faster than pages are asked for.
  traffic.set({ running: false }, Date.now());
  const toMs = Date.now();
  const ids: string[] = [];
  const query = { fromMs: toMs - 20 * 24 * 60 * 60_000, toMs };
  for await (const { conversationId } of clientWith().conversations.details(query)) ids.push(conversationId);
  expect(ids.length).toBeGreaterThan(250);
  expect(new Set(ids).size).toBe(ids.length);
});
