/** A question that a workflow's copy cannot answer yet (workflows/answered-ahead.ts) is asked again. */
import { QueryNotRegisteredError } from '@temporalio/client';
import type { WorkflowClientInterceptor } from '@temporalio/client';
import { setTimeout as sleep } from 'node:timers/promises';
import { ASKED_AHEAD } from '../domain/rollout/questions.ts';

/** Each time a worker goes through all of history: ever less often, for its tasks to come first. */
const AGAIN_AFTER_MS = 500;
const AT_MOST_MS = 2_000;
/** Where the caller sets no deadline of its own. */
const MAX_TIMES = 30;

/** Until the caller's deadline: then no worker has answered, as where none is there. */
export const askAgain: WorkflowClientInterceptor = {
  async query(input, next) {
    for (let times = 1; ; times += 1) {
      try {
        return await next(input);
      } catch (error) {
        if (times >= MAX_TIMES || !isAskedAhead(error)) throw error;
        await sleep(Math.min(AT_MOST_MS, AGAIN_AFTER_MS * 2 ** (times - 1)));
      }
    }
  },
};

/** A failed query has the error's text, and none of its types. */
function isAskedAhead(error: unknown): boolean {
  return error instanceof QueryNotRegisteredError && error.message.includes(ASKED_AHEAD);
}
