/** A heartbeat now and then for as long as a call runs: a dead worker is noticed, and a cancellation arrives. */
import { Context } from '@temporalio/activity';

const HEARTBEAT_MS = 1000;
/** So many a second at the most, of all calls of this process together: each is a write of the server's. */
const HEARTBEATS_PER_SECOND = 100;
const MAX_GAP_MS = 4000;

export interface Heartbeat {
  /** The first details travel at once, later ones with the next beat. */
  send(details: unknown): void;
  stop(): void;
}

let running = 0;

/** What each running activity has told of itself last. */
const told = new WeakMap<Context, unknown>();

/** As the next attempt would find it: what this one told last, else what the one before it did. */
export function detailsOf(context: Context): unknown {
  return told.has(context) ? told.get(context) : context.info.heartbeatDetails;
}

/** For the next attempt, should this one die; it travels at once where no beat has travelled a moment ago. */
export function leaveDetails(context: Context, details: unknown): void {
  told.set(context, details);
  context.heartbeat(details);
}

export function startHeartbeat(context: Context): Heartbeat {
  let fresh = true;
  let timer: NodeJS.Timeout;
  running += 1;
  const next = (): void => {
    timer = setTimeout(
      () => {
        context.heartbeat(detailsOf(context));
        next();
      },
      Math.min(MAX_GAP_MS, Math.max(HEARTBEAT_MS, (1000 * running) / HEARTBEATS_PER_SECOND)),
    );
  };
  next();
  return {
    send(details) {
      told.set(context, details);
      if (fresh) context.heartbeat(details);
      fresh = false;
    },
    stop() {
      running -= 1;
      clearTimeout(timer);
    },
  };
}

/** These carry details of their own. */
const SENDS_ITSELF: readonly string[] = ['watch', 'longWatch', 'askHook', 'followElsewhere'];

export function withHeartbeat<Args extends readonly unknown[], Result>(
  call: (...args: Args) => Promise<Result>,
): (...args: Args) => Promise<Result> {
  return async (...args) => {
    const context = Context.current();
    if (context.info.heartbeatTimeoutMs === undefined || SENDS_ITSELF.includes(context.info.activityType))
      return call(...args);
    const heartbeat = startHeartbeat(context);
    try {
      return await call(...args);
    } finally {
      heartbeat.stop();
    }
  };
}

/** For adapters that can stop half way: aborted when the running activity, if any, is cancelled. */
export function activitySignal(): AbortSignal | undefined {
  return currentContext()?.cancellationSignal;
}

/** Null outside of an activity. */
export function currentContext(): Context | null {
  try {
    return Context.current();
  } catch {
    return null;
  }
}
