/**
 * Spans of time in which queues were not heard. Each is looked at until it is settled: analytics, which tells late, had
 * time to tell of it, and who ran in it was heard since or is over.
 */
import type { Followed } from './followed.ts';

export interface Gap {
  readonly queueIds: Set<string>;
  /** ms since the epoch. */
  fromMs: number;
  toMs: number;
  /** Its end by the steady clock. */
  endedAt: number;
  isLookedAt: boolean;
  /** Conversations that were found in it, for as long as it is looked at: each is taken once. */
  readonly found: Set<string>;
}

export type NewGap = Pick<Gap, 'fromMs' | 'toMs' | 'endedAt'> & { readonly queueIds: readonly string[] };

export class Gaps {
  readonly #settleMs: number;
  /** In the order in which they ended. */
  #gaps: Gap[] = [];

  constructor(settleMs: number) {
    this.#settleMs = settleMs;
  }

  get all(): readonly Gap[] {
    return [...this.#gaps];
  }

  /** Those that come together are one: they cost one look. */
  add({ queueIds, fromMs, toMs, endedAt }: NewGap): void {
    const near = this.#gaps.find((gap) => !gap.isLookedAt && Math.abs(gap.fromMs - fromMs) <= this.#settleMs);
    if (near === undefined) {
      const gap = { queueIds: new Set(queueIds), fromMs, toMs, endedAt, isLookedAt: false, found: new Set<string>() };
      this.#gaps.push(gap);
      return;
    }
    for (const id of queueIds) near.queueIds.add(id);
    near.fromMs = Math.min(near.fromMs, fromMs);
    near.toMs = Math.max(near.toMs, toMs);
    near.endedAt = endedAt;
  }

  leave(queueId: string): void {
    for (const { queueIds } of this.#gaps) queueIds.delete(queueId);
    this.#gaps = this.#gaps.filter(({ queueIds }) => queueIds.size > 0);
  }

  /** Analytics that was asked at this instant of the steady clock may not have told of all that ran in it. */
  isFresh({ endedAt }: Gap, askedAt: number): boolean {
    return askedAt - endedAt < this.#settleMs;
  }

  /** All were asked for at that instant; a conversation that is silent keeps the last one in which it ran. */
  settle(askedAt: number, open: readonly Followed[]): void {
    const silent = open.filter(isSilent);
    this.#gaps = this.#gaps.filter((gap, at) => {
      if (!gap.isLookedAt || this.isFresh(gap, askedAt)) return true;
      const later = this.#gaps.slice(at + 1);
      return silent.some((one) => isSilentIn(gap, one) && !later.some((other) => isSilentIn(other, one)));
    });
  }
}

/** Something of it may have been missed, its end too. */
export function isSilent({ gap, ended }: Followed): boolean {
  return gap && !ended;
}

/** Nothing was heard of it since. */
export function isSilentIn({ queueIds, endedAt }: Gap, { heardAt, topicQueueIds }: Followed): boolean {
  return heardAt < endedAt && [...topicQueueIds].some((id) => queueIds.has(id));
}
