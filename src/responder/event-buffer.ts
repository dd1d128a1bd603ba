/** Events on their way into the store: many in one transaction, kept while the store is away, up to a bound. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { EngagementEvent } from '../domain/events/event.ts';
import { storeBatches } from '../store/events.ts';
import type { Database } from '../store/database.ts';

const COPILOT_SOURCE = 'copilot';

export interface EventBuffer {
  add(event: EngagementEvent): void;
  /** Thrown away since the beginning, for the store was away too long. */
  readonly lost: number;
  /** Resolves when all that was added is durable, or cannot be now. */
  drain(): Promise<void>;
}

const GROUP_MS = 100;
const MAX_AT_ONCE = 1_000;
const MAX_WAITING = 50_000;
const [FIRST_WAIT_MS, MAX_WAIT_MS] = [250, 5_000];

export function createEventBuffer(
  db: Database,
  { now, onTrouble }: { readonly now: () => number; readonly onTrouble: (error: unknown) => void },
): EventBuffer {
  let waiting: EngagementEvent[] = [];
  let lost = 0;
  let running: Promise<void> | null = null;
  let waitMs = 0;

  const flush = async (): Promise<void> => {
    await sleep(GROUP_MS + waitMs, undefined, { ref: false });
    while (waiting.length > 0) {
      const events = waiting.slice(0, MAX_AT_ONCE);
      try {
        await storeBatches(db, [{ source: COPILOT_SOURCE, receivedAt: new Date(now()), events }]);
        waiting = waiting.slice(events.length);
        waitMs = 0;
      } catch (error) {
        onTrouble(error);
        waitMs = Math.min(MAX_WAIT_MS, Math.max(FIRST_WAIT_MS, 2 * waitMs));
        return;
      }
    }
  };
  const run = (): Promise<void> => {
    running ??= flush().finally(() => {
      running = null;
      if (waiting.length > 0) void run();
    });
    return running;
  };
  return {
    add(event) {
      waiting.push(event);
      const over = waiting.length - MAX_WAITING;
      if (over > 0) {
        waiting = waiting.slice(over);
        lost += over;
      }
      void run();
    },
    get lost() {
      return lost;
    },
    async drain() {
      for (let tries = 0; tries < 3 && waiting.length > 0; tries += 1) await run();
    },
  };
}
