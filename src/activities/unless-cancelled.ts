/**
 * Waits in a call that may go on for months. What the SDK offers hangs something onto one promise at every wait
 * (`context.sleep`, a race against `context.cancelled`), which lives for as long as the call does.
 */
import { Context } from '@temporalio/activity';
import { setTimeout } from 'node:timers/promises';

/** Rejects, as `context.cancelled` does, when the call is cancelled first: the work may hang. */
export async function unlessCancelled<T>(work: Promise<T>): Promise<T> {
  const context = Context.current();
  const { cancellationSignal } = context;
  let stop: () => void = () => undefined;
  const stopped = new Promise<null>((resolve) => {
    stop = () => resolve(null);
    cancellationSignal.addEventListener('abort', stop, { once: true });
    if (cancellationSignal.aborted) stop();
  });
  try {
    const done = await Promise.race([work.then((value) => ({ value })), stopped]);
    return done === null ? await context.cancelled : done.value;
  } finally {
    cancellationSignal.removeEventListener('abort', stop);
  }
}

/** The same of a while, ms. */
export async function sleepUnlessCancelled(ms: number): Promise<void> {
  const context = Context.current();
  await setTimeout(ms, undefined, { signal: context.cancellationSignal }).catch(() => context.cancelled);
}
