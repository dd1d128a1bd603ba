/** What the page tells, kept while it cannot be told: a bounded number, for a bounded time. */
import { waitMs } from './stream.js';

const MAX_WAITING = 300;
const MAX_AGE_MS = 3_600_000;
const BATCH = 50;

/** @typedef {{ id: string, kind: string, cardId?: string, receipt?: string, sinceMs?: number, sha256?: string }} PageEvent */

/**
 * @param {(events: PageEvent[], last: boolean) => Promise<'taken' | 'refused' | 'later'>} send Never rejects.
 */
export function createEventQueue(send) {
  /** @type {{ event: PageEvent, at: number }[]} */
  let waiting = [];
  let isSending = false;
  let tries = 0;
  /** One of so many was refused: they go one by one, so that it takes none with it. */
  let alone = 0;
  /** @type {number | undefined} */
  let timer;

  const next = async () => {
    if (isSending) return;
    isSending = true;
    clearTimeout(timer);
    waiting = waiting.filter(({ at }) => performance.now() - at < MAX_AGE_MS);
    while (waiting.length > 0) {
      const batch = waiting.slice(0, alone > 0 ? 1 : BATCH);
      const outcome = await send(
        batch.map(({ event }) => event),
        false,
      );
      if (outcome === 'later') {
        timer = window.setTimeout(next, waitMs(tries++));
        break;
      }
      tries = 0;
      if (outcome === 'refused' && batch.length > 1) {
        alone = batch.length;
        continue;
      }
      alone = Math.max(0, alone - 1);
      waiting = waiting.filter((one) => !batch.includes(one));
    }
    isSending = false;
  };

  return {
    /** @param {PageEvent} event */
    push(event) {
      waiting.push({ event, at: performance.now() });
      // The newest tell more: what became of a card.
      waiting = waiting.slice(-MAX_WAITING);
      void next();
    },
    /** There is a way again: does not wait for the timer. */
    tryAgain() {
      tries = 0;
      void next();
    },
    /** The page goes. What is told twice is taken once, so nothing is lost by telling it again. */
    flush() {
      if (waiting.length > 0)
        void send(
          waiting.slice(-BATCH).map(({ event }) => event),
          true,
        );
    },
  };
}
