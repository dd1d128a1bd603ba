/** An organisation without the resources that only some imitate, as the published API is: 404 on the collections. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { toFailure } from '../../src/activities/failures.ts';
import { createGenesysClient } from '../../src/genesys/client.ts';
import type { GenesysClient } from '../../src/genesys/client.ts';
import { openTargets } from '../../src/targets/index.ts';
import { DEFAULT_CLIENT } from '../../src/sandbox/options.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import type { SandboxHandle } from '../../src/sandbox/server.ts';
import { loadPlan } from '../../src/lint/lint.ts';
import { cli, jsonLines } from './fixtures.ts';
import { PATIENCE_MS } from '../helpers/patience.ts';
import { ROOT } from '../helpers/sources.ts';

const PLAN = join(ROOT, 'examples/refund-assist-1.6.0.yaml');
const SAYS = /no such resource.*published Genesys Cloud API.*`assistPanel`.*`copilotSuggestions`.*`copilotQueues`/s;

let sandbox: SandboxHandle;
let client: GenesysClient;
beforeAll(async () => {
  sandbox = await startSandbox();
  for (const pathPrefix of ['/api/v2/agentassist', '/api/v2/analytics/event-exports'])
    await fetch(`${sandbox.url}/sandbox/faults`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ match: { pathPrefix }, status: 404, times: 1000 }),
    });
  client = createGenesysClient({
    loginUrl: sandbox.url,
    apiUrl: sandbox.url,
    clientId: DEFAULT_CLIENT.id,
    clientSecret: DEFAULT_CLIENT.secret,
    callsPerMinute: 3000,
    requestTimeoutMs: PATIENCE_MS,
    now: Date.now,
    sleep: (ms) => sleep(ms),
  });
});
afterAll(async () => {
  client.close();
  await sandbox.close();
});

const env = () => ({
  GENESYS_CLIENT_ID: DEFAULT_CLIENT.id,
  GENESYS_CLIENT_SECRET: DEFAULT_CLIENT.secret,
  GENESYS_LOGIN_URL: sandbox.url,
  GENESYS_API_URL: sandbox.url,
});

test.each([
  ['diff', ['diff', PLAN]],
  ['triggers replay', ['triggers', 'replay', PLAN, '--from', '2026-03-01']],
  ['export show', ['export', 'show']],
  ['export remove', ['export', 'remove']],
])('%s says that there is no such resource, and which targets there are', async (_verb, args) => {
  const { code, stderr } = await cli(args, { env: env() });
  expect(stderr).toMatch(SAYS);
  expect(stderr).not.toContain('deleted by hand');
  expect(code).toBe(2);
  const machine = await cli([...args, '--json'], { env: env() });
  expect(jsonLines(machine.stdout)).toEqual([expect.objectContaining({ kind: 'error', code: 'NoSuchResource' })]);
});

test('a rollout is told the same at its first look, and does not try again', async () => {
  const { target, action } = await loadPlan(PLAN);
  const targets = openTargets({ client, db: null, panelUrl: null, now: Date.now });
  const actions = targets.of('agentAssistActions');
  for (const asked of [actions.describe({ target, action }), actions.deploy({ target, action, rolloutId: 'r' })]) {
    const failure = toFailure(await asked.catch((error: unknown) => error), () => 0);
    expect(failure).toMatchObject({ type: 'NoSuchResource', nonRetryable: true });
    expect(failure.message).toMatch(SAYS);
  }
});

test('who asks every kind of target is told of none there', async () => {
  const target = openTargets({ client, db: null, panelUrl: null, now: Date.now }).of('agentAssistActions');
  expect(await target.survey(null)).toEqual([]);
  expect(await target.listServing()).toEqual([]);
  await expect(target.survey('RefundAssist')).rejects.toMatchObject({ kind: 'noResource' });
});

test('one document that is not there is still one that somebody deleted', async () => {
  await expect(client.actions.get('a-1')).rejects.toThrow(/deleted by hand/);
});

test('docs/errors.md tells of the code', () => {
  const doc = readFileSync(join(ROOT, 'docs/errors.md'), 'utf8');
  expect(doc).toMatch(/\n### NoSuchResource\n\n\*\*Cause\.\*\* .{10,}\n\n\*\*Way out\.\*\* .{5,}/);
});
