/**
 * Keeps one OAuth client within its rate: never more than `callsPerMinute` calls in any 60 seconds. A part of them may
 * come in a burst; the rest trickles in evenly, so that burst and trickle together stay within the minute.
 */
import { observe } from '../telemetry/measure.ts';
import { GenesysError } from './errors.ts';

/** With fewer there is neither a burst nor a reserve for safety. */
export const MIN_CALLS_PER_MINUTE = 10;

/** `safety` calls may use the reserve of the rate limit that ordinary calls leave alone. */
export type Urgency = 'normal' | 'safety';

export interface TokenBucket {
  /**
   * Waits for its turn, first come first served among those of its urgency. Rejects with `rateLimited` when that would
   * take longer than `maxWaitMs`.
   */
  take(asked: string, urgency: Urgency): Promise<void>;
  /** The server said so: nobody asks for this long. */
  closeFor(ms: number): void;
}

export interface TokenBucketOptions {
  /** The platform allows 300 per client and minute. At least `MIN_CALLS_PER_MINUTE`. */
  readonly callsPerMinute: number;
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** Longest wait of one call; default 10 s. */
  readonly maxWaitMs?: number;
}

export function createTokenBucket(options: TokenBucketOptions): TokenBucket {
  const { now, sleep, maxWaitMs = 10_000 } = options;
  const { capacity, reserve, perMs } = sizes(options.callsPerMinute);
  let level = capacity;
  let filledAt = now();
  let closedUntil = filledAt;

  /** When the clock is set back, a closing moves back with it. */
  function refill(): void {
    const passedMs = now() - filledAt;
    level = Math.min(capacity, level + Math.max(0, passedMs) * perMs);
    closedUntil += Math.min(0, passedMs);
    filledAt = now();
  }

  function waitMs(urgency: Urgency): number {
    refill();
    const needed = urgency === 'safety' ? 1 : 1 + reserve;
    const untilFull = level + TINY >= needed ? 0 : Math.ceil((needed - level) / perMs);
    return Math.max(untilFull, closedUntil - now());
  }

  async function takeNow(asked: string, urgency: Urgency, askedAt: number): Promise<void> {
    const giveUpAt = askedAt + maxWaitMs;
    for (let wait = waitMs(urgency); wait > 0; wait = waitMs(urgency)) {
      if (now() + wait > giveUpAt) throw tooLong(asked, wait);
      await sleep(wait);
    }
    level -= 1;
    const seconds = Math.max(0, now() - askedAt) / 1000;
    observe('assist_rollouts_genesys_rate_limit_wait_seconds', seconds, { urgency });
  }

  /** Without it whoever asks call after call may be first each time, until one that asks beside it gives up. */
  const last: Record<Urgency, Promise<void>> = { normal: Promise.resolve(), safety: Promise.resolve() };

  return {
    take(asked, urgency) {
      const askedAt = now();
      const taken = last[urgency].then(() => takeNow(asked, urgency, askedAt));
      last[urgency] = taken.catch(() => undefined);
      return taken;
    },
    closeFor(ms) {
      refill();
      closedUntil = Math.max(closedUntil, now() + ms);
    },
  };
}

/** Of 300 a minute: a burst of 60, of which 15 are kept for safety, and 240 a minute after that. */
function sizes(callsPerMinute: number): { capacity: number; reserve: number; perMs: number } {
  if (!(callsPerMinute >= MIN_CALLS_PER_MINUTE))
    throw new RangeError(
      `${callsPerMinute} calls a minute were configured; expected at least ${MIN_CALLS_PER_MINUTE}.`,
    );
  const capacity = Math.floor(callsPerMinute / 5);
  return { capacity, reserve: Math.ceil(capacity / 4), perMs: (callsPerMinute - capacity) / 60_000 };
}

/** Sums of fractions of a call may miss a whole one by a rounding error. */
const TINY = 1e-9;

function tooLong(asked: string, retryAfterMs: number): GenesysError {
  const came = 'not sent, since this client has used up its calls for now';
  return new GenesysError({ kind: 'rateLimited', asked, came, retryAfterMs });
}
