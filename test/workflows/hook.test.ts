/** A hook that is asked over real HTTP by a rollout that waits for it. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { askHook } from '../../src/activities/hook.ts';
import { readHooks } from '../../src/config/hooks.ts';
import type { HookStep } from '../../src/domain/plan/steps/hook.ts';
import type { Step } from '../../src/domain/plan/steps/steps.ts';
import type { HookProgress } from '../../src/domain/hook/answer.ts';
import { hookProgressOf } from '../../src/configurator/progress.ts';
import { createHooks } from '../../src/hooks/hooks.ts';
import { newWebhookSecret } from '../../src/webhooks/secret.ts';
import { ACT_UPDATES } from '../../src/workflows/messages.ts';
import { PATIENCE_MS, untilHolds } from '../helpers/patience.ts';
import type { Harness, RolloutHandle } from '../helpers/rollout-harness.ts';
import { activitiesOf, quickPlan, ScriptedOrganisation, startHarness } from '../helpers/rollout-harness.ts';

interface Call {
  readonly id: unknown;
  readonly body: Record<string, unknown>;
}

const who = { by: 'ana', reason: 'test' };
const secret = newWebhookSecret();
const hooks = createHooks(
  readHooks({ HOOK_SECRETS: `gate=${secret}`, HOOKS_ALLOWED_HOSTS: '127.0.0.1' }, () => undefined),
  // One that hangs is not called a second time beside what a test waits for.
  { now: Date.now, timeoutMs: PATIENCE_MS },
);

let org: ScriptedOrganisation;
let harness: Harness;
let gate: Server;
let url: string;
let calls: Call[];
let answer: (call: number) => { readonly status?: number; readonly body?: object } | 'hang';

beforeAll(async () => {
  gate = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>;
      calls.push({ id: request.headers['webhook-id'], body });
      const said = answer(calls.length);
      if (said === 'hang') return;
      response.writeHead(said.status ?? 200);
      response.end(JSON.stringify(said.body ?? {}));
    });
  });
  gate.listen(0, '127.0.0.1');
  await once(gate, 'listening');
  url = `http://127.0.0.1:${(gate.address() as AddressInfo).port}/gate`;
  harness = await startHarness(activitiesOf(() => org));
});
afterAll(async () => {
  await harness.close();
  gate.closeAllConnections();
  gate.close();
});
beforeEach(() => {
  calls = [];
  org = new ScriptedOrganisation();
  org.hook = (question) => askHook({ hooks }, question, () => 0);
});

function steps(more: Partial<HookStep> = {}): Step[] {
  const [split, bake, ...rest] = quickPlan().steps;
  const hook = {
    kind: 'hook',
    url,
    secret: 'gate',
    timeoutMs: 600_000,
    onTimeout: 'hold',
    onRefuse: 'rollback',
  } as const;
  return [split, bake, { ...hook, ...more }, ...rest].filter((step) => step !== undefined);
}
const start = (more: Partial<HookStep> = {}): Promise<RolloutHandle> =>
  harness.start(quickPlan({ steps: steps(more) }));

async function called(times: number): Promise<void> {
  await untilHolds(`the hook is called ${times} times`, () => calls.length >= times);
}

test('waits and failures are asked again under one id, a confirmation goes on, and all of it is little history', async () => {
  answer = (call) =>
    call === 1 ? { status: 503 } : { body: call === 2 ? { decision: 'wait', retryAfter: 0 } : { decision: 'confirm' } };
  const handle = await start();
  expect((await handle.result()).outcome).toBe('promoted');
  expect(new Set(calls.map(({ id }) => id))).toEqual(new Set([`hook_${handle.firstExecutionRunId}_2`]));
  expect(calls.length).toBe(3);
  expect(calls[0]?.body).toMatchObject({
    type: 'assist-rollouts.hook',
    rollout: handle.firstExecutionRunId,
    version: '1.5.0',
    baselineVersion: '1.4.0',
    splitPercent: 10,
    nextSplitPercent: 50,
    step: { number: 3, of: 5 },
    verdict: 'safe',
    cards: { baseline: 900, candidate: 100 },
  });
  expect(calls[2]?.body).toEqual(calls[0]?.body);
  expect(org.records.map(({ act }) => act)).toEqual(expect.arrayContaining(['awaitingHook', 'hookAnswered']));
  const history = JSON.stringify((await handle.fetchHistory()).events);
  expect(history).not.toContain(secret);
  expect((history.match(/"askHook"/g) ?? []).length).toBe(1);
});

test('a refusal rolls back with its reason', async () => {
  answer = () => ({ body: { decision: 'refuse', reason: 'no change on Fridays' } });
  const result = await (await start()).result();
  expect(result).toMatchObject({
    outcome: 'rolledBack',
    reason: expect.stringMatching(/\/gate refuses: no change on Fridays$/) as string,
  });
  expect(org.writes).not.toContain('split 50');
});

test('a refusal that holds, and a time-out that holds, ask a person; advance goes on', async () => {
  answer = () => ({ body: { decision: 'refuse' } });
  const refused = await start({ onRefuse: 'hold' });
  const status = await harness.statusWhen(refused, ({ phase }) => phase === 'held');
  expect(status.reason).toContain('refuses: it gives no reason');
  expect(status.canDo).toContain('advance');
  await refused.executeUpdate(ACT_UPDATES.advance, { args: [who] });
  expect((await refused.result()).outcome).toBe('promoted');

  answer = () => 'hang';
  const late = await start({ timeoutMs: 300 });
  expect((await harness.statusWhen(late, ({ phase }) => phase === 'held')).reason).toContain('did not decide within');
  await late.executeUpdate(ACT_UPDATES.abort, { args: [who] });
  expect((await late.result()).outcome).toBe('rolledBack');
});

test('a time-out that rolls back does', async () => {
  answer = () => ({ status: 202 });
  const result = await (await start({ timeoutMs: 300, onTimeout: 'rollback' })).result();
  expect(result).toMatchObject({
    outcome: 'rolledBack',
    reason: expect.stringContaining('did not decide within') as string,
  });
});

test('guardrails stay live while a hook hangs: harm rolls back', async () => {
  answer = () => 'hang';
  const handle = await start();
  await called(1);
  org.verdict = 'harm';
  expect(await handle.result()).toMatchObject({ outcome: 'rolledBack', reason: 'scripted: harm' });
});

test('an abort ends the wait at once, and a pause stands still; what is confirmed meanwhile counts once it is over', async () => {
  answer = () => 'hang';
  const aborted = await start();
  await called(1);
  await aborted.executeUpdate(ACT_UPDATES.abort, { args: [who] });
  expect((await aborted.result()).outcome).toBe('rolledBack');

  let isOpen = false;
  answer = () =>
    isOpen ? { body: { decision: 'confirm' } } : { body: { decision: 'wait', reason: 'board', retryAfter: 0 } };
  const paused = await start();
  await called(3);
  // What it beats with travels a moment later.
  let progress: HookProgress | null = null;
  await untilHolds('it tells what the hook said', async () => {
    const { raw } = await paused.describe();
    progress = await hookProgressOf(harness.client, raw.pendingActivities ?? []);
    return progress !== null;
  });
  expect(progress).toEqual({ tries: expect.any(Number) as number, lastReply: 'wait: board' });
  await paused.executeUpdate(ACT_UPDATES.pause, { args: [who] });
  isOpen = true;
  await called(calls.length + 1);
  expect((await harness.statusWhen(paused, (status) => status.paused)).splitPercent).toBe(10);
  await paused.executeUpdate(ACT_UPDATES.resume, { args: [who] });
  expect((await paused.result()).outcome).toBe('promoted');
});

/** Bakes until somebody acts, then a hook. */
function long(more: Partial<HookStep> = {}): Step[] {
  return steps(more).map((step, at) => (at === 1 && step.kind === 'bake' ? { ...step, ...HOURS } : step));
}
const HOURS = { forMs: 3_600_000, atMostMs: 7_200_000 };

async function promoteInBake(handle: RolloutHandle): Promise<void> {
  await harness.statusWhen(handle, ({ phase }) => phase === 'baking');
  await handle.executeUpdate(ACT_UPDATES.promote, { args: [{ by: 'ana', reason: 'the law changes today' }] });
}

test('a promotion passes over bakes and splits, and asks the hook that is still to come for all of it', async () => {
  answer = () => ({ body: { decision: 'confirm' } });
  const handle = await harness.start(quickPlan({ steps: long() }));
  await promoteInBake(handle);
  const result = await handle.result();
  expect(result.outcome).toBe('promoted');
  expect(org.writes).not.toContain('split 50');
  expect(calls.map(({ id }) => id)).toEqual([`hook_${handle.firstExecutionRunId}_2_promote`]);
  expect(calls[0]?.body).toMatchObject({ splitPercent: 10, nextSplitPercent: 100 });
  expect(result.steps.map(({ state }) => state)).toEqual(['done', 'skipped', 'done', 'skipped', 'skipped']);
  const begun = org.records.filter(({ act }) => act === 'stepStarted').map(({ reason }) => reason);
  expect(begun.at(-2)).toMatch(/^step 3 of 5: hook.* \(a promotion passes over 2\)$/);
  expect(begun.at(-1)).toBe('no step is left (a promotion passes over 4, 5)');
});

test('a hook that refuses a promotion rolls back, or holds: whoever promotes then has seen it', async () => {
  answer = () => ({ body: { decision: 'refuse', reason: 'no change on Fridays' } });
  const back = await harness.start(quickPlan({ steps: long() }));
  await promoteInBake(back);
  expect(await back.result()).toMatchObject({ outcome: 'rolledBack' });

  const held = await harness.start(quickPlan({ steps: long({ onRefuse: 'hold' }) }));
  await promoteInBake(held);
  expect((await harness.statusWhen(held, ({ phase }) => phase === 'held')).splitPercent).toBe(10);
  await held.executeUpdate(ACT_UPDATES.promote, { args: [{ by: 'ana', reason: 'the board has said yes' }] });
  expect(await held.result()).toMatchObject({ outcome: 'promoted', reason: 'promote by ana: the board has said yes' });
  expect(org.records.find(({ act }) => act === 'lapsed')?.reason).toMatch(
    /refuses: no change on Fridays\. The promotion that ana asked for does not go past it\.$/,
  );
});

test('a promotion while a hook is asked does not take its word for the next split as one for all', async () => {
  answer = () => (calls.length > 1 ? { body: { decision: 'confirm' } } : 'hang');
  const handle = await start();
  await called(1);
  await handle.executeUpdate(ACT_UPDATES.promote, { args: [{ by: 'ana', reason: 'the law changes today' }] });
  expect((await handle.result()).outcome).toBe('promoted');
  expect(calls.map(({ body }) => body['nextSplitPercent'])).toEqual([50, 100]);
});

test('a promotion stops at an approval whose override has lapsed while a hook was asked', async () => {
  let isOpen = false;
  answer = () => ({ body: isOpen ? { decision: 'confirm' } : { decision: 'wait', retryAfter: 0 } });
  const approve = { kind: 'approve', reason: 'leads agree', timeoutMs: 600_000, onTimeout: 'hold' } as const;
  const all = long();
  const handle = await harness.start(quickPlan({ steps: [...all.slice(0, 3), approve, ...all.slice(3)] }));
  await harness.statusWhen(handle, ({ phase }) => phase === 'baking');
  const until = new Date(Date.now() + 8_000).toISOString();
  const letPass = { by: 'ana', reason: 'both leads are ill', until, approvals: true } as const;
  await handle.executeUpdate(ACT_UPDATES.override, { args: [letPass] });
  await promoteInBake(handle);
  await called(1);
  await new Promise((resolve) => setTimeout(resolve, Date.parse(until) - Date.now() + 200));
  isOpen = true;
  const status = await harness.statusWhen(handle, ({ phase }) => phase === 'awaitingApproval');
  expect(status.splitPercent).toBe(10);
  expect(status.steps[3]?.state).toBe('running');
  await handle.executeUpdate(ACT_UPDATES.abort, { args: [who] });
  await handle.result();
  expect(org.records.find(({ act }) => act === 'lapsed')?.reason).toContain('stops before an approval');
});

test('a worker that goes while a hook is asked is no new call: the next asks under the same id', async () => {
  let isBack = false;
  answer = () => (isBack ? { body: { decision: 'confirm' } } : { body: { decision: 'wait', retryAfter: 1 } });
  const handle = await start();
  await called(1);
  await harness.withoutWorkers(() => {
    isBack = true;
    return Promise.resolve();
  });
  expect((await handle.result()).outcome).toBe('promoted');
  expect(new Set(calls.map(({ id }) => id)).size).toBe(1);
});

test('a notify step is on record, and goes on', async () => {
  const [first, ...rest] = quickPlan().steps;
  const plan = quickPlan({ steps: [...(first ? [first] : []), { kind: 'notify', message: 'begun' }, ...rest] });
  expect((await (await harness.start(plan)).result()).outcome).toBe('promoted');
  expect(org.records.map(({ act }) => act)).toContain('notified');
});
