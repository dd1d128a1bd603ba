/**
 * Pushes that arrive while a transaction runs share the next one: a commit costs the same for one event as for a
 * thousand.
 */
import { isBadValue } from '../../store/errors.ts';
import type { EventBatch, Stored } from '../../store/events.ts';

export interface GroupCommit {
  /** Resolves after the commit that holds the batch; rejects with Overloaded, or with the store's error. */
  submit(batch: EventBatch): Promise<Stored>;
  /** True when a batch of this many events would be refused. */
  isFull(events: number): boolean;
  /** Waits for what was submitted; later batches are refused. */
  drain(): Promise<void>;
}

export interface GroupCommitOptions {
  readonly store: (batches: readonly EventBatch[]) => Promise<readonly Stored[]>;
  /** Most events that wait or are being stored; beyond it batches are refused, so memory stays bounded. */
  readonly maxWaiting?: number;
  readonly maxPerCommit?: number;
  /**
   * Commits under way at once; a further one starts only when it would be half full, so a light load still shares
   * commits.
   */
  readonly maxAtOnce?: number;
}

export class Overloaded extends Error {
  readonly code = 'overloaded';
  override readonly name = 'Overloaded';
}

interface Waiting {
  readonly batch: EventBatch;
  readonly resolve: (stored: Stored) => void;
  readonly reject: (error: unknown) => void;
}

export function createGroupCommit({
  store,
  maxWaiting = 20_000,
  maxPerCommit = 2_000,
  maxAtOnce = 2,
}: GroupCommitOptions): GroupCommit {
  const queue: Waiting[] = [];
  const running = new Set<Promise<void>>();
  let events = 0;
  let queued = 0;
  let busy = 0;
  let draining = false;

  const isFull = (more: number): boolean => draining || events + more > maxWaiting;

  const work = async (): Promise<void> => {
    // What is pushed in the same turn goes together.
    await Promise.resolve();
    while (queue.length > 0) {
      const group = take(queue, maxPerCommit);
      queued -= group.reduce((sum, { batch }) => sum + batch.events.length, 0);
      await commit(group, store);
    }
    // At once after the look at the queue: whoever pushes next must not find a worker that will not look again.
    busy -= 1;
  };

  const startWork = (): void => {
    if (busy >= maxAtOnce || (busy > 0 && queued < maxPerCommit / 2)) return;
    busy += 1;
    const mine = work().finally(() => running.delete(mine));
    running.add(mine);
  };

  return {
    isFull,
    submit(batch) {
      if (isFull(batch.events.length)) return Promise.reject(new Overloaded('Too many events wait to be stored.'));
      events += batch.events.length;
      const answer = new Promise<Stored>((resolve, reject) => {
        queue.push({ batch, resolve, reject });
        queued += batch.events.length;
        startWork();
      });
      return answer.finally(() => {
        events -= batch.events.length;
      });
    },
    async drain() {
      draining = true;
      while (running.size > 0) await Promise.all(running);
    },
  };
}

/** At least one, then as many as fit. */
function take(queue: Waiting[], maxPerCommit: number): Waiting[] {
  let events = 0;
  const end = queue.findIndex(({ batch }, index) => {
    events += batch.events.length;
    return index > 0 && events > maxPerCommit;
  });
  return queue.splice(0, end < 0 ? queue.length : end);
}

/** Never rejects: each member is told by its own promise. */
async function commit(group: readonly Waiting[], store: GroupCommitOptions['store']): Promise<void> {
  try {
    const results = await store(group.map(({ batch }) => batch));
    for (const [index, { resolve, reject }] of group.entries()) {
      const stored = results[index];
      if (stored) resolve(stored);
      else reject(new Error('The store did not answer for every batch.'));
    }
  } catch (error) {
    // One batch with a value that the database refuses must not take the others down with it.
    if (group.length > 1 && isBadValue(error)) for (const member of group) await commit([member], store);
    else for (const { reject } of group) reject(error);
  }
}
