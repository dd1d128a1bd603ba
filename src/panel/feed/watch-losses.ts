/** Looks at the feed now and then: what it loses is measured, logged once as it begins and ends, and kept for others to see. */
import { createRounds } from '../../domain/shared/rounds.ts';
import { count, readAtScrape } from '../../telemetry/measure.ts';
import type { FeedCounts } from './counts.ts';
import { FATES, fatesOf, troubleOf } from './losses.ts';
import type { Fates, LossLooks } from './losses.ts';

export interface WatchedFeed {
  readonly live: LossLooks['live'];
  readonly counts: FeedCounts;
  readonly hasQueues: boolean;
}

export interface LossWatchParts {
  readonly state: () => WatchedFeed;
  /** Monotonic. */
  readonly clock: () => number;
  /** So that others can see it; null: there is none. */
  readonly keep: (trouble: string | null) => Promise<void>;
  readonly logger?: LossLogger | undefined;
  readonly lookMs?: number;
}

interface LossLogger {
  warn(fields: object, message: string): void;
}

export interface LossWatch {
  readonly trouble: string | null;
  close(): Promise<void>;
}

const LOOK_MS = 10_000;
/** What is judged: five minutes. */
const LOOKS = 30;

export function watchLosses({ state, clock, keep, logger, lookMs = LOOK_MS }: LossWatchParts): LossWatch {
  const fates: Fates[] = [fatesOf(state().counts)];
  const seen: { trouble: string | null; kept: string | null; closedAt: number | null } = {
    trouble: null,
    kept: null,
    closedAt: null,
  };

  const look = (): void => {
    const { live, counts, hasQueues } = state();
    const now = fatesOf(counts);
    measure(now, fates.at(-1));
    fates.push(now);
    if (fates.length > LOOKS) fates.shift();
    seen.closedAt = live.isOpen ? null : (seen.closedAt ?? clock());
    const closedMs = seen.closedAt === null ? null : clock() - seen.closedAt;
    const before = seen.trouble;
    seen.trouble = troubleOf({ fates, live, closedMs, hasQueues });
    if (before === null && seen.trouble !== null)
      logger?.warn({ trouble: seen.trouble }, 'utterances that should surface a card do not');
    if (before !== null && seen.trouble === null) logger?.warn({}, 'utterances surface their cards again');
  };

  const rounds = createRounds(
    async () => {
      const { trouble } = seen;
      if (trouble === seen.kept) return;
      await keep(trouble);
      seen.kept = trouble;
    },
    // A store that is away is told of by whoever writes cards.
    () => undefined,
  );
  const timer = setInterval(() => {
    look();
    rounds.wake();
  }, lookMs);
  const unread = readAtScrape(() => [
    { gauge: 'assist_rollouts_panel_losing', value: seen.trouble === null ? 0 : 1 },
    { gauge: 'assist_rollouts_panel_unheard_conversations', value: state().live.unheard },
  ]);
  return {
    get trouble() {
      return seen.trouble;
    },
    async close() {
      clearInterval(timer);
      unread();
      await rounds.close();
    },
  };
}

function measure(now: Fates, before: Fates | undefined): void {
  for (const fate of FATES)
    count('assist_rollouts_panel_utterances_total', now[fate] - (before?.[fate] ?? 0), { fate });
}
