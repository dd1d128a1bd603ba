/** Whole rollouts on queues of assistants: promoted, and taken back by an abort, on real parts under faults. */
import { DEFAULT_POLICIES } from '../../src/domain/plan/default-policies.ts';
import type { Plan } from '../../src/domain/plan/plan.ts';
import { startResponder } from '../../src/responder/responder.ts';
import type { Responder } from '../../src/responder/responder.ts';
import { SEEDED_ASSISTANTS } from '../../src/sandbox/copilot/seeded-assistants.ts';
import { seededQueues } from '../../src/sandbox/seeded-organisation.ts';
import { seenRun } from '../../src/guardian/seen-run.ts';
import { lostOf } from '../../src/configurator/lost.ts';
import { listAudit } from '../../src/store/audit.ts';
import { listRolloutRows } from '../../src/store/rollouts.ts';
import {
  ACT_UPDATES,
  GUARDIAN_WORKFLOW,
  recoverWorkflowId,
  ROLLOUTS_QUEUE,
  statusQuery,
} from '../../src/workflows/messages.ts';
import type { RolloutHandle } from '../helpers/rollout-harness.ts';
import { clientOf } from '../genesys/with-organisation.ts';
import { signIn } from '../helpers/organisation-api.ts';
import { baking, HALF, LONG_BAKE, untilHolds } from '../helpers/outside.ts';
import type { Stack } from '../helpers/stack.ts';
import { fault, startStack } from '../helpers/stack.ts';

jest.setTimeout(300_000);

const BUSY_QUEUES = 9;
const [BASELINE, CANDIDATE] = [SEEDED_ASSISTANTS.baseline.id, SEEDED_ASSISTANTS.candidate.id];
const QUEUES = seededQueues(BUSY_QUEUES).map(({ id }) => id);

let stack: Stack;
let responder: Responder;
const closers: (() => void)[] = [];
beforeAll(async () => {
  stack = await startStack({
    rateLimitPerMinute: 30_000,
    traffic: { cardsPerSecond: 20, busyQueues: BUSY_QUEUES, lingerMs: 3_000, past: { hours: 100, conversations: 500 } },
  });
  const [client, answers] = [0, 1].map(() => {
    const credentials = { clientId: 'sandbox-client', clientSecret: 'sandbox-secret' };
    const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
    const made = clientOf(stack.sandbox.url, { ...credentials, callsPerMinute: 30_000, now: Date.now, sleep });
    closers.push(() => made.close());
    return made;
  });
  if (client === undefined || answers === undefined) throw new Error('Two clients were made.');
  const logger = { debug: () => undefined, warn: () => undefined };
  responder = await startResponder({
    client,
    answers,
    db: stack.db,
    now: Date.now,
    random: Math.random,
    logger,
    groupMs: 100,
  });
});
afterAll(async () => {
  await responder.close();
  for (const close of closers) close();
  await stack.close();
});

/** Ends by itself: what is tried is the way there and back, not the verdict. */
function planOf(over: Pick<Plan, 'target' | 'action'> & Partial<Plan>): Plan {
  return {
    apiVersion: 'assist-rollouts/v1',
    steps: [
      { kind: 'setSplit', percent: 50 },
      { kind: 'bake', forMs: 2_000, atMostMs: 60_000, minCards: 3, require: 'noHarm' },
    ],
    guardrails: [
      {
        metric: 'acceptanceRate',
        worseWhen: 'lower',
        margin: { kind: 'relative', value: 0.5 },
        alpha: 1e-9,
        mode: 'enforce',
      },
    ],
    policies: {
      ...DEFAULT_POLICIES,
      onUndecided: 'promote',
      onUntrusted: 'rollback',
      settleMs: 5_000,
      afterPromotionMs: 100,
      holdbackPercent: 0,
    },
    ...over,
  };
}

const queuesPlan = (version: string, baseline: string, candidate: string): Plan =>
  planOf({
    target: { kind: 'copilotQueues', pairs: QUEUES.map((queue) => ({ queue, baseline, candidate })) },
    action: { name: 'RefundCopilot', version },
  });

async function abortWhileBaking(handle: RolloutHandle): Promise<void> {
  for (;;) {
    const { phase, outcome } = await handle.query(statusQuery);
    if (outcome !== null) throw new Error(`It has ended as ${outcome}.`);
    if (phase === 'baking') break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await handle.executeUpdate(ACT_UPDATES.abort, { args: [{ by: 'ana', reason: 'seen enough' }] });
}

async function listedQueues(): Promise<{ readonly id: string; readonly assistant: { readonly id: string } }[]> {
  const call = await signIn(stack.sandbox.url);
  const path = `assistants/queues?expand=assistant&pageSize=200&queueIds=${QUEUES.join(',')}`;
  const { entities } = await call<{ entities: Awaited<ReturnType<typeof listedQueues>> }>('GET', path);
  expect(entities).toHaveLength(QUEUES.length);
  return entities;
}

const assistantsOfQueues = async (): Promise<Set<string>> =>
  new Set((await listedQueues()).map(({ assistant }) => assistant.id));

const queuesOn = async (given: string): Promise<string[]> =>
  (await listedQueues()).flatMap(({ id, assistant }) => (assistant.id === given ? [id] : []));

test('queues: terminated while a third assistant has one: the recovery names it, goes on until it is given back, and proves it', async () => {
  const handle = await stack.start({
    ...queuesPlan('1.0.0', BASELINE, CANDIDATE),
    steps: [HALF, LONG_BAKE],
  });
  await baking(handle);
  const call = await signIn(stack.sandbox.url);
  const { id: third } = await call<{ id: string }>('POST', 'assistants', {
    name: 'A third',
    transcriptionConfig: { vendorName: 'Genesys' },
  });
  const give = (assistant: string, id: string) =>
    call('PUT', `assistants/${assistant}/queues/${id}`, { id, mediaTypes: ['Call', 'Message'] });
  const [taken = ''] = await queuesOn(CANDIDATE);
  await give(third, taken);
  await handle.terminate('a click in the Web UI');
  const rolloutId = handle.firstExecutionRunId;
  const recovery = stack.client.workflow.getHandle(recoverWorkflowId('RefundCopilot'));
  await lookAndLeave();
  const whyItWaits = async (): Promise<string> =>
    (await recovery.describe()).raw.pendingActivities?.[0]?.lastFailure?.message ?? '';
  await untilHolds('the recovery waits for a person', async () =>
    (await whyItWaits()).includes(`${taken} to ${third}`),
  );
  // Several attempts: none of them forgets what the first has written.
  await untilHolds('it is tried again', async () => {
    const { raw, status } = await recovery.describe();
    return status.name !== 'RUNNING' || (raw.pendingActivities?.[0]?.attempt ?? 0) > 3;
  });
  expect((await recovery.describe()).status.name).toBe('RUNNING');
  expect(await queuesOn(CANDIDATE)).toEqual([]);
  expect(await queuesOn(third)).toEqual([taken]);
  const acts = async () => (await listAudit(stack.db, { rolloutId })).filter(({ actor }) => actor === 'guardian');
  expect((await acts()).filter(({ act }) => act === 'needsPerson')).toMatchObject([
    { reason: expect.stringContaining(`queue ${taken} to ${third}`) as string },
  ]);
  expect((await acts()).filter(({ act }) => act === 'restored')).toEqual([]);

  // Whoever asks for the status, or for what waits, reads which queue it is.
  const run = await seenRun(stack.client, await handle.describe());
  expect(await lostOf(stack.client, run, 'RefundCopilot', Date.now())).toMatchObject({
    recovery: { kind: 'underWay', why: expect.stringContaining(`queue ${taken} to ${third}`) as string },
  });

  await give(BASELINE, taken);
  expect(await recovery.result()).toMatchObject({ kind: 'restored', rolloutId });
  const restored = (await acts()).filter(({ act }) => act === 'restored');
  expect(restored).toMatchObject([{ after: { splitPercent: 0 } }]);
  // What the first attempt found; the last has found nobody on the candidate.
  expect((restored.map(({ before }) => before) as { splitPercent: number }[])[0]?.splitPercent).toBeGreaterThan(0);
  const [row] = await listRolloutRows(stack.db, { action: 'RefundCopilot' });
  expect(row).toMatchObject({ rolloutId, phase: 'terminated', safety: { provenByReadBack: true } });
  expect(await assistantsOfQueues()).toEqual(new Set([BASELINE]));
});

/** One run of the guardian; what it begins goes on by itself. */
async function lookAndLeave(): Promise<void> {
  await stack.client.workflow.execute(GUARDIAN_WORKFLOW, {
    workflowId: 'guardian-by-hand',
    taskQueue: ROLLOUTS_QUEUE,
    args: [{ gapMs: 300, rules: { sharedMs: 0 } }],
  });
}

test('queues: promoted with every queue on the next assistant; then taken back, though answers were lost and writes refused', async () => {
  await fault(stack, { match: { method: 'PUT', pathPrefix: '/api/v2/assistants' }, times: 2, dropAnswer: 'afterWork' });
  const promoted = await (await stack.start(queuesPlan('1.1.0', BASELINE, CANDIDATE))).result();
  expect(`${promoted.outcome}: ${promoted.reason}`).toMatch(/^promoted: /);
  expect(promoted).toMatchObject({ safety: { provenByReadBack: true } });
  expect(await assistantsOfQueues()).toEqual(new Set([CANDIDATE]));

  const next = queuesPlan('1.2.0', CANDIDATE, BASELINE);
  const handle = await stack.start({ ...next, steps: [HALF, LONG_BAKE] });
  await fault(stack, { match: { method: 'PUT', pathPrefix: '/api/v2/assistants' }, times: 1, status: 429 });
  await abortWhileBaking(handle);
  await fault(stack, { match: { method: 'PUT', pathPrefix: '/api/v2/assistants' }, times: 2, status: 503 });
  expect(await handle.result()).toMatchObject({ outcome: 'rolledBack', safety: { provenByReadBack: true } });
  expect(await assistantsOfQueues()).toEqual(new Set([CANDIDATE]));
});
