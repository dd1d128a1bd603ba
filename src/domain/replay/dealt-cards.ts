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

/** Which arm a card is in, by the splits so far; times are ms since the first step. */
interface Dealer {
  readonly splits: { readonly percent: number; readonly sinceMs: number }[];
  readonly armOf: (card: PastCard) => Arm;
  readonly deal: (index: number) => TimedCard;
}

function createDealer(cards: readonly PastCard[], startMs: number, { salt, treat }: Deal): Dealer {
  const splits = [{ percent: 0, sinceMs: -Infinity }];
  const seen = new Set<number>();
  const armOf = ({ unit, triggeredAtMs }: PastCard): Arm => {
    const { percent = 0 } = splits.findLast(({ sinceMs }) => sinceMs <= triggeredAtMs - startMs) ?? {};
    return dealtArm(unit, salt, percent);
  };
  return {
    splits,
    armOf,
    deal: (index) => {
      const card = cards[index] as PastCard;
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
    },
  };
}

export function dealtCards({ cards, toMs }: PastTraffic, deal: Deal): CardSource {
  const startMs = cards[deal.firstCard]?.arrivedAtMs ?? toMs;
  const dealer = createDealer(cards, startMs, deal);
  let [arrived, settled] = [deal.firstCard, deal.firstCard];
  let pending: TimedCard[] = [];
  const hasCome = (index: number, byMs: number): boolean =>
    index < cards.length && (cards[index]?.arrivedAtMs ?? 0) - startMs <= byMs;
  return {
    setSplit: (percent, sinceMs) => {
      dealer.splits.push({ percent, sinceMs });
    },
    takeUntil: (nowMs) => {
      const before = arrived;
      while (hasCome(arrived, nowMs)) arrived += 1;
      for (; hasCome(settled, nowMs - deal.settleMs); settled += 1) pending.push(dealer.deal(settled));
      const { percent: splitPercent = 0, sinceMs = 0 } = dealer.splits.at(-1) ?? {};
      const countsFromMs = sinceMs + MIN_SETTLING_MS;
      const rules = { ...DEFAULT_LOOK_RULES, rolloutStartedAtMs: 0, splitPercent, countsFromMs };
      const { looks, taken } = cutLooks(pending, rules, nowMs);
      pending = pending.slice(taken);
      const news = cards.slice(before, arrived);
      return {
        looks,
        arrived: news.map((card) => ({ arm: dealer.armOf(card), arrivedAtMs: card.arrivedAtMs - startMs })),
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
