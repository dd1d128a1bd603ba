/** Whoever holds the id of a recovery and brings nothing back keeps no baseline away, on real parts. */
import { randomUUID } from 'node:crypto';
import { createTemporalLink } from '../../src/configurator/connection.ts';
import type { TemporalLink } from '../../src/configurator/connection.ts';
import { recoverAction } from '../../src/configurator/recover.ts';
import { SEEDED_BASELINE } from '../../src/sandbox/seeded-organisation.ts';
import { listAudit } from '../../src/store/audit.ts';
import { RECOVER_WORKFLOW, recoverWorkflowId, ROLLOUTS_QUEUE, SAFETY_QUEUE } from '../../src/workflows/messages.ts';
import { PATIENCE_MS } from '../helpers/patience.ts';
import type { Stack } from '../helpers/stack.ts';
import { actionsOf, fault, startStack } from '../helpers/stack.ts';
import { testTemporal } from '../helpers/temporal.ts';
import type { Hands } from './by-hand.ts';
import { handsOn, lookNow, until } from './by-hand.ts';

jest.setTimeout(240_000);

const ACTION = 'RefundAssist';

let stack: Stack;
let hands: Hands;
let link: TemporalLink;

beforeAll(async () => {
  stack = await startStack();
  hands = await handsOn(stack.sandbox.url);
  const { address, namespace } = await testTemporal();
  link = createTemporalLink({ connectionOptions: { address }, address, namespace, uiUrl: null });
});
/** Of a rollout that is gone. */
beforeEach(async () => {
  for (const { id, version } of await hands.list()) if (version !== '1.4.0') await hands.remove(id);
  await hands.create({
    ...SEEDED_BASELINE,
    name: `${ACTION} v1.5.0`,
    version: '1.5.0',
    metadata: { traffic_split: 20, ab_test_group: 'candidate', version: '1.5.0', rollout_id: randomUUID() },
  });
});
afterAll(async () => {
  await link?.close();
  await stack?.close();
});

const restored = {
  '1.4.0': { enabled: true, metadata: { traffic_split: 100 } },
  '1.5.0': { enabled: false, metadata: { traffic_split: 0 } },
};

/** Who holds the id, and what is said of it. */
const HOLDERS: readonly (readonly [string, () => Promise<string>, RegExp])[] = [
  ['a workflow of another type', () => hold({ type: 'nonsense' }), /it is a workflow of type "nonsense"/],
  [
    'a recovery on a queue where nobody takes it',
    () => hold({ taskQueue: SAFETY_QUEUE }),
    /it waits on task queue "safety"/,
  ],
  ['a recovery that begins tomorrow', () => hold({ startDelay: '1 day' }), /nothing of it is due before 20/],
  ['a recovery whose activity is paused', holdPaused, /its activity restoreBaseline is paused/],
];

test.each(HOLDERS)('%s: the guardian ends it, on record once, and the baseline comes back', async (_, begin, why) => {
  const runId = await begin();
  expect(await lookNow(stack)).toEqual([expect.stringMatching(`^unwatched/${ACTION}/`)]);
  await until('the baseline', async () => (await actionsOf(stack))['1.5.0']?.enabled === false);
  expect(await actionsOf(stack)).toMatchObject(restored);
  expect(await endOf(runId)).toEqual({ identity: 'guardian', reason: expect.stringMatching(why) as string });
  const freed = (await listAudit(stack.db)).filter(
    ({ act, reason }) => act === 'recoveryFreed' && reason?.includes(runId),
  );
  expect(freed).toMatchObject([{ actor: 'guardian', action: ACTION, reason: expect.stringMatching(why) as string }]);
});

test.each(HOLDERS)('%s: recover by hand ends it, says so, and the baseline comes back', async (_, begin, why) => {
  const runId = await begin();
  const result = await recoverAction(link, ACTION, { by: 'ana', reason: 'it hangs' }, PATIENCE_MS);
  expect(result).toMatchObject({ recovery: { kind: 'restored' }, freed: expect.stringMatching(why) as string });
  expect(result.freed).toContain(runId);
  expect(await actionsOf(stack)).toMatchObject(restored);
  expect(await endOf(runId)).toEqual({ identity: 'ana', reason: expect.stringMatching(why) as string });
});

async function hold({
  type = RECOVER_WORKFLOW,
  ...options
}: {
  readonly type?: string;
  readonly taskQueue?: string;
  readonly startDelay?: '1 day';
}): Promise<string> {
  const { firstExecutionRunId } = await stack.client.workflow.start(type, {
    workflowId: recoverWorkflowId(ACTION),
    taskQueue: ROLLOUTS_QUEUE,
    args: [{ action: ACTION, by: 'mallory', reason: 'x' }],
    ...options,
  });
  return firstExecutionRunId;
}

async function holdPaused(): Promise<string> {
  await fault(stack, { match: { pathPrefix: '/api/v2/agentassist/actions' }, times: 10_000, status: 403 });
  const runId = await hold({});
  const { client } = stack;
  await until('the activity to be paused', async () => {
    const execution = { workflowId: recoverWorkflowId(ACTION), runId };
    await client.workflowService
      .pauseActivity({
        namespace: client.options.namespace,
        execution,
        type: 'restoreBaseline',
        identity: 'test',
        reason: 'a click in the Web UI',
      })
      // It is not there yet.
      .catch(() => undefined);
    const { raw } = await client.workflow.getHandle(execution.workflowId, runId).describe();
    return raw.pendingActivities?.some(({ paused }) => paused === true) ?? false;
  });
  await fetch(`${stack.sandbox.url}/sandbox/faults`, { method: 'DELETE' });
  return runId;
}

async function endOf(runId: string): Promise<object | null> {
  const { events } = await stack.client.workflow.getHandle(recoverWorkflowId(ACTION), runId).fetchHistory();
  const ended = events?.at(-1)?.workflowExecutionTerminatedEventAttributes;
  return ended ? { identity: ended.identity, reason: ended.reason } : null;
}
