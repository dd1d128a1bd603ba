/**
 * A question that finds no worker waits for one, and what is asked then is shown more than it shall be asked about: the
 * task that another has in its hands. What a worker makes of that must not be gone on with.
 */
import { status } from '@grpc/grpc-js';
import { Client, isGrpcServiceError } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import { DefaultLogger, NativeConnection, Runtime, Worker, bundleWorkflowCode } from '@temporalio/worker';
import { PATIENCE_MS } from '../../helpers/patience.ts';
import { patientClient, patientConnection } from '../../helpers/patient-client.ts';
import { untilHolds } from '../../helpers/outside.ts';
import { testTemporal } from '../../helpers/temporal.ts';
import { ASKED_AHEAD, OF_WHAT_IS_OVER } from '../../../src/domain/rollout/questions.ts';
import { first, heard, last, second } from './workflow.ts';

const QUEUE = 'asked';
/** A question that is asked reaches the queue within that; asked later, it waits for the task, and nothing is shown. */
const ON_ITS_WAY_MS = 1_000;

let client: Client;
let begin: () => Promise<() => Promise<void>>;
let end: () => Promise<void>;
let workflowBundle: Awaited<ReturnType<typeof bundleWorkflowCode>>;
/** While it has one the worker gives no answer; it tells when it has one to give. */
let holding: { readonly until: Promise<void>; readonly hasAnswer: () => void } | null = null;

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const { address, namespace } = await testTemporal();
  const native = await NativeConnection.connect({ address });
  const connection = await patientConnection(address);
  client = patientClient({ connection, namespace });
  workflowBundle = await bundleWorkflowCode({
    workflowsPath: require.resolve('./workflow.ts'),
    workflowInterceptorModules: [require.resolve('../../../src/workflows/interceptors.ts')],
    logger: new DefaultLogger('ERROR'),
  });
  const encode = async (given: Payload[]): Promise<Payload[]> => {
    holding?.hasAnswer();
    await holding?.until;
    return given;
  };
  const dataConverter = { payloadCodecs: [{ encode, decode: (given: Payload[]) => Promise.resolve(given) }] };
  begin = async () => {
    const worker = await Worker.create({
      connection: native,
      namespace,
      taskQueue: QUEUE,
      workflowBundle,
      dataConverter,
      // One for the question, and nothing beside it.
      maxConcurrentWorkflowTaskExecutions: 2,
      maxConcurrentWorkflowTaskPolls: 2,
    });
    const running = worker.run();
    return async () => {
      worker.shutdown();
      await running;
    };
  };
  end = async () => {
    await native.close();
    await connection.close();
  };
});
afterAll(() => end());

/** Of who does not ask again; in the meantime others may have to wait for their polls. */
function askOnce(workflowId: string): Promise<string[]> {
  const { connection, options } = client;
  const once = new Client({ connection, namespace: options.namespace });
  return once.withDeadline(Date.now() + 2 * PATIENCE_MS, () => once.workflow.getHandle(workflowId).query(heard));
}

/** A poll is given one part of the queue and waits there; the next may be given another. */
const POLL_MS = 5_000;

async function takeTask(): Promise<Uint8Array> {
  for (;;) {
    try {
      const { taskToken } = await client.connection.withDeadline(Date.now() + POLL_MS, () =>
        client.workflowService.pollWorkflowTaskQueue({
          namespace: client.options.namespace,
          taskQueue: { name: QUEUE },
          identity: 'another',
        }),
      );
      if (taskToken.length > 0) return taskToken;
    } catch (error) {
      if (!isGrpcServiceError(error) || error.code !== status.DEADLINE_EXCEEDED) throw error;
    }
  }
}

test.each([false, true])(
  'what a question was shown is made anew before anything is done (something is called off: %p)',
  async (callsOff) => {
    const stop = await begin();
    const handle = await client.workflow.start('asked', {
      workflowId: `asked ${callsOff}`,
      args: [{ callsOff }],
      taskQueue: QUEUE,
      workflowTaskTimeout: '1h',
    });
    await handle.query(heard);
    await stop();
    const answer = askOnce(handle.workflowId);
    await new Promise((resolve) => setTimeout(resolve, ON_ITS_WAY_MS));
    await handle.signal(first);
    let giveAnswer: () => void = () => undefined;
    const until = new Promise<void>((resolve) => {
      giveAnswer = resolve;
    });
    const taken = new Promise<void>((resolve) => {
      holding = { until, hasAnswer: resolve };
    });
    const stopAgain = await begin();
    await taken;
    const taskToken = await takeTask();
    holding = null;
    giveAnswer();
    // Else it was shown nothing that is still to be done.
    await expect(answer).rejects.toThrow(ASKED_AHEAD);
    await handle.signal(second);
    await client.workflowService.respondWorkflowTaskFailed({
      namespace: client.options.namespace,
      taskToken,
      cause: temporal.api.enums.v1.WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_UNSPECIFIED,
      identity: 'another',
    });
    await untilHolds('both are heard', async () => (await handle.query(heard)).length === 2);
    await handle.signal(last);
    await handle.result();
    await stopAgain();
    const history = await handle.fetchHistory();
    await Worker.runReplayHistory({ workflowBundle }, history, `asked ${callsOff}`);
  },
  3 * PATIENCE_MS,
);

test('who asks again has an answer, and who asks about what is over has what it last knew', async () => {
  const stop = await begin();
  const handle = await client.workflow.start('asked', {
    workflowId: 'asked at its end',
    args: [{ callsOff: false }],
    taskQueue: QUEUE,
  });
  await handle.query(heard);
  await stop();
  await handle.signal(first);
  const answer = handle.query(heard);
  const stopAgain = await begin();
  expect(await answer).toEqual(['first']);
  await stopAgain();
  await handle.signal(second);
  await handle.terminate();
  const stopAtLast = await begin();
  await expect(askOnce(handle.workflowId)).rejects.toThrow(ASKED_AHEAD);
  expect(await handle.query(heard, OF_WHAT_IS_OVER)).toEqual(['first', 'second']);
  await stopAtLast();
});
