/**
 * A stream of engagement events as an organisation sends them: each card is triggered, rendered and answered, among
 * others'.
 */
import { randomUUID } from 'node:crypto';
import type { EngagementEvent } from '../../src/domain/events/event.ts';

type Kind = 'triggered' | 'rendered' | 'accepted' | 'dismissed';

interface Card {
  readonly fixed: Omit<EngagementEvent, 'id' | 'type' | 'occurredAt'>;
  readonly outcome: 'accepted' | 'dismissed';
  readonly atMs: number;
}

/** A card's outcome comes when this many others have been triggered since. */
const ANSWERED_AFTER = 50;
const RENDER_MS = 180;
const ANSWER_MS = 4_000;

/** Yields events for ever; `now` in ms since the epoch. */
export function* eventStream(now: () => number): Generator<EngagementEvent> {
  const open: Card[] = [];
  for (let n = 0; ; n++) {
    const card = newCard(n, now());
    yield eventOf(card, 'triggered', 0);
    yield eventOf(card, 'rendered', RENDER_MS);
    open.push(card);
    const answered = open.length > ANSWERED_AFTER ? open.shift() : undefined;
    if (answered) yield eventOf(answered, answered.outcome, ANSWER_MS);
  }
}

export function take(stream: Generator<EngagementEvent>, count: number): EngagementEvent[] {
  return Array.from({ length: count }, () => stream.next().value as EngagementEvent);
}

function newCard(n: number, atMs: number): Card {
  return {
    atMs,
    outcome: n % 3 === 0 ? 'dismissed' : 'accepted',
    fixed: {
      conversationId: randomUUID(),
      cardId: randomUUID(),
      actionId: `00000000-0000-4000-8000-00000000000${n % 2}`,
      actionName: `RefundAssist v1.${5 + (n % 2)}.0`,
      version: `1.${5 + (n % 2)}.0`,
      agentId: `agent-${n % 300}`,
      queueId: `queue-${n % 5}`,
      mediaType: 'message',
      language: 'en-us',
      triggeredAt: new Date(atMs).toISOString(),
    },
  };
}

function eventOf({ fixed, atMs }: Card, kind: Kind, afterMs: number): EngagementEvent {
  const occurredAt = new Date(atMs + afterMs).toISOString();
  return {
    id: randomUUID(),
    type: `agentassist.action.${kind}`,
    occurredAt,
    ...fixed,
    ...(kind === 'rendered' ? { renderedAt: occurredAt } : {}),
  };
}
