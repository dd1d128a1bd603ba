/** How often one trigger fires in the conversations that it is shown, by queue and keyword. Keeps no text. */
import type { Trigger } from '../plan/plan.ts';
import { evaluateTrigger } from './evaluate.ts';
import type { TriggerResult, WhyNot } from './evaluate.ts';
import { redactUtterance } from './redacted-utterance.ts';
import type { RedactedUtterance } from './redacted-utterance.ts';
import { ownOf } from '../shared/own.ts';

export interface ReplayedPhrase {
  readonly text: string;
  readonly confidence: number;
  readonly queueId: string;
  readonly skillIds: readonly string[];
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

export interface FiringReport extends FiringCount {
  readonly cardsPerThousand: number;
  readonly firedPerThousand: number;
  /** Most cards first. */
  readonly queues: readonly QueueFiring[];
  /** Cards by the keyword that fired first. */
  readonly keywords: Readonly<Record<string, number>>;
  readonly whyNot: Readonly<Partial<Record<WhyNot, number>>>;
  readonly examples: readonly Example[];
}

export interface Example extends RedactedUtterance {
  readonly conversationId: string;
  readonly queueId: string;
  readonly keyword: string;
}

type Counter = { -readonly [Key in keyof FiringCount]: number };

export class FiringTally {
  readonly #total = noFiring();
  readonly #queues = new Map<string, Counter>();
  readonly #keywords: Record<string, number> = {};
  readonly #whyNot: Partial<Record<WhyNot, number>> = {};
  readonly #examples: Example[] = [];
  /** Queues in which the conversation at hand was heard, and those in which the trigger fired. */
  #heardIn = new Set<string>();
  #firedIn = new Set<string>();

  constructor(private readonly maxExamples: number) {}

  begin(): void {
    this.#total.conversations += 1;
    this.#heardIn = new Set();
    this.#firedIn = new Set();
  }

  count(conversationId: string, phrase: ReplayedPhrase, trigger: Trigger): TriggerResult {
    const queue = this.#counterOf(phrase.queueId);
    if (this.#heardIn.size < this.#heardIn.add(phrase.queueId).size) queue.conversations += 1;
    this.#total.utterances += 1;
    queue.utterances += 1;
    const result = evaluateTrigger(trigger, { ...phrase, isFinal: true });
    if (!result.fires) {
      this.#whyNot[result.why] = (this.#whyNot[result.why] ?? 0) + 1;
      return result;
    }
    if (this.#firedIn.size === 0) this.#total.firedConversations += 1;
    if (this.#firedIn.size < this.#firedIn.add(phrase.queueId).size) queue.firedConversations += 1;
    this.#total.cards += 1;
    queue.cards += 1;
    this.#keywords[result.keyword] = (ownOf(this.#keywords, result.keyword) ?? 0) + 1;
    keepExample(this.#examples, this.maxExamples, () => exampleOf(conversationId, phrase, result.keyword, trigger));
    return result;
  }

  report(): FiringReport {
    return {
      ...this.#total,
      cardsPerThousand: perThousand(this.#total.cards, this.#total.conversations),
      firedPerThousand: perThousand(this.#total.firedConversations, this.#total.conversations),
      queues: [...this.#queues]
        .map(([queueId, counter]) => ({ queueId, ...counter }))
        .toSorted((a, b) => b.cards - a.cards || (a.queueId < b.queueId ? -1 : 1)),
      keywords: { ...this.#keywords },
      whyNot: { ...this.#whyNot },
      examples: [...this.#examples],
    };
  }

  #counterOf(queueId: string): Counter {
    const counter = this.#queues.get(queueId) ?? noFiring();
    this.#queues.set(queueId, counter);
    return counter;
  }
}

function noFiring(): Counter {
  return { conversations: 0, utterances: 0, firedConversations: 0, cards: 0 };
}

export function keepExample(examples: Example[], max: number, make: () => Example): void {
  if (examples.length < max) examples.push(make());
}

export function exampleOf(
  conversationId: string,
  { text, queueId }: ReplayedPhrase,
  keyword: string,
  { stemming }: Trigger,
): Example {
  return { conversationId, queueId, keyword, ...redactUtterance(text, keyword, stemming) };
}

function perThousand(part: number, whole: number): number {
  return whole === 0 ? 0 : roundTenth((1000 * part) / whole);
}

export function roundTenth(value: number): number {
  return Math.round(value * 10) / 10;
}
