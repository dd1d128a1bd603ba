/**
 * How often a trigger would have fired in past conversations, and what is different from another trigger. Keeps no
 * text.
 */
import type { Trigger } from '../plan/plan.ts';
import { evaluateTrigger } from './evaluate.ts';
import type { TriggerResult, WhyNot } from './evaluate.ts';
import { redactedUtterance } from './redact.ts';
import type { Redacted } from './redact.ts';

export interface ReplayedPhrase {
  readonly text: string;
  readonly confidence: number;
  readonly queueId: string;
  readonly skillIds: readonly string[];
}

/** All of its phrases are final: a transcript has no others. */
export interface ReplayedConversation {
  readonly conversationId: string;
  readonly phrases: readonly ReplayedPhrase[];
}

export interface FiringCount {
  readonly conversations: number;
  readonly utterances: number;
  /** Conversations in which it fires at least once. */
  readonly firedConversations: number;
  /** Utterances for which it fires: a card each. */
  readonly cards: number;
}

export interface QueueFiring extends FiringCount {
  readonly queueId: string;
}

export interface Firing extends FiringCount {
  readonly cardsPerThousand: number;
  readonly firedPerThousand: number;
  /** Most cards first. */
  readonly queues: readonly QueueFiring[];
  /** Cards by the keyword that fired first. */
  readonly keywords: Readonly<Record<string, number>>;
  readonly whyNot: Readonly<Partial<Record<WhyNot, number>>>;
  readonly examples: readonly Example[];
}

export interface Example extends Redacted {
  readonly conversationId: string;
  readonly queueId: string;
  readonly keyword: string;
}

export interface Change {
  /** Cards that only one of the two shows. */
  readonly gainedCards: number;
  readonly lostCards: number;
  readonly cardsPerThousand: number;
  readonly gained: readonly Example[];
  readonly lost: readonly Example[];
}

export interface ReplayReport {
  readonly plan: Firing;
  readonly baseline: Firing | null;
  readonly change: Change | null;
}

export interface Replay {
  hear(conversation: ReplayedConversation): void;
  report(): ReplayReport;
}

/** `mostExamples` of each kind. */
export function createReplay(plan: Trigger, baseline: Trigger | null, mostExamples = 5): Replay {
  const ours = createTally(mostExamples);
  const theirs = baseline === null ? null : createTally(mostExamples);
  const change = { gainedCards: 0, lostCards: 0, gained: [] as Example[], lost: [] as Example[] };
  const compare = (conversationId: string, phrase: ReplayedPhrase, now: TriggerResult, before: TriggerResult): void => {
    if (now.fires && !before.fires) {
      change.gainedCards += 1;
      keep(change.gained, mostExamples, () => exampleOf(conversationId, phrase, now.keyword, plan));
    }
    if (before.fires && !now.fires && baseline !== null) {
      change.lostCards += 1;
      keep(change.lost, mostExamples, () => exampleOf(conversationId, phrase, before.keyword, baseline));
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
      const [mine, other] = [ours.firing(), theirs?.firing() ?? null];
      return {
        plan: mine,
        baseline: other,
        change:
          other === null
            ? null
            : { ...change, cardsPerThousand: round(mine.cardsPerThousand - other.cardsPerThousand) },
      };
    },
  };
}

interface Tally {
  begin(): void;
  count(conversationId: string, phrase: ReplayedPhrase, trigger: Trigger): TriggerResult;
  firing(): Firing;
}

type Counter = { -readonly [Key in keyof FiringCount]: number };

function createTally(mostExamples: number): Tally {
  const total = zero();
  const queues = new Map<string, Counter>();
  const keywords: Record<string, number> = {};
  const whyNot: Partial<Record<WhyNot, number>> = {};
  const examples: Example[] = [];
  let met = new Set<string>();
  let fired = new Set<string>();
  const inQueue = (queueId: string): Counter => {
    const counter = queues.get(queueId) ?? zero();
    queues.set(queueId, counter);
    return counter;
  };
  return {
    begin() {
      total.conversations += 1;
      met = new Set();
      fired = new Set();
    },
    count(conversationId, phrase, trigger) {
      const queue = inQueue(phrase.queueId);
      if (met.size < met.add(phrase.queueId).size) queue.conversations += 1;
      total.utterances += 1;
      queue.utterances += 1;
      const result = evaluateTrigger(trigger, { ...phrase, isFinal: true });
      if (!result.fires) {
        whyNot[result.why] = (whyNot[result.why] ?? 0) + 1;
        return result;
      }
      if (fired.size === 0) total.firedConversations += 1;
      if (fired.size < fired.add(phrase.queueId).size) queue.firedConversations += 1;
      total.cards += 1;
      queue.cards += 1;
      keywords[result.keyword] = (keywords[result.keyword] ?? 0) + 1;
      keep(examples, mostExamples, () => exampleOf(conversationId, phrase, result.keyword, trigger));
      return result;
    },
    firing: () => ({
      ...total,
      cardsPerThousand: perThousand(total.cards, total.conversations),
      firedPerThousand: perThousand(total.firedConversations, total.conversations),
      queues: [...queues]
        .map(([queueId, counter]) => ({ queueId, ...counter }))
        .toSorted((a, b) => b.cards - a.cards || (a.queueId < b.queueId ? -1 : 1)),
      keywords: { ...keywords },
      whyNot: { ...whyNot },
      examples: [...examples],
    }),
  };
}

function zero(): Counter {
  return { conversations: 0, utterances: 0, firedConversations: 0, cards: 0 };
}

function keep(examples: Example[], most: number, make: () => Example): void {
  if (examples.length < most) examples.push(make());
}

function exampleOf(
  conversationId: string,
  { text, queueId }: ReplayedPhrase,
  keyword: string,
  { stemming }: Trigger,
): Example {
  return { conversationId, queueId, keyword, ...redactedUtterance(text, keyword, stemming) };
}

function perThousand(part: number, whole: number): number {
  return whole === 0 ? 0 : round((1000 * part) / whole);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
