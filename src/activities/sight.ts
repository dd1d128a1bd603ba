/** Since when nobody has seen what the organisation shows: what other hands do there meanwhile is not noticed. */
import type { GenesysError } from '../genesys/errors.ts';

export interface Sight {
  /** Of the last look that was answered, ms since the epoch; until there is one, of the begin. */
  seenAtMs: number;
  /** What the last look was told instead of an answer; null: it was answered. */
  failure: string | null;
}

/** Shorter is no news: calls are tried again, and looks are some 25 seconds apart. */
const WORTH_TELLING_MS = 60_000;

export function createSight(nowMs: number): Sight {
  return { seenAtMs: nowMs, failure: null };
}

export function saw(sight: Sight, nowMs: number): void {
  Object.assign(sight, createSight(nowMs));
}

export function sawNothing(sight: Sight, error: GenesysError): void {
  sight.failure = error.message;
}

/** One clause without a full stop; null: it was seen a moment ago. */
export function unseenClause({ seenAtMs, failure }: Sight, nowMs: number): string | null {
  if (failure === null || nowMs - seenAtMs < WORTH_TELLING_MS) return null;
  return (
    `the organisation was last seen at ${new Date(seenAtMs).toISOString()}, so what another hand does there is not ` +
    `noticed (${failure.replace(/\.$/, '')})`
  );
}
