/** Questions to a worker: each is a short run of its own that ends with the answer, and by itself where nobody answers. */
import { randomUUID } from 'node:crypto';
import { status as grpcStatus } from '@grpc/grpc-js';
import { WorkflowFailedError } from '@temporalio/client';
import type { WorkerBuild } from '../builds/build.ts';
import { ROLLOUTS_QUEUE } from '../workflows/messages.ts';
import { grpcCode } from './connection.ts';
import type { TemporalLink } from './connection.ts';
import type { AssistError } from './errors.ts';
import { isUnanswered } from './refusals.ts';
import { priorityOf } from '../domain/rollout/priority.ts';

export interface AskedOfWorker {
  readonly workflow: string;
  /** Of one that is signed for it. */
  readonly workflowId?: string;
  readonly input: object;
  readonly summary: string;
  readonly waitMs: number;
  /** Whose workers are asked; absent: those of the current build. */
  readonly of?: WorkerBuild | undefined;
  /** What whoever asked is told where no worker answers in time. */
  readonly unanswered: (cause: unknown) => AssistError;
}

/** A question that nobody has taken by then is none: whoever asked was told so. */
const LEFT_MS = 10_000;

export async function askWorker<T>(link: TemporalLink, asked: AskedOfWorker): Promise<T> {
  const { workflow, workflowId = questionId(workflow), input, summary, waitMs, of, unanswered } = asked;
  try {
    return await link.call(
      waitMs,
      async (client) =>
        (await client.workflow.execute(workflow, {
          workflowId,
          taskQueue: ROLLOUTS_QUEUE,
          args: [input],
          priority: priorityOf('ordinary', workflowId),
          workflowExecutionTimeout: waitMs + LEFT_MS,
          staticSummary: summary,
          ...(of !== undefined && { versioningOverride: { pinnedTo: of } }),
        })) as T,
    );
  } catch (error) {
    // CANCELLED is the client's own deadline.
    if (!isUnanswered(error) && grpcCode(error) !== grpcStatus.CANCELLED && !isOver(error)) throw error;
    throw unanswered(error);
  }
}

function isOver(error: unknown): boolean {
  return error instanceof WorkflowFailedError && (error.cause?.message ?? '').includes('timed out');
}

/** Of a question that is signed before it is asked. */
export function questionId(workflow: string): string {
  return `${workflow}/${randomUUID()}`;
}
