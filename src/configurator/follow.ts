/** Follows one run to its end: a view about once a second, however often workers come and go meanwhile. */
import { setTimeout as sleep } from 'node:timers/promises';
import { AssistError } from './errors.ts';
import type { RolloutView } from './rollouts.ts';

export interface FollowOptions {
  readonly pollMs?: number;
  readonly signal?: AbortSignal;
  /** Called when a look failed and is tried again; the rollout itself goes on. */
  readonly onTrouble?: (error: AssistError) => void;
}

/** Yields views until the run has ended (the last one has `running: false`) or the signal aborts. */
export async function* follow(
  look: () => Promise<RolloutView>,
  options: FollowOptions = {},
): AsyncGenerator<RolloutView> {
  let seen = false;
  while (!options.signal?.aborted) {
    const view = await untilAborted(look(), options.signal).catch((error: unknown) => letPass(error, seen, options));
    if (options.signal?.aborted) return;
    if (view !== null) {
      seen = true;
      yield view;
      if (!view.running) return;
    }
    await sleep(options.pollMs ?? 1_000, undefined, options.signal ? { signal: options.signal } : {}).catch(
      () => undefined,
    );
  }
}

/** A worker that is away is waited for; Temporal being away too, once it was seen; anything else is an error. */
function letPass(error: unknown, seen: boolean, options: FollowOptions): null {
  const passes =
    error instanceof AssistError &&
    (error.code === 'no-worker' ||
      (seen && (error.code === 'temporal-unreachable' || error.code === 'api-unreachable')));
  if (!passes) throw error;
  options.onTrouble?.(error);
  return null;
}

/** A look that hangs must not hold up a person who wants to leave; null when the signal aborts. */
async function untilAborted<T>(looking: Promise<T>, signal: AbortSignal | undefined): Promise<T | null> {
  if (signal === undefined) return looking;
  let leave: () => void = () => undefined;
  const left = new Promise<null>((resolve) => {
    leave = () => resolve(null);
    signal.addEventListener('abort', leave, { once: true });
  });
  try {
    return await Promise.race([looking, left]);
  } finally {
    signal.removeEventListener('abort', leave);
  }
}
