/**
 * This process among the others: its lease, and what it may show. It confirms an epoch only when what serves no more is
 * gone from all its screens, and renews its lease long before that runs out. Its lease counts from the start of the
 * last renewal that succeeded, by its own monotonic clock: the store, which counts from some moment after, never calls
 * it over while cards of a candidate can still be on a screen. From then on only the baseline is served. So it is for a
 * while when the store turns out to be an older one.
 */
import { createRounds } from '../domain/shared/rounds.ts';
import { isSetBack, SET_BACK_MS } from '../domain/split/set-back.ts';
import type { Renewed } from '../store/panel/instances.ts';
import { within } from '../store/within.ts';
import type { PanelLogger } from './logger.ts';

export interface ServedArm {
  readonly versionId: string;
  readonly group: 'candidate' | 'control';
  readonly enabled: boolean;
  readonly splitPercent: number;
}

export interface Splits {
  readonly epoch: number;
  /** The last change of each action. */
  readonly epochs: ReadonlyMap<string, number>;
  /** By action. */
  readonly arms: ReadonlyMap<string, readonly ServedArm[]>;
}

export interface InstanceDeps {
  /** All splits, and the epoch up to which they are told. */
  readSplits(): Promise<Splits>;
  /** Renews the lease as one that has applied that epoch. */
  renew(appliedEpoch: number): Promise<Renewed>;
  /** The lease back, so that nobody waits for it. */
  giveBack(): Promise<void>;
  /** What is served has changed: what is not served now leaves all screens before this returns. */
  onChange(): void;
  /** Monotonic, in milliseconds. */
  readonly clock: () => number;
  readonly leaseMs: number;
  readonly renewMs: number;
  readonly logger?: PanelLogger | undefined;
}

export interface Instance {
  /** The epoch that is applied; null before the first. */
  readonly epoch: number | null;
  /** Without a lease: of every action only the baseline. */
  readonly isFenced: boolean;
  /** What serves an action now, as this process may serve it. */
  armsOf(action: string): readonly ServedArm[];
  /** Somebody changed a split. */
  wake(): void;
  close(): Promise<void>;
}

export function startInstance(deps: InstanceDeps): Instance {
  const { clock, leaseMs, renewMs, logger } = deps;
  let splits: Splits | null = null;
  let leaseSince = -Infinity;
  let setBackUntil = -Infinity;
  let wasFenced = true;
  let wasLost = false;
  let closed = false;

  const isFenced = (): boolean => closed || clock() - leaseSince >= leaseMs || clock() < setBackUntil;

  /** As loud as its loss was: whoever read of that must read of this. */
  const tellHeld = (): void => {
    const fields = { epoch: splits?.epoch };
    if (wasLost) logger?.warn(fields, 'the lease is held again: all versions are served');
    else logger?.info(fields, 'the lease is held: all versions are served');
  };

  const noticeFence = (): void => {
    // Whoever ends it knows that it has no lease any more.
    if (closed || isFenced() === wasFenced) return;
    wasFenced = !wasFenced;
    wasLost ||= wasFenced;
    if (!wasFenced) tellHeld();
    else if (clock() >= setBackUntil) logger?.error({}, 'the lease could not be renewed: only baselines are served');
    deps.onChange();
  };

  const read = async (): Promise<Splits> => {
    const [before, now] = [splits, await within(leaseMs, deps.readSplits())];
    if (before !== null && isSetBack(before.epochs, now.epochs)) {
      setBackUntil = clock() + SET_BACK_MS;
      wasLost = true;
      logger?.error(
        { before: before.epoch, epoch: now.epoch },
        `the database was restored to an older state: for ${SET_BACK_MS / 1000} s only baselines are served, until the guardian has looked`,
      );
    }
    splits = now;
    deps.onChange();
    return now;
  };

  const renewOnce = async (): Promise<void> => {
    for (let known = splits; ; known = null) {
      // A process that comes back, or hears of a change, applies first and confirms after.
      const applied = known ?? (await read());
      const startedAt = clock();
      const { epoch, lapsed }: Renewed = await within(leaseMs, deps.renew(applied.epoch));
      // Not only what is newer is news: a store that was restored has gone back, and gives its numbers again. Nor is the
      // same number none where nobody waited for this process.
      const isCurrent = epoch === applied.epoch && (known === null || !lapsed);
      if (isCurrent) leaseSince = startedAt;
      else if (lapsed) leaseSince = -Infinity;
      noticeFence();
      if (isCurrent) return;
    }
  };

  const rounds = createRounds(renewOnce, (error) => logger?.warn({ err: error }, 'the lease was not renewed'));
  const renewal = setInterval(() => rounds.wake(), renewMs);
  // Not by the renewals: one that hangs must not hold the fence open.
  const watch = setInterval(noticeFence, WATCH_MS);
  rounds.wake();

  return {
    get epoch() {
      return splits?.epoch ?? null;
    },
    get isFenced() {
      return isFenced();
    },
    armsOf: (action) => (splits?.arms.get(action) ?? []).filter((arm) => !isFenced() || arm.group === 'control'),
    wake: () => rounds.wake(),
    async close() {
      closed = true;
      clearInterval(renewal);
      clearInterval(watch);
      deps.onChange();
      try {
        // After so long it has run out by itself.
        await within(
          leaseMs,
          rounds.close().then(() => deps.giveBack()),
        );
      } catch (error) {
        logger?.warn({ err: error }, 'the lease was not given back: it runs out by itself');
      }
    },
  };
}

const WATCH_MS = 100;
