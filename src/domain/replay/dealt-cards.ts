/** The cards of the past, dealt to two arms as the steps of a plan split them, in looks as a watch cuts them. */
import type { Arm } from '../judge/types.ts';
import type { Bake } from '../plan/steps/definition.ts';
import type { TimedCard } from '../rollout/looks.ts';
import { cutLooks, DEFAULT_LOOK_RULES } from '../rollout/looks.ts';
import { MIN_SETTLING_MS } from '../rollout/settling.ts';
import type { CardSource } from '../rollout/rehearse.ts';
import type { PastCard, PastTraffic } from './past-cards.ts';
import { dealtArm } from './past-cards.ts';

/** What becomes of a candidate's card; `draw` is uniform in [0, 1). */
export type Treatment = (card: PastCard, draw: number) => PastCard;

export interface Deal {
  /** The rollout begins with this card. */
  readonly firstCard: number;
  readonly salt: number;
  /** A card is judged so long after it arrived. */
  readonly settleMs: number;
  /** Of the candidate's cards; absent: they stay as they were. */
  readonly treat?: { readonly treatment: Treatment; readonly drawOf: (card: number) => number } | undefined;
}

export function dealtCards(traffic: PastTraffic, deal: Deal): CardSource {
  const { cards, toMs } = traffic;
  const { firstCard, settleMs, treat } = deal;
  const startMs = cards[firstCard]?.arrivedAtMs ?? toMs;
  const splits = [{ percent: 0, sinceMs: -Infinity }];
  const seen = new Set<number>();
  let [arrivedUpTo, settledUpTo] = [firstCard, firstCard];
  let pending: TimedCard[] = [];

  const armOf = ({ unit, arrivedAtMs }: PastCard): Arm => {
    const { percent = 0 } = splits.findLast(({ sinceMs }) => sinceMs <= arrivedAtMs - startMs) ?? {};
    return dealtArm(unit, deal.salt, percent);
  };
  const dealt = (card: PastCard, index: number): TimedCard => {
    const arm = armOf(card);
    const treated = arm === 'candidate' && treat !== undefined ? treat.treatment(card, treat.drawOf(index)) : card;
    // Copied whole, with fields that no judge reads: millions are made, and taking fields out costs three times as much.
    return {
      ...treated,
      arm,
      triggeredAtMs: card.triggeredAtMs - startMs,
      arrivedAtMs: card.arrivedAtMs - startMs,
      firstOfConversation: seen.size < seen.add(card.unit).size,
    };
  };
  const upTo = (from: number, atMs: number): number => {
    let index = from;
    while (index < cards.length && (cards[index]?.arrivedAtMs ?? 0) - startMs <= atMs) index += 1;
    return index;
  };

  return {
    setSplit: (percent, atMs) => {
      splits.push({ percent, sinceMs: atMs });
    },
    takeUntil: (nowMs) => {
      const [arrivedBefore, settledBefore] = [arrivedUpTo, settledUpTo];
      arrivedUpTo = upTo(arrivedBefore, nowMs);
      settledUpTo = upTo(settledBefore, nowMs - settleMs);
      pending.push(...cards.slice(settledBefore, settledUpTo).map((card, index) => dealt(card, settledBefore + index)));
      const { percent = 0, sinceMs = 0 } = splits.at(-1) ?? {};
      const { looks, taken } = cutLooks(
        pending,
        {
          ...DEFAULT_LOOK_RULES,
          rolloutStartedAtMs: 0,
          splitPercent: percent,
          countsFromMs: sinceMs + MIN_SETTLING_MS,
        },
        nowMs,
      );
      pending = pending.slice(taken);
      return {
        looks,
        arrived: cards
          .slice(arrivedBefore, arrivedUpTo)
          .map((card) => ({ arm: armOf(card), arrivedAtMs: card.arrivedAtMs - startMs })),
        over: startMs + nowMs >= toMs,
      };
    },
    everyMs: lookEveryMs,
  };
}

/** A watch looks as soon as cards have settled; here so often that a bake has thirty looks, and once a minute at least. */
function lookEveryMs({ forMs }: Bake): number {
  return Math.min(60_000, Math.max(1000, forMs / 30));
}
