/** Ends that very run, and no other that began in the meantime; one that is over has nothing to end. */
import { status as grpcStatus } from '@grpc/grpc-js';
import type { Client } from '@temporalio/client';
import { isGrpcServiceError } from '@temporalio/client';

export interface EndRun {
  readonly workflowId: string;
  readonly runId: string;
  readonly reason: string;
  readonly by: string;
}

export async function endRun(client: Client, { workflowId, runId, reason, by }: EndRun): Promise<void> {
  try {
    await client.workflowService.terminateWorkflowExecution({
      namespace: client.options.namespace,
      workflowExecution: { workflowId, runId },
      reason,
      identity: by,
    });
  } catch (error) {
    if (!isGrpcServiceError(error) || error.code !== grpcStatus.NOT_FOUND) throw error;
  }
}
