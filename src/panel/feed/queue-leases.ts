/**
 * Which queues this process follows. Each belongs to one process at a time by a lease in the store; while the store is
 * away everybody goes on with what they had, since a card that two make is one row.
 */
import { createRounds } from '../../domain/shared/rounds.ts';
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
  let closed = false;
  const look = async (): Promise<void> => {
    const taken = await takeFeeds(db, { instanceId, queues: await parts.queues() });
    if (!closed) parts.onQueues(new Set(taken));
  };
  const rounds = createRounds(look, (error, isFirst) => {
    if (isFirst) parts.onError(error);
  });
  const timer = setInterval(() => rounds.wake(), parts.renewMs);
  return {
    wake: () => rounds.wake(),
    async close() {
      closed = true;
      clearInterval(timer);
      await rounds.close();
    },
  };
}
