/** When cards of each arm came, by our own clock: what a card says of its time delays and hides nothing. */
import { armCard } from '../judge/report/arm-names.ts';
import type { Arm } from '../judge/types.ts';

interface ArmArrivals {
  /** Cards since the split in force. */
  readonly cards: number;
  /** ms since the epoch; before the first card of the split, when it was shown or the watch began. */
  readonly lastMs: number;
}

export interface Arrivals {
  /** ms since the epoch */
  readonly sinceMs: number;
  readonly arms: Readonly<Record<Arm, ArmArrivals>>;
}

export interface ArrivedCard {
  readonly arm: Arm;
  readonly arrivedAtMs: number;
}

export function noArrivals(sinceMs: number): Arrivals {
  return { sinceMs, arms: { baseline: { cards: 0, lastMs: sinceMs }, candidate: { cards: 0, lastMs: sinceMs } } };
}

export function addArrivals(arrivals: Arrivals, cards: readonly ArrivedCard[]): Arrivals {
  const arms = { ...arrivals.arms };
  for (const { arm, arrivedAtMs } of cards)
    arms[arm] = { cards: arms[arm].cards + 1, lastMs: Math.max(arms[arm].lastMs, arrivedAtMs) };
  return { ...arrivals, arms };
}

/** Chance that an arm whose cards come as they did falls silent for so long by itself: exp(-7) is one in a thousand. */
const MISSED_GAPS = 7;
const MIN_CARDS = 5;

export interface Arriving {
  readonly arrivals: Arrivals;
  readonly nowMs: number;
  readonly splitPercent: number;
  /** The arm in which no card is shown; null: both are versions. */
  readonly noCard: Arm | null;
}

/**
 * Arms that have fallen silent, each with a clause: no card for seven times the mean gap between its cards at this
 * split (cards that come independently do that once in a thousand times), and for at least `minMs`.
 */
export function staleArms({ arrivals, nowMs, splitPercent, noCard }: Arriving, minMs: number): string[] {
  const asked = [
    ...(splitPercent > 0 ? ['candidate' as const] : []),
    ...(splitPercent < 100 ? ['baseline' as const] : []),
  ];
  return asked.flatMap((arm) => {
    const { cards, lastMs } = arrivals.arms[arm];
    if (cards < MIN_CARDS) return [];
    const gapMs = (lastMs - arrivals.sinceMs) / cards;
    const silentMs = nowMs - lastMs;
    if (silentMs < Math.max(minMs, MISSED_GAPS * gapMs)) return [];
    return [
      `no ${armCard(arm, noCard)} has come for ${seconds(silentMs)}, and one came every ${seconds(gapMs)} before`,
    ];
  });
}

function seconds(ms: number): string {
  return `${Number((ms / 1000).toPrecision(2))} s`;
}
