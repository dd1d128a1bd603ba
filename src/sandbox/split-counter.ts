/** The organisation's own truth about the split: cards per version, second by second. */
const KEPT_SECONDS = 3_600;

export interface ObservedSplit {
  readonly action: string;
  readonly seconds: number;
  readonly total: number;
  /** Cards by version. */
  readonly counts: Readonly<Record<string, number>>;
  /** ISO instant of the latest card by version, however long ago. */
  readonly lastCardAt: Readonly<Record<string, string>>;
}

interface ActionCards {
  readonly bySecond: Map<number, Map<string, number>>;
  readonly lastMs: Map<string, number>;
}

export class SplitCounter {
  readonly #actions = new Map<string, ActionCards>();

  /** Instants must not decrease by more than the seconds that are kept. */
  count(action: string, version: string, atMs: number): void {
    const cards = this.#cardsOf(action);
    const second = Math.floor(atMs / 1000);
    let counts = cards.bySecond.get(second);
    if (counts === undefined) {
      counts = new Map();
      cards.bySecond.set(second, counts);
      for (const old of cards.bySecond.keys()) if (old <= second - KEPT_SECONDS) cards.bySecond.delete(old);
    }
    counts.set(version, (counts.get(version) ?? 0) + 1);
    cards.lastMs.set(version, atMs);
  }

  observed(action: string, seconds: number, nowMs: number): ObservedSplit {
    const cards = this.#actions.get(action);
    const counts: Record<string, number> = {};
    const since = Math.floor(nowMs / 1000) - seconds;
    for (const [second, byVersion] of cards?.bySecond ?? []) {
      if (second <= since) continue;
      for (const [version, n] of byVersion) counts[version] = (counts[version] ?? 0) + n;
    }
    const total = Object.values(counts).reduce((sum, n) => sum + n, 0);
    const lastCardAt = Object.fromEntries(
      [...(cards?.lastMs ?? [])].map(([version, ms]) => [version, new Date(ms).toISOString()]),
    );
    return { action, seconds, total, counts, lastCardAt };
  }

  #cardsOf(action: string): ActionCards {
    let cards = this.#actions.get(action);
    if (cards === undefined) {
      cards = { bySecond: new Map(), lastMs: new Map() };
      this.#actions.set(action, cards);
    }
    return cards;
  }
}
