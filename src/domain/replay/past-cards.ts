/** Cards of the past, kept small: a replay reads each once and deals it again in every repetition. */
import type { Arm, Card } from '../judge/types.ts';
import { bucketOfHash, hashAgain, hashOf } from '../split/bucket.ts';

/** What a replay is split by: what is in one arm as a whole. */
export type Unit = 'conversation' | 'agent';

/** A settled card without its arm. */
export interface PastCard extends Omit<Card, 'arm' | 'firstOfConversation'> {
  /** Hash of the conversation or agent. */
  readonly unit: number;
  /** ms since the epoch, as the two below. */
  readonly triggeredAtMs: number;
  readonly arrivedAtMs: number;
}

/** In order of arrival. */
export interface PastTraffic {
  readonly cards: readonly PastCard[];
  readonly unit: Unit;
  readonly conversations: number;
  readonly agents: number;
  /** End of the span of time they are from, ms since the epoch. */
  readonly toMs: number;
}

export interface Gathering {
  readonly add: (conversationId: string, card: Omit<PastCard, 'unit'>) => void;
  readonly size: () => number;
  readonly traffic: (toMs: number) => PastTraffic;
}

export function gatherCards(unit: Unit): Gathering {
  const cards: PastCard[] = [];
  const texts = new Map<string, string>();
  const outcomeLists = new Map<string, Card['outcomes']>();
  const conversations = new Set<number>();
  const agents = new Set<string>();
  return {
    add: (conversationId, { agent, queue, outcomes, latencyMs, skewed, triggeredAtMs, arrivedAtMs, ...more }) => {
      const conversation = hashOf(conversationId);
      conversations.add(conversation);
      agents.add(agent);
      // Field by field: a copy of the whole takes three times the memory.
      const card = {
        unit: unit === 'agent' ? hashOf(agent) : conversation,
        agent: once(texts, agent, agent),
        queue: once(texts, queue, queue),
        outcomes: once(outcomeLists, outcomes.join(), outcomes),
        latencyMs,
        ...(skewed === true && { skewed }),
        triggeredAtMs,
        arrivedAtMs,
      };
      cards.push(Object.keys(more).length === 0 ? card : { ...card, ...more });
    },
    size: () => cards.length,
    traffic: (toMs) => ({ cards, unit, conversations: conversations.size, agents: agents.size, toMs }),
  };
}

/** Equal values are kept in one place. */
function once<T>(known: Map<string, T>, key: string, value: T): T {
  const found = known.get(key);
  if (found === undefined) known.set(key, value);
  return found ?? value;
}

/** The arm that the unit is dealt in a repetition: other units, other seeds, other arms; a higher split only adds. */
export function dealtArm(unit: number, salt: number, splitPercent: number): Arm {
  return bucketOfHash(hashAgain(unit, salt)) < splitPercent ? 'candidate' : 'baseline';
}

/** Of a repetition: the same seed deals the same. */
export function saltOf(seed: number, repetition: number): number {
  return hashOf(`${seed}:${repetition}`);
}
