/** How a worker serves a call as an activity. */
import type { Redact } from '../domain/text/redact.ts';
import { spreadRetries } from './backoff.ts';
import type { Jitter } from './failures.ts';
import { withFailures } from './failures.ts';
import { withHeartbeat } from './heartbeat.ts';

/** Errors become failures here, and only here; every call has a heartbeat, so a cancellation reaches it. */
export function serveWith(jitter: Jitter, redact: Redact) {
  return <Args extends readonly unknown[], Result>(call: (...args: Args) => Promise<Result>) =>
    withHeartbeat((...args: Args) => spreadRetries(withFailures(call, jitter, redact)(...args), jitter));
}
