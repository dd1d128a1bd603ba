/** Workflows that other code began: what they did is not what ours does, so their histories do not replay. */
import { Connection } from '@temporalio/client';
import type { Client, WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import type { WorkerOptions } from '@temporalio/worker';
import { NativeConnection, Worker } from '@temporalio/worker';
import { createWorker } from '../../src/worker/create-worker.ts';
import { ROLLOUTS_QUEUE } from '../../src/workflows/messages.ts';
import { untilHolds } from '../helpers/outside.ts';
import { patientClient } from '../helpers/patient-client.ts';
import { testTemporal } from '../helpers/temporal.ts';
import { workflowCode } from '../helpers/workflow-code.ts';

export interface OtherCode {
  readonly client: Client;
  /** Its first task is done. */
  begin(type: string, workflowId: string, given: unknown): Promise<WorkflowHandleWithFirstExecutionRunId>;
  /** From here on a worker of ours takes its tasks. */
  goOnByOurs(): Promise<void>;
  close(): Promise<void>;
}

export async function openOtherCode(): Promise<OtherCode> {
  const { address, namespace } = await testTemporal();
  const native = await NativeConnection.connect({ address });
  const connection = await Connection.connect({ address });
  const place = { connection: native, namespace, codecKeys: [] };
  const client = patientClient({ connection, namespace });
  const closers = [() => native.close(), () => connection.close()];
  return {
    client,
    async begin(type, workflowId, given) {
      const other: WorkerOptions = {
        ...place,
        taskQueue: ROLLOUTS_QUEUE,
        workflowsPath: require.resolve('./other-workflows.ts'),
      };
      const stop = run(await Worker.create(other));
      const handle = await client.workflow.start(type, { workflowId, taskQueue: ROLLOUTS_QUEUE, args: [given] });
      await untilHolds('the first task is done', async () => {
        const { events } = await handle.fetchHistory();
        return events?.some((event) => event.timerStartedEventAttributes) === true;
      });
      await stop();
      return handle;
    },
    async goOnByOurs() {
      const ours = { taskQueue: ROLLOUTS_QUEUE, workflowBundle: await workflowCode(place) };
      closers.push(run(await createWorker(place, ours)));
    },
    async close() {
      for (const close of closers.toReversed()) await close();
    },
  };
}

/** Ends it. */
function run(worker: Worker): () => Promise<void> {
  const running = worker.run();
  return () => {
    worker.shutdown();
    return running;
  };
}
