/**
 * How often a trigger would have fired in past conversations, and what is different from another trigger. Keeps no
 * text.
 */
import type { Trigger } from '../plan/plan.ts';
import type { TriggerResult } from './evaluate.ts';
import { FiringTally, exampleOf, keepExample, roundTenth } from './firing-tally.ts';
import type { Example, FiringReport, ReplayedPhrase } from './firing-tally.ts';

/** All of its phrases are final: a transcript has no others. */
export interface ReplayedConversation {
  readonly conversationId: string;
  readonly phrases: readonly ReplayedPhrase[];
}

export interface FiringChange {
  /** Cards that only one of the two shows. */
  readonly gainedCards: number;
  readonly lostCards: number;
  readonly cardsPerThousand: number;
  readonly gained: readonly Example[];
  readonly lost: readonly Example[];
}

export interface ReplayReport {
  readonly plan: FiringReport;
  readonly baseline: FiringReport | null;
  readonly change: FiringChange | null;
}

export interface Replay {
  hear(conversation: ReplayedConversation): void;
  report(): ReplayReport;
}

/** `maxExamples` of each kind. */
export function createReplay(plan: Trigger, baseline: Trigger | null, maxExamples = 5): Replay {
  const ours = new FiringTally(maxExamples);
  const theirs = baseline === null ? null : new FiringTally(maxExamples);
  const change = { gainedCards: 0, lostCards: 0, gained: [] as Example[], lost: [] as Example[] };
  const compare = (conversationId: string, phrase: ReplayedPhrase, now: TriggerResult, before: TriggerResult): void => {
    if (now.fires && !before.fires) {
      change.gainedCards += 1;
      keepExample(change.gained, maxExamples, () => exampleOf(conversationId, phrase, now.keyword, plan));
    }
    if (before.fires && !now.fires && baseline !== null) {
      change.lostCards += 1;
      keepExample(change.lost, maxExamples, () => exampleOf(conversationId, phrase, before.keyword, baseline));
    }
  };
  return {
    hear({ conversationId, phrases }) {
      ours.begin();
      theirs?.begin();
      for (const phrase of phrases) {
        const now = ours.count(conversationId, phrase, plan);
        if (theirs !== null && baseline !== null)
          compare(conversationId, phrase, now, theirs.count(conversationId, phrase, baseline));
      }
    },
    report() {
      const [mine, other] = [ours.report(), theirs?.report() ?? null];
      return {
        plan: mine,
        baseline: other,
        change:
          other === null
            ? null
            : { ...change, cardsPerThousand: roundTenth(mine.cardsPerThousand - other.cardsPerThousand) },
      };
    },
  };
}
