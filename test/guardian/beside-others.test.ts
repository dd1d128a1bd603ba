/** A rollout that nobody watches, beside what others start, pin and pause: its baseline comes back all the same. */
import { moveRun } from '../../src/builds/routing.ts';
import { troublesOf } from '../../src/configurator/progress.ts';
import { GUARDIAN_RULES } from '../../src/domain/guardian/seen.ts';
import { listRolloutRows } from '../../src/store/rollouts.ts';
import {
  ACT_UPDATES,
  GUARDIAN_WORKFLOW,
  ROLLOUT_WORKFLOW,
  ROLLOUTS_QUEUE,
  rolloutWorkflowId,
  statusQuery,
} from '../../src/workflows/messages.ts';
import type { Stack } from '../helpers/stack.ts';
import { actionsOf, demoPlan, fault, startStack } from '../helpers/stack.ts';
import type { Hands } from './by-hand.ts';
import { handsOn, lookNow, startBaking, until } from './by-hand.ts';

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
  await lookNow(stack);
  for (const { id, version } of await hands.list()) if (version !== '1.4.0') await hands.remove(id);
  await lookNow(stack);
});

const restored = {
  '1.4.0': { enabled: true, metadata: { traffic_split: 100, ab_test_group: 'control' } },
  '1.5.0': { enabled: false, metadata: { traffic_split: 0 } },
};

/** Its row says how it ended, and that it was taken back. */
async function ended(rolloutId: string): Promise<void> {
  let seen = 'no row';
  const isProven = async (): Promise<boolean> => {
    const row = (await listRolloutRows(stack.db, { action: ACTION })).find((one) => one.rolloutId === rolloutId);
    seen = JSON.stringify([row?.phase, row?.reason, row?.safety]);
    return row?.phase === 'terminated' && row.safety !== null && 'provenByReadBack' in row.safety;
  };
  await until('its row to have the proof', isProven, () => seen);
}

type Deed = 'pauseActivity' | 'unpauseActivity';

async function byHand(deed: Deed, workflowId: string, type: string): Promise<void> {
  const { workflowService, options } = stack.client;
  const given = { namespace: options.namespace, execution: { workflowId }, type, identity: 'eve' };
  await (deed === 'pauseActivity' ? workflowService.pauseActivity(given) : workflowService.unpauseActivity(given));
}

test('starts that are refused beside it keep no two looks from agreeing, and its own row has the proof', async () => {
  const handle = await startBaking(stack);
  await handle.terminate('a wrong tab');
  const other = { ...(await demoPlan('1.6.0')) };
  const looking = stack.client.workflow.execute(GUARDIAN_WORKFLOW, {
    workflowId: `guardian-${Date.now()}`,
    taskQueue: ROLLOUTS_QUEUE,
    args: [{ gapMs: 5_000 }],
  });
  const key = `unwatched/${ACTION}/${handle.firstExecutionRunId}`;
  const found: string[] = [];
  // Once the baseline is back the next one is refused no more.
  for (;;) {
    const refused = await stack.start(other);
    const first = await Promise.race([refused.result(), looking.then(() => null)]);
    if (first === null) {
      // One that was refused no more, and is terminated itself, is for a look of its own.
      if (
        await refused.terminate('test').then(
          () => true,
          () => false,
        )
      )
        found.push(...(await lookNow(stack)));
      break;
    }
    expect(first).toMatchObject({ outcome: 'rejected' });
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  found.push(...(await looking));
  // On a busy machine four looks may be over before two agree; the next run is due within the minute.
  if (!found.includes(key)) found.push(...(await lookNow(stack)));
  expect(found).toContain(key);
  await ended(handle.firstExecutionRunId);
  expect((await actionsOf(stack))['1.5.0']).toMatchObject(restored['1.5.0']);
});

test('a run in its place that waits where no worker looks watches nothing', async () => {
  const handle = await startBaking(stack);
  await handle.terminate();
  const squatter = await stack.client.workflow.start(ROLLOUT_WORKFLOW, {
    workflowId: rolloutWorkflowId(ACTION),
    taskQueue: 'nowhere',
    args: [{}],
  });
  expect(await lookNow(stack, { rules: AT_ONCE })).toContain(`frozen/${ACTION}/${handle.firstExecutionRunId}`);
  await ended(handle.firstExecutionRunId);
  expect(await actionsOf(stack)).toMatchObject(restored);
  await squatter.terminate();
});

test('a rollout that begins tomorrow watches nothing of what another left, and is left alone', async () => {
  const handle = await startBaking(stack);
  await handle.terminate();
  const startAt = new Date(Date.now() + 86_400_000).toISOString().replace(/\.\d+/, '');
  const tomorrow = await stack.start({ ...(await demoPlan('1.6.0')), startAt });
  await until('its planned start', async () => (await tomorrow.query(statusQuery)).phase === 'scheduled');
  expect(await lookNow(stack)).toContain(`unwatched/${ACTION}/${handle.firstExecutionRunId}`);
  await ended(handle.firstExecutionRunId);
  expect(await actionsOf(stack)).toMatchObject(restored);
  expect((await tomorrow.query(statusQuery)).phase).toBe('scheduled');
});

/** No attempt is under way: PendingActivityState of temporal/api/enums/v1/workflow.proto. */
const PAUSED = 4;

test('a roll back that is paused in Temporal is done from outside, and ends as one when it goes on', async () => {
  const handle = await startBaking(stack);
  await fault(stack, { match: { method: 'PUT', pathPrefix: '/api/v2/agentassist/actions' }, times: 1000, status: 503 });
  await handle.executeUpdate(ACT_UPDATES.abort, { args: [{ by: 'ana', reason: 'stop' }] });
  await until('the roll back to be paused', async () => {
    await byHand('pauseActivity', handle.workflowId, 'rollBack').catch(() => undefined);
    const { raw } = await handle.describe();
    return (raw.pendingActivities ?? []).some(
      ({ activityType, state }) => activityType?.name === 'rollBack' && Number(state) === PAUSED,
    );
  });
  expect(await troublesOf(stack.client, (await handle.describe()).raw.pendingActivities ?? [])).toMatchObject([
    { activity: 'rollBack', isPaused: true, nextTryAt: null },
  ]);
  await fetch(`${stack.sandbox.url}/sandbox/faults`, { method: 'DELETE' });
  expect(await lookNow(stack, { rules: AT_ONCE })).toContain(`frozen/${ACTION}/${handle.firstExecutionRunId}`);
  expect(await actionsOf(stack)).toMatchObject(restored);
  await byHand('unpauseActivity', handle.workflowId, 'rollBack');
  expect(await handle.result()).toMatchObject({ outcome: 'rolledBack' });
});

test('a rollout that is pinned to a build that nobody runs, and whose watch is silent, is taken back', async () => {
  const handle = await startBaking(stack);
  const { workflowId, firstExecutionRunId: runId } = handle;
  await moveRun(stack.client, { workflowId, runId, to: { deploymentName: 'gone', buildId: 'b1' }, identity: 'eve' });
  await byHand('pauseActivity', workflowId, 'watch');
  const { startTime } = await handle.describe();
  await until('it is no longer fresh', async () => Date.now() - startTime.getTime() > GUARDIAN_RULES.freshMs + 1_000);
  expect(await lookNow(stack, { rules: AT_ONCE })).toContain(`lostBuild/${ACTION}/${runId}/gone:b1`);
  await until('the baseline', async () => (await actionsOf(stack))['1.5.0']?.enabled === false);
  expect(await actionsOf(stack)).toMatchObject(restored);
});
