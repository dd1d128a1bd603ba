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
/** An answer that took longer says too little of when it was given. */
const SLOW_MS = 2_000;

/**
 * Read at once, and again every half a minute; between two readings, and while the store is away, it goes on by the
 * steady clock of this process, which nobody sets.
 */
export async function followStoreClock(
  db: Queryable,
  { onOff, wall = Date.now, monotonic = () => performance.now(), readEveryMs = READ_EVERY_MS }: StoreClockOptions,
): Promise<StoreClock> {
  let aheadOfSteadyMs = wall() - monotonic();
  let isOff = false;

  async function read(isSlowGood: boolean): Promise<void> {
    const before = monotonic();
    const [row] = await db.query<{ at: number }>('select (extract(epoch from clock_timestamp()) * 1000)::float8 as at');
    const after = monotonic();
    if (row === undefined || (after - before > SLOW_MS && !isSlowGood)) return;
    aheadOfSteadyMs = row.at - (before + after) / 2;
    const offMs = wall() - (aheadOfSteadyMs + after);
    if (Math.abs(offMs) > OFF_MS && !isOff) onOff(offMs);
    isOff = Math.abs(offMs) > OFF_MS;
  }

  await read(true);
  const timer = setInterval(() => void read(false).catch(() => undefined), readEveryMs);
  timer.unref();
  return {
    now: () => Math.round(aheadOfSteadyMs + monotonic()),
    close: () => clearInterval(timer),
  };
}
