/** A run that a changed schedule began. */
import { status as grpcStatus } from '@grpc/grpc-js';
import { isGrpcServiceError } from '@temporalio/client';
import type { Client } from '@temporalio/client';
import type { WantedSchedule } from './wanted.ts';

interface WorkflowRun {
  readonly workflowId: string;
  readonly runId: string;
}

const REASON =
  'Begun by a schedule that somebody had changed; it could keep the next runs out for as long as it likes.';

/** Ours ends by itself, in time for the next; another may never, and none begins beside it. */
export async function endOther(client: Client, run: WorkflowRun, wanted: WantedSchedule): Promise<boolean> {
  try {
    if (await isOurs(client, run, wanted)) return false;
    const { namespace } = client.options;
    await client.workflowService.terminateWorkflowExecution({ namespace, workflowExecution: run, reason: REASON });
    return true;
  } catch (error) {
    // It is over, and perhaps no longer kept.
    if (isGrpcServiceError(error) && error.code === grpcStatus.NOT_FOUND) return false;
    throw error;
  }
}

async function isOurs(client: Client, execution: WorkflowRun, wanted: WantedSchedule): Promise<boolean> {
  const { workflowExecutionInfo: info, executionConfig: config } =
    await client.workflowService.describeWorkflowExecution({ namespace: client.options.namespace, execution });
  const timeoutMs = Number(config?.workflowExecutionTimeout?.seconds ?? 0) * 1000;
  return (
    info?.type?.name === wanted.workflowType &&
    config?.taskQueue?.name === wanted.taskQueue &&
    timeoutMs > 0 &&
    timeoutMs <= wanted.maxRunMs
  );
}
