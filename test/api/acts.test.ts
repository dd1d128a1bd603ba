/** Acts over HTTP, by people whose token was verified, taken by the worker that reads the same list. */
import { randomUUID } from 'node:crypto';
import type { JWTPayload } from 'jose';
import { authorise } from '../../src/activities/authorise.ts';
import type { AuthoriseInput } from '../../src/activities/authorise.ts';
import type { TransitionRecord } from '../../src/activities/types.ts';
import { startApi } from '../../src/api/server.ts';
import type { ApiServer } from '../../src/api/server.ts';
import { createConfigurator } from '../../src/configurator.ts';
import type { Configurator } from '../../src/configurator.ts';
import { createRemoteConfigurator } from '../../src/configurator/remote.ts';
import { TOKEN_HOLDER } from '../../src/configurator/token-holder.ts';
import { signed } from '../../src/configurator/sign-act.ts';
import { parseOperators } from '../../src/domain/identity/operators-schema.ts';
import type { Operators } from '../../src/domain/identity/operators.ts';
import type { Plan } from '../../src/domain/plan/plan.ts';
import { createBoundedFetch } from '../../src/http/bounded-fetch.ts';
import { newActorKey } from '../../src/identity/key.ts';
import { createTokenVerifier } from '../../src/identity/tokens.ts';
import type { Database } from '../../src/store/database.ts';
import { rolloutWorkflowId } from '../../src/workflows/messages.ts';
import { CLIENT, startIdentityProvider } from '../helpers/identity-provider.ts';
import type { IdentityProvider } from '../helpers/identity-provider.ts';
import { PATIENCE_MS } from '../helpers/patience.ts';
import type { Harness } from '../helpers/rollout-harness.ts';
import { activitiesOf, quickPlan, ScriptedOrganisation, startHarness } from '../helpers/rollout-harness.ts';
import { testTemporal } from '../helpers/temporal.ts';
import { openStore } from '../helpers/any-store.ts';

const { key: attestor } = newActorKey('api');
const { key: stranger } = newActorKey('api');
const org = new ScriptedOrganisation();
const records: TransitionRecord[] = [];
const logged: unknown[] = [];
let provider: IdentityProvider;
let operators: Operators;
let db: Database;
let harness: Harness;
let engine: Configurator;
let api: ApiServer;

beforeAll(async () => {
  provider = await startIdentityProvider();
  const parsed = parseOperators({
    operators: [
      { name: 'ana', roles: ['operator'], oidc: [{ issuer: provider.issuer, subject: 'u-ana' }] },
      { name: 'root', roles: ['admin'], key: newActorKey('root').key.publicKey },
    ],
    groups: {
      refunders: { grants: [{ roles: ['viewer'], actions: ['Refund*'] }] },
      watchers: { roles: ['viewer'] },
      leads: { roles: ['approver'] },
      admins: { roles: ['admin'] },
    },
    issuers: [
      {
        issuer: provider.issuer,
        audience: CLIENT,
        prefix: 'ci:',
        subjects: [{ subject: 'repo:acme/*:ref:refs/heads/main', groups: ['leads'] }],
      },
    ],
    attestors: [{ name: 'api', key: attestor.publicKey }],
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  operators = parsed.operators;
  db = await openStore();
  const source = { now: () => Promise.resolve(operators) };
  harness = await startHarness({
    ...activitiesOf(() => org),
    authorise: (input: AuthoriseInput) => authorise({ db, operators: source }, input),
    record: async (entries: readonly TransitionRecord[]) => void records.push(...entries),
  });
  const { address, namespace } = await testTemporal();
  engine = createConfigurator({ temporal: { connectionOptions: { address }, address, namespace, uiUrl: null } });
  const fetch = createBoundedFetch({ timeoutMs: PATIENCE_MS, maxBytes: 64 * 1024, agentFor: () => undefined });
  const log = (fields: object, message: string): void => void logged.push([fields, message]);
  api = await startApi({
    reports: null,
    operators: source,
    attestor,
    engine,
    verifier: createTokenVerifier({ fetch, now: Date.now }),
    clock: () => performance.now(),
    logger: { info: log, warn: log, error: log },
    host: '127.0.0.1',
    port: 0,
  });
});
afterAll(async () => {
  await api.close();
  await engine.close();
  await harness.close();
  await db.close();
  await provider.close();
});

const ana = { sub: 'u-ana' };
const watcher = { sub: 'wim', groups: ['watchers'] };

async function ask(
  method: string,
  path: string,
  given: { readonly as?: JWTPayload; readonly body?: unknown; readonly headers?: Record<string, string> } = {},
): Promise<{ status: number; body: Record<string, unknown>; headers: Headers }> {
  const token = given.as === undefined ? null : await provider.token(given.as);
  const response = await fetch(`${api.url}${path}`, {
    method,
    headers: {
      ...(token !== null && { authorization: `Bearer ${token}` }),
      ...(given.body !== undefined && { 'content-type': 'application/json' }),
      ...given.headers,
    },
    ...(given.body !== undefined && { body: JSON.stringify(given.body) }),
  });
  const body = (await response.json()) as Record<string, unknown>;
  return { status: response.status, body, headers: response.headers };
}

const pathOf = ({ action }: Plan): string => `/v1/rollouts/${encodeURIComponent(action.name)}`;

/** Waits for an approval, an hour at most. */
function waitingPlan(): Plan {
  const plan = quickPlan();
  const wait = { kind: 'approve', reason: 'look at it', timeoutMs: 3_600_000, onTimeout: 'hold' } as const;
  const [first, ...others] = plan.steps;
  return { ...plan, steps: [first, wait, ...others] as Plan['steps'] };
}

async function begin(): Promise<{ plan: Plan; runId: string }> {
  const plan = waitingPlan();
  const started = await ask('POST', '/v1/rollouts', { as: ana, body: { plan, reason: 'new wording' } });
  expect(started).toMatchObject({ status: 201, body: { workflowId: rolloutWorkflowId(plan.action.name) } });
  const runId = String(started.body['runId']);
  const handle = harness.client.workflow.getHandle(rolloutWorkflowId(plan.action.name), runId);
  await harness.statusWhen(handle as never, ({ phase }) => phase === 'awaitingApproval');
  return { plan, runId };
}

/** What stands on record of it, once something does: it is written right after the act is taken. */
async function actsOf(runId: string, act: string): Promise<readonly TransitionRecord[]> {
  for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline;) {
    const found = records.filter((record) => record.rolloutId === runId && record.act === act);
    if (found.length > 0) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`There is no ${act} among ${records.map((record) => record.act).join(', ')}.`);
}

async function end(plan: Plan): Promise<void> {
  const over = await ask('POST', `${pathOf(plan)}/abort`, { as: ana, body: { reason: 'the test is over' } });
  expect(over.status).toBe(200);
}

test('a person starts, looks and acts; the record says whose token it was, and the token stands nowhere', async () => {
  const { plan, runId } = await begin();
  const token = await provider.token(ana);
  const paused = await ask('POST', `${pathOf(plan)}/pause`, {
    body: { reason: 'lunch', by: 'ana' },
    headers: { authorization: `Bearer ${token}` },
  });
  expect(paused).toMatchObject({ status: 200, body: { delivered: 'applied', status: { paused: true } } });
  const seen = await ask('GET', pathOf(plan), { as: watcher });
  expect(seen).toMatchObject({ status: 200, body: { running: true, status: { version: '1.5.0', paused: true } } });
  expect(seen.headers.get('cache-control')).toBe('no-store');
  expect(seen.headers.get('access-control-allow-origin')).toBeNull();
  await end(plan);
  for (const act of ['validating', 'pause', 'abort'])
    expect(await actsOf(runId, act)).toMatchObject([
      { actor: 'ana', proof: { verifiedBy: 'oidc', subject: `${provider.issuer}#u-ana` } },
    ]);
  const handle = harness.client.workflow.getHandle(rolloutWorkflowId(plan.action.name), runId);
  const everything = JSON.stringify([await handle.fetchHistory(), records, logged]);
  const decoded = everything.replaceAll(/"data":"([^"]+)"/g, (_all, data: string) =>
    Buffer.from(data, 'base64').toString(),
  );
  for (const part of token.split('.').slice(1)) expect(decoded).not.toContain(part);
  expect(decoded).toContain('u-ana');
});

test('who may not is told so, on record, whatever they say in the body', async () => {
  const { plan, runId } = await begin();
  const refused = await ask('POST', `${pathOf(plan)}/approve`, { as: watcher, body: { reason: 'let me' } });
  expect(refused).toMatchObject({ status: 403, body: { code: 'act-forbidden' } });
  expect(String(refused.body['detail'])).toContain('ci:wim has only viewer');
  expect(await actsOf(runId, 'refused')).toMatchObject([
    { actor: 'ci:wim', reason: expect.stringContaining('let me') as string },
  ]);
  const escalations: readonly [object, number, string][] = [
    [{ reason: 'x', by: 'root' }, 403, 'api-not-allowed'],
    [{ reason: 'x', groups: ['admins'] }, 422, 'api-body-invalid'],
    [{ reason: 'x', signature: 'abc' }, 422, 'api-body-invalid'],
  ];
  for (const [body, status, code] of escalations)
    expect(await ask('POST', `${pathOf(plan)}/approve`, { as: watcher, body })).toMatchObject({
      status,
      body: { code },
    });
  // The name of an operator whose entry does not name this account.
  const twin = await ask('GET', '/v1/me', { as: { sub: 'u', groups: ['admins', 'x'.repeat(300)] } });
  expect(twin.body).toMatchObject({ name: 'ci:u', groups: ['admins'] });
  await end(plan);
});

test('a stranger who can sign in leaves no trace in the engine, and learns who they are', async () => {
  const plan = waitingPlan();
  const started = await ask('POST', '/v1/rollouts', { as: { sub: 'guest' }, body: { plan } });
  expect(started).toMatchObject({ status: 403, body: { code: 'api-not-allowed' } });
  expect(await ask('GET', pathOf(plan), { as: watcher })).toMatchObject({
    status: 404,
    body: { code: 'rollout-not-found' },
  });
  expect(await ask('GET', '/v1/me', { as: { sub: 'guest' } })).toMatchObject({
    status: 200,
    body: { name: 'ci:guest' },
  });
});

test('the same act twice, at once and later, is taken once; its key is good for no other', async () => {
  const { plan, runId } = await begin();
  const headers = { 'idempotency-key': randomUUID() };
  const pause = (reason: string) => ask('POST', `${pathOf(plan)}/pause`, { as: ana, body: { reason }, headers });
  const answers = [...(await Promise.all([pause('lunch'), pause('lunch')])), await pause('lunch')];
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(await actsOf(runId, 'pause')).toHaveLength(1);
  expect(await pause('dinner')).toMatchObject({ status: 422, body: { code: 'api-key-reused' } });
  await end(plan);
  expect(await ask('POST', `${pathOf(plan)}/pause`, { as: ana, body: { reason: 'late' } })).toMatchObject({
    status: 409,
    body: { code: expect.stringMatching(/update-rejected|rollout-ended/) as string },
  });
});

test('a job of a CI acts by its branch, and another branch does not', async () => {
  const { plan, runId } = await begin();
  const job = (ref: string) => ({ sub: `repo:acme/cards:ref:refs/heads/${ref}` });
  const approve = (ref: string) =>
    ask('POST', `${pathOf(plan)}/approve`, { as: job(ref), body: { reason: 'build 7' } });
  expect(await approve('feature')).toMatchObject({ status: 403 });
  expect(await approve('main')).toMatchObject({ status: 200 });
  expect(await actsOf(runId, 'approve')).toMatchObject([{ actor: 'ci:repo:acme/cards:ref:refs/heads/main' }]);
});

test('the command line works over it as over Temporal: starts, looks, lists, acts, and hears the same refusals', async () => {
  const bounded = createBoundedFetch({ timeoutMs: 60_000, maxBytes: 1024 * 1024, agentFor: () => undefined });
  const remote = (as: JWTPayload) =>
    createRemoteConfigurator({ url: api.url, fetch: bounded, token: () => provider.token(as) });
  const plan = waitingPlan();
  const mine = remote(ana);
  const { runId } = await mine.startRollout(plan, { by: TOKEN_HOLDER, reason: 'new wording' });
  for await (const { status } of mine.followRollout(plan.action.name, { runId, pollMs: 50 }))
    if (status.phase === 'awaitingApproval') break;
  const act = { by: TOKEN_HOLDER, reason: 'lunch' };
  expect(await mine.act('pause', plan.action.name, act, runId)).toMatchObject({ status: { paused: true } });
  expect(await mine.isRunning(rolloutWorkflowId(plan.action.name), runId)).toBe(true);
  await expect(remote(watcher).act('approve', plan.action.name, act)).rejects.toMatchObject({ code: 'act-forbidden' });
  await expect(mine.act('pause', plan.action.name, { ...act, by: 'root' })).rejects.toMatchObject({
    code: 'api-not-allowed',
  });
  await expect(mine.status('Nowhere')).rejects.toMatchObject({ code: 'rollout-not-found' });
  await expect(mine.startRollout(plan, act)).rejects.toMatchObject({
    code: 'rollout-already-running',
    details: { runId },
  });
  await expect(mine.story(plan.action.name)).rejects.toMatchObject({ code: 'api-not-here' });
  expect(() => mine.decisionRecord(plan.action.name)).toThrow('does not do that');
  await mine.act('abort', plan.action.name, { ...act, reason: 'over' });
  const nobody = createRemoteConfigurator({
    url: 'http://127.0.0.1:9',
    fetch: bounded,
    token: () => Promise.resolve('a.b.c'),
  });
  await expect(nobody.list()).rejects.toMatchObject({ code: 'api-unreachable' });
});

test('what the api process signed is good once, for one run; nobody else may speak for others', async () => {
  const { plan, runId } = await begin();
  const workflowId = rolloutWorkflowId(plan.action.name);
  const handle = harness.client.workflow.getHandle(workflowId, runId);
  const oidc = { iss: provider.issuer, sub: 'u-ana', groups: [] };
  const signAs = (key: typeof attestor, by: string, on = runId) =>
    signed({ key, oidc }, { act: 'pause', by, workflowId, runId: on }, { by, reason: 'lunch' });
  const refusalOf = (given: object): Promise<string> =>
    handle.executeUpdate('pause', { args: [given] }).then(
      () => 'it was taken',
      (error: { cause?: Error }) => error.cause?.message ?? '',
    );
  expect(await refusalOf(signAs(stranger, 'ana'))).toContain('may not speak for others');
  expect(await refusalOf(signAs(attestor, 'root'))).toContain('the signature is "ana"');
  expect(await refusalOf({ ...signAs(attestor, 'ana'), reason: 'another' })).toContain('not what was signed');
  const good = signAs(attestor, 'ana');
  expect(await refusalOf(good)).toBe('it was taken');
  expect(await refusalOf(good)).toContain('used before');
  await end(plan);
  const other = await begin();
  const there = harness.client.workflow.getHandle(rolloutWorkflowId(other.plan.action.name), other.runId);
  const elsewhere = there.executeUpdate('pause', { args: [signAs(attestor, 'ana')] });
  await expect(elsewhere).rejects.toMatchObject({
    cause: { message: expect.stringContaining('signed for') as string },
  });
  await end(other.plan);
});

test.each<[string, string, object, number, string]>([
  ['GET', '/v1/rollouts', {}, 401, 'api-token-missing'],
  ['GET', '/v1/rollouts', { headers: { authorization: 'Basic YTpi' } }, 401, 'api-token-missing'],
  ['GET', '/v1/rollouts', { headers: { authorization: 'Bearer a.b.c' } }, 401, 'api-token-refused'],
  ['GET', '/v1/rollouts', { as: { ...ana, aud: 'another' } }, 401, 'api-token-refused'],
  ['GET', '/v1/rollouts?limit=0', { as: ana }, 422, 'api-body-invalid'],
  ['GET', '/v1/rollouts?colour=red', { as: ana }, 422, 'api-body-invalid'],
  ['GET', '/v1/audit?limit=201', { as: ana }, 422, 'api-body-invalid'],
  ['GET', '/v1/audit?of=Card', { as: { sub: 'guest' } }, 403, 'api-not-allowed'],
  ['GET', '/v1/audit', { as: { sub: 'narrow', groups: ['refunders'] } }, 403, 'api-not-allowed'],
  ['DELETE', '/v1/rollouts', { as: ana }, 405, 'api-method-not-allowed'],
  ['GET', '/v2', { as: ana }, 404, 'api-not-found'],
  ['POST', '/v1/rollouts/Card/explode', { as: ana, body: { reason: 'x' } }, 404, 'api-not-found'],
  ['POST', '/v1/rollouts/Nowhere/pause', { as: ana, body: { reason: 'x' } }, 404, 'rollout-not-found'],
  ['POST', '/v1/rollouts/Card/pause', { as: ana, body: { reason: '' } }, 422, 'usage'],
  ['POST', '/v1/rollouts/Card/pause', { as: ana, body: {} }, 422, 'api-body-invalid'],
  ['POST', '/v1/rollouts/Card/pause', { as: ana, headers: { 'content-type': 'text/plain' } }, 422, 'api-body-invalid'],
  ['POST', '/v1/rollouts', { as: ana, body: { plan: { steps: 7 } } }, 422, 'api-body-invalid'],
  ['POST', '/v1/rollouts', { as: ana, body: { plan: 'x'.repeat(5_000_000) } }, 413, 'api-body-too-large'],
])('%s %s is refused with one clear problem', async (method, path, given, status, code) => {
  const answer = await ask(method, path, given);
  expect(answer).toMatchObject({ status, body: { status, code, detail: expect.stringMatching(/./) as string } });
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  expect(answer.headers.get('cache-control')).toBe('no-store');
  if (status === 401) expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
});

test('one person who asks without end is told to wait, and nobody else is', async () => {
  const pause = () =>
    ask('POST', '/v1/rollouts/Nowhere/pause', { as: { sub: 'eager', groups: ['watchers'] }, body: {} });
  const statuses = new Set<number>();
  for (let at = 0; at < 61; at += 1) statuses.add((await pause()).status);
  expect(statuses).toEqual(new Set([422, 429]));
  expect((await ask('GET', '/v1/rollouts', { as: watcher })).status).toBe(200);
});
