/** What a worker takes at once of the workflows that wait, and what it leaves to others, and to what is more urgent. */
import type { Client } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { workflowCode } from '../../src/worker/workflow-code.ts';
import { WORKFLOW_TASKS } from '../../src/worker/workers.ts';
import { ROLLOUT_WORKFLOW } from '../../src/workflows/messages.ts';
import { untilHolds } from '../helpers/outside.ts';
import { patientClient, patientConnection } from '../helpers/patient-client.ts';
import { testTemporal } from '../helpers/temporal.ts';

const WAITING = 10;
/** So many of them, a tenth of a second apart, that found the same. */
const LOOKS = 20;

let client: Client;
/** The worker goes on with what it has taken. */
let goOn: () => void;
let end: () => Promise<void>;

/** Each task that it takes is held in it. */
beforeAll(async () => {
  const { address, namespace } = await testTemporal();
  const native = await NativeConnection.connect({ address });
  const connection = await patientConnection(address);
  client = patientClient({ connection, namespace });
  const held = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const worker = await Worker.create({
    ...WORKFLOW_TASKS,
    connection: native,
    namespace,
    workflowBundle: await workflowCode({ codecKeys: [] }),
    dataConverter: {
      payloadCodecs: [{ encode: (given) => Promise.resolve(given), decode: (given) => held.then(() => given) }],
    },
  });
  const running = worker.run();
  end = async () => {
    goOn();
    worker.shutdown();
    await running;
    await native.close();
    await connection.close();
  };
});
afterAll(() => end());

async function begin(workflowId: string, priorityKey: number): Promise<void> {
  await client.workflow.start(ROLLOUT_WORKFLOW, {
    workflowId,
    taskQueue: WORKFLOW_TASKS.taskQueue,
    args: ['no plan'],
    priority: { priorityKey },
    workflowTaskTimeout: '5m',
  });
}

/** When its first task was taken, ms since the epoch; null: it waits. */
async function takenAtMs(workflowId: string): Promise<number | null> {
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
  const taken = events?.find((event) => event.workflowTaskStartedEventAttributes)?.eventTime;
  return taken ? Number(taken.seconds) * 1000 + (taken.nanos ?? 0) / 1e6 : null;
}

async function takenOf(workflowIds: readonly string[]): Promise<number> {
  return (await Promise.all(workflowIds.map(takenAtMs))).filter((atMs) => atMs !== null).length;
}

/** It has taken some, and takes no more. */
async function untilFull(workflowIds: readonly string[]): Promise<void> {
  let [before, looks] = [0, 0];
  await untilHolds('it has taken what it takes', async () => {
    const taken = await takenOf(workflowIds);
    looks = taken === before ? looks + 1 : 0;
    before = taken;
    return taken > 0 && looks >= LOOKS;
  });
}

test('a worker takes few workflows at once, so that what is urgent overtakes all that waits', async () => {
  const usual = Array.from({ length: WAITING }, (_, at) => `usual ${at}`);
  for (const workflowId of usual) await begin(workflowId, 3);
  await untilFull(usual);
  expect(await takenOf(usual)).toBeLessThanOrEqual(WORKFLOW_TASKS.maxConcurrentWorkflowTaskExecutions);
  await begin('urgent', 1);
  await untilFull([...usual, 'urgent']);
  goOn();
  await untilHolds('all are taken', async () => (await takenOf([...usual, 'urgent'])) === WAITING + 1);
  const times = await Promise.all(usual.map(takenAtMs));
  const urgentAtMs = (await takenAtMs('urgent')) ?? Infinity;
  const earlier = times.filter((atMs) => (atMs ?? 0) < urgentAtMs).length;
  expect(earlier).toBeLessThanOrEqual(WORKFLOW_TASKS.maxConcurrentWorkflowTaskExecutions);
});
