/** Engagement events as the organisation's event export pushes them, and the exposure that they fold into. */
import { z } from 'zod';

export const KNOWN_EVENT_TYPES = [
  'agentassist.action.triggered',
  'agentassist.action.rendered',
  'agentassist.action.accepted',
  'agentassist.action.dismissed',
] as const;

const id = z.string().min(1).max(256);
const instant = z.iso.datetime({ offset: true });

/** Unknown types are kept and counted, not refused; unknown fields are dropped. */
export const engagementEventSchema = z.object({
  id,
  type: z.string().min(1).max(128),
  /** When it happened. */
  occurredAt: instant,
  conversationId: id,
  /** One card shown to one agent; all its events share it. */
  cardId: id,
  actionId: id,
  /** `<name> v<version>` */
  actionName: z.string().min(1).max(512),
  version: z.string().min(1).max(64),
  agentId: id,
  queueId: id,
  mediaType: z.string().max(32).optional(),
  language: z.string().max(35).optional(),
  triggeredAt: instant,
  /** Missing means not rendered (yet): an undelivered card, never a latency of zero. */
  renderedAt: instant.optional(),
});
export type EngagementEvent = z.infer<typeof engagementEventSchema>;

/** A push: one event, or a batch. */
export const eventPushSchema = z.union([
  z.object({ events: z.array(engagementEventSchema).min(1).max(1000) }),
  engagementEventSchema.transform((event) => ({ events: [event] })),
]);
