/** Events as the organisation sends them. */
import type { EngagementEvent, MetricEvent } from '../../src/domain/events/event.ts';

export const NOON = Date.parse('2026-03-01T12:00:00.000Z');

export function iso(ms: number): string {
  return new Date(ms).toISOString();
}

type Kind = 'withheld' | 'triggered' | 'rendered' | 'accepted' | 'dismissed' | 'expired';

/** An event of a card, at `atMs` after noon. */
export function eventOf(
  cardId: string,
  kind: Kind,
  atMs: number,
  more: Partial<EngagementEvent> = {},
): EngagementEvent {
  return {
    id: `${cardId}-${kind}`,
    type: `agentassist.action.${kind}`,
    occurredAt: iso(NOON + atMs),
    conversationId: `conversation of ${cardId}`,
    cardId,
    actionId: 'action-a',
    actionName: 'RefundAssist v1.5.0',
    version: '1.5.0',
    agentId: 'agent-1',
    queueId: 'queue-1',
    triggeredAt: iso(NOON),
    ...more,
  };
}

/** The value of a custom metric for a card, measured at `atMs` after noon. */
export function metricEventOf(
  cardId: string,
  metric: string,
  value: number,
  atMs: number,
  more: Partial<MetricEvent> = {},
): MetricEvent {
  return {
    id: `${cardId}-${metric}-${atMs}`,
    type: 'agentassist.action.metric',
    occurredAt: iso(NOON + atMs),
    conversationId: `conversation of ${cardId}`,
    cardId,
    metric,
    value,
    ...more,
  };
}
