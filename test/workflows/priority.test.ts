/** What goes first where tasks wait: on a real Temporal server, in the order in which it hands them out. */
import { Client, Connection } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { NativeConnection, Worker } from '@temporalio/worker';
import { workflowCode } from '../../src/worker/workflow-code.ts';
import {
  DRY_RUN_WORKFLOW,
  GENESYS_QUEUE,
  GUARDIAN_WORKFLOW,
  RECOVER_WORKFLOW,
  recoverWorkflowId,
  ROLLOUT_WORKFLOW,
  ROLLOUTS_QUEUE,
  rolloutWorkflowId,
  SAFETY_QUEUE,
  WAVES_WORKFLOW,
  wavesWorkflowId,
} from '../../src/workflows/messages.ts';
import { PATIENCE_MS } from '../helpers/patience.ts';
import { activitiesOf, quickPlan, ScriptedOrganisation } from '../helpers/rollout-harness.ts';
import { testTemporal } from '../helpers/temporal.ts';
import { wavesOf } from '../helpers/waves.ts';

let client: Client;
/** Whoever starts something is known from then on. */
let answerActs: () => Promise<void>;
let end: () => Promise<void>;

/** Workflows run; nobody takes what they ask of the other queues, so it waits there. */
beforeAll(async () => {
  const { address, namespace } = await testTemporal();
  const connection = await NativeConnection.connect({ address });
  const clients = await Connection.connect({ address });
  client = new Client({ connection: clients, namespace });
  const org = new ScriptedOrganisation();
  const begin = async (taskQueue: string): Promise<() => Promise<void>> => {
    const workflowBundle = await workflowCode({ codecKeys: [] });
    const activities = { ...activitiesOf(() => org), recordWaves: () => Promise.resolve() };
    const worker = await Worker.create({ connection, namespace, taskQueue, workflowBundle, activities });
    const running = worker.run();
    return async () => {
      worker.shutdown();
      await running;
    };
  };
  const ends = [await begin(ROLLOUTS_QUEUE)];
  answerActs = async () => void ends.push(await begin(SAFETY_QUEUE));
  end = async () => {
    await Promise.all(ends.map((stop) => stop()));
    await connection.close();
    await clients.close();
  };
});
afterAll(() => end());

test('on the queue of the way back, a recovery overtakes looks that came before it', async () => {
  for (const at of [1, 2, 3, 4, 5])
    await client.workflow.start(GUARDIAN_WORKFLOW, { workflowId: `look ${at}`, taskQueue: ROLLOUTS_QUEUE, args: [{}] });
  await waiting(SAFETY_QUEUE, 5);
  await client.workflow.start(RECOVER_WORKFLOW, {
    workflowId: recoverWorkflowId('A'),
    taskQueue: ROLLOUTS_QUEUE,
    args: [{ action: 'A', by: 'ana', reason: 'now' }],
  });
  await waiting(SAFETY_QUEUE, 6);
  expect((await handedOut(SAFETY_QUEUE, 6)).map(({ type }) => type)).toEqual([
    'authorise',
    ...Array.from({ length: 5 }, () => 'guardianLook'),
  ]);
  for (const at of [1, 2, 3, 4, 5]) await client.workflow.getHandle(`look ${at}`).terminate();
  await client.workflow.getHandle(recoverWorkflowId('A')).terminate();
});

test('a rollout beside waves of six has its turn, and a dry run waits, whatever priority its client gave it', async () => {
  await answerActs();
  const { given } = wavesOf([['a', 'b', 'c', 'd', 'e', 'f']], { maxParallel: 6 });
  await client.workflow.start(WAVES_WORKFLOW, {
    workflowId: wavesWorkflowId(given.name),
    taskQueue: ROLLOUTS_QUEUE,
    args: [{ waves: given, startedBy: 'ana' }],
  });
  await waiting(GENESYS_QUEUE, 6);
  // It waits for a limited time: not for all of the waves to begin.
  await client.workflow.start(DRY_RUN_WORKFLOW, {
    workflowId: 'question',
    taskQueue: ROLLOUTS_QUEUE,
    args: [{ plan: quickPlan(), startedBy: 'ana' }],
    priority: { priorityKey: 1 },
  });
  await waiting(GENESYS_QUEUE, 7);
  const plan = quickPlan();
  const alone = rolloutWorkflowId(plan.action.name);
  await client.workflow.start(ROLLOUT_WORKFLOW, {
    workflowId: alone,
    taskQueue: ROLLOUTS_QUEUE,
    args: [{ plan, startedBy: 'ana' }],
  });
  await waiting(GENESYS_QUEUE, 8);
  const order = await handedOut(GENESYS_QUEUE, 8);
  expect(order.findIndex(({ workflowId }) => workflowId === alone)).toBeLessThan(3);
  expect(order.at(-1)).toEqual({ type: 'lookAround', workflowId: 'question' });
});

async function waiting(queue: string, count: number): Promise<void> {
  let last = 0;
  for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline;) {
    const { stats } = await client.workflowService.describeTaskQueue({
      namespace: client.options.namespace,
      taskQueue: { name: queue },
      taskQueueType: temporal.api.enums.v1.TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
      reportStats: true,
    });
    last = Number(stats?.approximateBacklogCount ?? 0);
    if (last === count) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${last} tasks wait in ${queue}, not ${count}`);
}

async function handedOut(queue: string, count: number): Promise<{ type: string; workflowId: string }[]> {
  const order: { type: string; workflowId: string }[] = [];
  while (order.length < count) {
    const { activityType, workflowExecution } = await client.connection.withDeadline(Date.now() + PATIENCE_MS, () =>
      client.workflowService.pollActivityTaskQueue({
        namespace: client.options.namespace,
        taskQueue: { name: queue },
        identity: 'test',
      }),
    );
    order.push({ type: activityType?.name ?? '', workflowId: workflowExecution?.workflowId ?? '' });
  }
  return order;
}
