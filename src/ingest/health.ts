/** Whether the store answers, asked at most once a second however many want to know. */
import type { Database } from '../store/database.ts';
import { storeRefusal } from './intake/receive.ts';

const FRESH_MS = 1_000;

/** Rejects with IngestRefusal while the store does not answer. */
export function createHealth(db: Database): () => Promise<void> {
  let askedAt = -Infinity;
  let answer: Promise<unknown> = Promise.resolve();
  let waiting = false;
  return async () => {
    // Not by the clock of the service, which may be set back.
    if (!waiting && performance.now() - askedAt >= FRESH_MS) {
      askedAt = performance.now();
      waiting = true;
      answer = db.query('select 1').finally(() => {
        waiting = false;
        askedAt = performance.now();
      });
    }
    await answer.catch((error: unknown) => {
      throw storeRefusal(error);
    });
  };
}
