/**
 * Light, even traffic for every rollout: a card of both arms together every so often, pushed straight to the events
 * service.
 */
import { randomUUID } from 'node:crypto';
import type { EngagementEvent } from '../../src/domain/events/event.ts';
import { signedPush } from '../lib/push.ts';

/** The two versions of a rollout, as the organisation knows them. */
export interface Pair {
  readonly action: string;
  readonly baselineId: string;
  readonly candidateId: string;
}

export interface Traffic {
  /** From now on cards come for these as well. */
  add(pair: Pair): void;
  /** For nobody any more. */
  clear(): void;
  /** Answers other than 2xx so far. */
  readonly refused: () => number;
  /** Without any card until it is called with false. */
  rest(rests: boolean): void;
  stop(): Promise<void>;
}

const TICK_MS = 100;

/** `everySeconds`: between two cards of one rollout. */
export function startTraffic(eventsUrl: string, secret: string, everySeconds: number): Traffic {
  const ticksACard = Math.max(1, Math.round((everySeconds * 1000) / TICK_MS));
  const pairs: Pair[] = [];
  const sending = new Set<Promise<void>>();
  let tick = 0;
  let refused = 0;
  let rests = false;
  const timer = setInterval(() => {
    if (rests) return;
    const turn = tick++;
    const events = pairs
      .filter((_, place) => place % ticksACard === turn % ticksACard)
      .map((pair) => evenCard(pair, Math.floor(turn / ticksACard)));
    if (events.length === 0) return;
    const sent: Promise<void> = send(eventsUrl, secret, events)
      .catch(() => {
        refused += 1;
      })
      .finally(() => sending.delete(sent));
    sending.add(sent);
  }, TICK_MS);
  return {
    add: (pair) => void pairs.push(pair),
    clear: () => void pairs.splice(0),
    refused: () => refused,
    rest: (now) => {
      rests = now;
    },
    async stop() {
      clearInterval(timer);
      await Promise.all(sending);
    },
  };
}

/** Both arms in turn, both answers in turn: nothing to be learnt from. */
function evenCard(pair: Pair, nth: number): EngagementEvent {
  return card(
    pair,
    nth % 2 === 0 ? 'baseline' : 'candidate',
    Math.floor(nth / 2) % 2 === 0 ? 'accepted' : 'dismissed',
    nth,
  );
}

const TIPPING = 100;

/** Leaves no doubt: every card of the baseline accepted, every one of the candidate dismissed. */
export function tippingCards(pair: Pair): EngagementEvent[] {
  return Array.from({ length: 2 * TIPPING }, (_, nth) =>
    nth % 2 === 0 ? card(pair, 'baseline', 'accepted', nth) : card(pair, 'candidate', 'dismissed', nth),
  );
}

function card(
  { action, baselineId, candidateId }: Pair,
  arm: 'baseline' | 'candidate',
  outcome: 'accepted' | 'dismissed',
  nth: number,
): EngagementEvent {
  const now = new Date().toISOString();
  const version = arm === 'baseline' ? '1.0.0' : '1.1.0';
  return {
    id: randomUUID(),
    type: `agentassist.action.${outcome}`,
    occurredAt: now,
    conversationId: randomUUID(),
    cardId: randomUUID(),
    actionId: arm === 'baseline' ? baselineId : candidateId,
    actionName: `${action} v${version}`,
    version,
    agentId: `agent-${nth % 40}`,
    queueId: 'queue',
    triggeredAt: now,
    renderedAt: now,
  };
}

export async function send(eventsUrl: string, secret: string, events: readonly EngagementEvent[]): Promise<void> {
  const { headers, body } = signedPush(secret, events);
  const answer = await fetch(`${eventsUrl}/events`, { method: 'POST', headers, body });
  if (!answer.ok) throw new Error(`The events service answered ${answer.status}: ${await answer.text()}`);
}
