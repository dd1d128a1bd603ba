/**
 * The organisation: pushes events at least once, tries again until acknowledged, and sometimes once more. Remembers
 * what was acknowledged.
 */
import { randomUUID } from 'node:crypto';
import type { EngagementEvent } from '../../src/domain/events/event.ts';
import { eventStream, take } from '../ingest/events.ts';
import type { Random } from '../../src/domain/shared/random.ts';
import { signedPush } from '../lib/push.ts';

export interface Load {
  /** Ids of events, by acknowledged pushes. */
  readonly acknowledged: ReadonlySet<string>;
  /** Stops sending; what is not acknowledged by then has an unknown fate and counts for nothing. */
  stop(): Promise<void>;
}

const LANES = 4;
const MAX_EVENTS = 40;
const PAUSE_MS = 10;
const AGAIN = 0.05;
const ANSWER_MS = 5_000;

/** `url` of the events service now; null while there is none. */
export function startLoad(url: () => string | null, secret: string, random: Random): Load {
  const acknowledged = new Set<string>();
  const stream = eventStream(Date.now);
  const end = new AbortController();

  const lane = async (): Promise<void> => {
    while (!end.signal.aborted) {
      const events = take(stream, 1 + Math.floor(random.next() * MAX_EVENTS));
      const id = `msg_${randomUUID()}`;
      const times = random.next() < AGAIN ? 2 : 1;
      for (let sent = 0; sent < times && !end.signal.aborted;) {
        if (await push(url(), secret, events, id)) sent += 1;
        else await pause(PAUSE_MS * 5);
        if (sent > 0) for (const event of events) acknowledged.add(event.id);
      }
      await pause(PAUSE_MS);
    }
  };
  const lanes = Array.from({ length: LANES }, lane);
  return {
    acknowledged,
    async stop() {
      end.abort();
      await Promise.all(lanes);
    },
  };
}

async function push(
  url: string | null,
  secret: string,
  events: readonly EngagementEvent[],
  id: string,
): Promise<boolean> {
  if (url === null) return false;
  try {
    const { headers, body } = signedPush(secret, events, id);
    const answer = await fetch(`${url}/events`, {
      method: 'POST',
      headers,
      body,
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    await answer.arrayBuffer();
    return answer.ok;
  } catch {
    return false;
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
