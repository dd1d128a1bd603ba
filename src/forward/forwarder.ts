/**
 * Forwards what the outbox holds. Any number of processes may start one: the holder of the lease works, the others wait
 * for it to
 * be given up or to expire. What a dead holder left under way is sent again: at least once, in order per conversation.
 */
import { randomUUID } from 'node:crypto';
import type { Database } from '../store/database.ts';
import { releaseLease, setDestinations, takeLease } from '../store/destinations.ts';
import { OUTBOX_CHANNEL, readBacklog } from '../store/outbox.ts';
import type { Destination } from '../config/destination.ts';
import { startLane } from './lane.ts';
import type { Lane, LaneStats } from './lane.ts';
import type { ForwardLogger, ForwardParts } from './parts.ts';
import { DEFAULT_SETTINGS } from './settings.ts';
import type { ForwardSettings } from './settings.ts';
import { createWake } from './wake.ts';

export interface ForwarderOptions {
  readonly db: Database;
  /** All of them: a destination that is not here gets no new events once this forwarder holds the lease. */
  readonly destinations: readonly Destination[];
  readonly now: () => number;
  readonly logger: ForwardLogger;
  readonly random?: () => number;
  readonly settings?: Partial<ForwardSettings>;
}

export interface ForwarderStats {
  /** Does this process hold the lease? */
  readonly active: boolean;
  /** Since it has held it. */
  readonly destinations: Readonly<Record<string, LaneStats>>;
}

export interface Forwarder {
  stats(): ForwarderStats;
  /** Ends what is under way and gives up the lease. Leaves the database open. */
  close(): Promise<void>;
}

/** A process is not the one that ran before it, even under the same process id. */
const PROCESS = randomUUID();
const LEASE = 'forwarder';
const WARN_EVERY_MS = 60_000;

/**
 * From its return on, new events are put into the outbox; the events of one store know of its destinations in every
 * process.
 */
export async function startForwarder(options: ForwarderOptions): Promise<Forwarder> {
  const { db, destinations, logger, now } = options;
  const settings = { ...DEFAULT_SETTINGS, ...options.settings };
  const parts: ForwardParts = { db, now, logger, settings, random: options.random ?? Math.random };
  const wake = createWake();
  let holder = newHolder();
  let lanes: ReadonlyMap<string, Lane> | null = null;
  let warnedAtMs = -Infinity;
  const stop = new AbortController();

  const stopListening = await db.listen(OUTBOX_CHANNEL, () => lanes?.forEach((lane) => lane.poke()));
  await setDestinations(
    db,
    destinations.map(({ name }) => name),
  );

  const keepLease = async (): Promise<void> => {
    const epoch = await takeLease(db, {
      name: LEASE,
      holder,
      ttlMs: settings.leaseMs,
      ownsStore: db.kind === 'pglite',
    });
    if (epoch === null) return stopLanes('another process forwards');
    if (lanes !== null) return warnOfBacklog();
    await setDestinations(
      db,
      destinations.map(({ name }) => name),
    );
    logger.info({ destinations: destinations.map(({ name }) => name), epoch }, 'forwarding');
    lanes = new Map(
      destinations.map((destination) => [
        destination.name,
        startLane(parts, { name: LEASE, holder, epoch }, destination),
      ]),
    );
  };

  /** Under a new name next time, so that what these lanes left under way is told from what the next ones send. */
  async function stopLanes(why: string): Promise<void> {
    if (lanes === null) return;
    const stopped = [...lanes.values()];
    lanes = null;
    holder = newHolder();
    logger.warn({ why }, 'forwarding ends here');
    await Promise.all(stopped.map((lane) => lane.close()));
  }

  async function warnOfBacklog(): Promise<void> {
    if (now() - warnedAtMs < WARN_EVERY_MS) return;
    warnedAtMs = now();
    for (const { destination, pending, oldestAt } of await readBacklog(db, settings.warnPending + 1)) {
      if (pending > settings.warnPending)
        logger.warn(
          { destination, pending, oldestAt },
          'forwarding: the outbox grows; this destination does not keep up',
        );
    }
  }

  const run = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      await keepLease().catch((error: unknown) =>
        logger.error({ err: error }, 'forwarding: the lease could not be renewed'),
      );
      if (!stop.signal.aborted) await wake.sleep(settings.leaseMs / 3);
    }
  };
  const running = run();

  const close = async (): Promise<void> => {
    stop.abort();
    wake.poke();
    await running;
    await stopListening();
    await Promise.all([...(lanes?.values() ?? [])].map((lane) => lane.close()));
    await releaseLease(db, { name: LEASE, holder });
  };
  let closed: Promise<void> | undefined;
  return {
    stats: () => ({
      active: lanes !== null,
      destinations: Object.fromEntries([...(lanes ?? [])].map(([name, lane]) => [name, lane.stats()])),
    }),
    close: () => (closed ??= close()),
  };
}

function newHolder(): string {
  return `${PROCESS}/${randomUUID()}`;
}
