/** A heartbeat a second for as long as a call runs: a dead worker is noticed, and a cancellation arrives. */
import { Context } from '@temporalio/activity';

const HEARTBEAT_MS = 1000;

export interface Pulse {
  /** Beats now; later beats repeat these details. */
  beat(details: unknown): void;
  stop(): void;
}

export function startPulse(context: Context): Pulse {
  let last: unknown = context.info.heartbeatDetails;
  const timer = setInterval(() => context.heartbeat(last), HEARTBEAT_MS);
  return {
    beat(details) {
      last = details;
      context.heartbeat(details);
    },
    stop: () => clearInterval(timer),
  };
}

/** These carry details of their own. */
const BEATS_ITSELF: readonly string[] = ['watch', 'longWatch'];

export function withPulse<Input, Result>(call: (input: Input) => Promise<Result>): (input: Input) => Promise<Result> {
  return async (input) => {
    const context = Context.current();
    if (context.info.heartbeatTimeoutMs === undefined || BEATS_ITSELF.includes(context.info.activityType)) return call(input);
    const pulse = startPulse(context);
    try {
      return await call(input);
    } finally {
      pulse.stop();
    }
  };
}

/** For adapters that can stop half way: aborted when the running activity, if any, is cancelled. */
export function activitySignal(): AbortSignal | undefined {
  try {
    return Context.current().cancellationSignal;
  } catch {
    return undefined;
  }
}
