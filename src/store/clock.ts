/**
 * The clock that all processes share. A machine's own may be hours off, either way: it would settle no card, end a bake
 * at once, or refuse every push.
 */
import type { Queryable } from './database.ts';

export interface StoreClock {
  /** ms since the epoch. */
  now(): number;
  close(): void;
}

export interface StoreClockOptions {
  /** This machine's own clock is so many ms ahead of the store's; told once, until it agrees again. */
  readonly onOff: (aheadMs: number) => void;
  readonly wall?: () => number;
  readonly monotonic?: () => number;
  readonly readEveryMs?: number;
}

const READ_EVERY_MS = 30_000;
/** What the doctor warns of, too. */
const OFF_MS = 30_000;

/** What the store says that the time is, ms since the epoch. */
export async function storeTime(db: Queryable): Promise<number> {
  const [row] = await db.query<{ at: number }>('select (extract(epoch from clock_timestamp()) * 1000)::float8 as at');
  if (row === undefined) throw new Error('The store told no time.');
  return row.at;
}

/**
 * Read at once, and again every half a minute; between two readings, and while the store is away, it goes on by the
 * steady clock of this process, which nobody sets. It begins as this machine's own, and a reading moves it no further than
 * it must: the store said its time at some moment between the question and the answer.
 */
export async function followStoreClock(
  db: Queryable,
  { onOff, wall = Date.now, monotonic = () => performance.now(), readEveryMs = READ_EVERY_MS }: StoreClockOptions,
): Promise<StoreClock> {
  let aheadOfSteadyMs = wall() - monotonic();
  let isOff = false;

  async function read(): Promise<void> {
    const before = monotonic();
    const atMs = await storeTime(db);
    const after = monotonic();
    aheadOfSteadyMs = Math.min(Math.max(aheadOfSteadyMs, atMs - after), atMs - before);
    const offMs = wall() - (aheadOfSteadyMs + after);
    if (Math.abs(offMs) > OFF_MS && !isOff) onOff(offMs);
    isOff = Math.abs(offMs) > OFF_MS;
  }

  await read();
  const timer = setInterval(() => void read().catch(() => undefined), readEveryMs);
  timer.unref();
  return {
    now: () => Math.round(aheadOfSteadyMs + monotonic()),
    close: () => clearInterval(timer),
  };
}
