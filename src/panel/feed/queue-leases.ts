/**
 * Which queues this process follows. Each belongs to one process at a time by a lease in the store; while the store is
 * away everybody goes on with what they had, since a card that two make is one row.
 */
import type { Database } from '../../store/database.ts';
import { takeFeeds } from '../../store/panel/feeds.ts';

export interface LeaseParts {
  readonly db: Database;
  readonly instanceId: string;
  /** That are to be followed by somebody. */
  queues(): Promise<readonly string[]>;
  /** What this process follows from now on. */
  onQueues(queueIds: ReadonlySet<string>): void;
  readonly onError: (error: unknown) => void;
  readonly renewMs: number;
}

export interface QueueLeases {
  /** Something has changed: look now. */
  wake(): void;
  close(): Promise<void>;
}

export function keepQueueLeases(parts: LeaseParts): QueueLeases {
  const { db, instanceId } = parts;
  let running: Promise<void> | undefined;
  const state = { again: false, closed: false, failing: false };

  const look = async (): Promise<void> => {
    try {
      const taken = await takeFeeds(db, { instanceId, queues: await parts.queues() });
      state.failing = false;
      if (!state.closed) parts.onQueues(new Set(taken));
    } catch (error) {
      if (!state.failing) parts.onError(error);
      state.failing = true;
    }
  };
  const run = async (): Promise<void> => {
    do {
      state.again = false;
      await look();
    } while (state.again && !state.closed);
    running = undefined;
  };
  const wake = (): void => {
    if (state.closed) return;
    state.again = running !== undefined;
    running ??= run();
  };
  const timer = setInterval(wake, parts.renewMs);
  return {
    wake,
    async close() {
      state.closed = true;
      clearInterval(timer);
      await running;
    },
  };
}
