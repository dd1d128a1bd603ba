/** Events of EventBridge on their way into the store: what comes while a transaction runs shares the next one. */
import type { Readable } from 'node:stream';
import type { Database } from '../../store/database.ts';
import { isBadValue } from '../../store/errors.ts';
import { addLiveEvents, sweepLiveEvents } from '../../store/live-events.ts';
import type { LiveEventRow } from '../../store/live-events.ts';
import { createBridgeGate, readBridgeEvent } from '../eventbridge.ts';
import type { IngestLogger } from '../logger.ts';
import { IngestRefusal } from '../problem.ts';
import { readBody } from './body.ts';
import type { MemoryBudget } from './memory-budget.ts';
import { storeRefusal } from './receive.ts';

export interface BridgeCounts {
  readonly taken: number;
  readonly duplicates: number;
  /** Of topics that nobody reads. */
  readonly passedOver: number;
  /** Came too late to be of use. */
  readonly late: number;
}

export interface BridgeParts {
  readonly db: Database;
  readonly secrets: readonly string[];
  readonly budget: MemoryBudget;
  readonly now: () => number;
  readonly bodyMs?: number | undefined;
  readonly logger?: IngestLogger | undefined;
}

export interface Bridge {
  /** Throws IngestRefusal; answers when the event is in the store. */
  take(request: Request, incoming: Readable | undefined): Promise<{ readonly taken: number }>;
  readonly counts: BridgeCounts;
  close(): Promise<void>;
}

interface Waiting {
  readonly row: LiveEventRow;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

const BAD_VALUE = new IngestRefusal('bridge-event-invalid', [
  { field: '(body)', message: 'The database refuses a value' },
]);
const MAX_WAITING = 5_000;
const MAX_BATCH = 500;
/** Rows are of use for seconds, and are kept for a minute. */
const SWEEP_MS = 15_000;

export function createBridge({ db, secrets, budget, now, bodyMs, logger }: BridgeParts): Bridge {
  const admit = createBridgeGate(secrets);
  const counts = { taken: 0, duplicates: 0, passedOver: 0, late: 0 };
  const queue: Waiting[] = [];
  let running: Promise<void> | undefined;

  /** Never rejects: each is told by its own promise. A value that the database refuses is one event's alone. */
  const commit = async (batch: readonly Waiting[]): Promise<void> => {
    try {
      const rows = batch.map(({ row }) => row);
      const added = await addLiveEvents(db, rows);
      counts.taken += added;
      counts.duplicates += batch.length - added;
      for (const { resolve } of batch) resolve();
    } catch (error) {
      if (batch.length > 1 && isBadValue(error)) for (const one of batch) await commit([one]);
      else for (const { reject } of batch) reject(isBadValue(error) ? BAD_VALUE : storeRefusal(error));
    }
  };
  const work = async (): Promise<void> => {
    while (queue.length > 0) await commit(queue.splice(0, MAX_BATCH));
    running = undefined;
  };
  const store = (row: LiveEventRow): Promise<void> => {
    if (queue.length >= MAX_WAITING) throw new IngestRefusal('overloaded');
    return new Promise((resolve, reject) => {
      queue.push({ row, resolve, reject });
      // What is there in the same turn goes together.
      running ??= Promise.resolve().then(work);
    });
  };
  const sweep = (): void => {
    sweepLiveEvents(db).catch((error: unknown) => logger?.warn({ err: error }, 'live events could not be swept'));
  };
  const sweeper = setInterval(sweep, SWEEP_MS);
  sweeper.unref();

  return {
    counts,
    async take(request, incoming) {
      admit(request.headers);
      const { bytes, reservation } = await readBody(request, budget, {
        incoming,
        ...(bodyMs !== undefined && { bodyMs }),
      });
      try {
        reservation.proven();
        const event = readBridgeEvent(bytes, now());
        if (typeof event === 'string') counts[event] += 1;
        else await store(event);
        return { taken: typeof event === 'string' ? 0 : 1 };
      } finally {
        reservation.release();
      }
    },
    async close() {
      clearInterval(sweeper);
      await running;
    },
  };
}
