/** Engagement events as the organisation's event export pushes them, and the exposure that they fold into. */
import { z } from 'zod';
import { isLevelName, LEVEL_NAME_PATTERN, OWN_METRICS } from '../plan/level-name.ts';

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

/** A number per card from outside, such as the handle time after it, by whoever measures it. */
export const LEVEL_EVENT_TYPE = 'agentassist.action.level';

/** Names its card by `cardId` alone, which may be told of later; of one card and level the earliest `occurredAt` counts. */
export const levelEventSchema = z.object({
  id,
  type: z.literal(LEVEL_EVENT_TYPE),
  occurredAt: instant,
  conversationId: id,
  cardId: id,
  /** What the plan's guardrail calls it. */
  level: z.string().refine(isLevelName, 'Invalid name of a level: expected 1 to 40 letters, digits or "_", beginning with a letter, and no metric of the engine\'s own')
    .meta({ pattern: LEVEL_NAME_PATTERN, not: { enum: OWN_METRICS } }),
  /** In the level's unit. */
  value: z.number(),
});
export type LevelEvent = z.infer<typeof levelEventSchema>;

export type PushedEvent = EngagementEvent | LevelEvent;

export function isLevelEvent(event: PushedEvent): event is LevelEvent {
  return event.type === LEVEL_EVENT_TYPE;
}

/** Its type says by which of the two shapes an event is read, so that what is wrong with it is told by its field. */
const pushedEventSchema = z.unknown().transform((raw, ctx): PushedEvent => {
  const isLevel = typeof raw === 'object' && raw !== null && 'type' in raw && raw.type === LEVEL_EVENT_TYPE;
  const parsed: z.ZodSafeParseResult<PushedEvent> = isLevel ? levelEventSchema.safeParse(raw) : engagementEventSchema.safeParse(raw);
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) ctx.issues.push({ ...issue, input: raw } as z.core.$ZodRawIssue);
  return z.NEVER;
});

/** A push: one event, or a batch. */
export const eventPushSchema = z.union([
  z.object({ events: z.array(pushedEventSchema).min(1).max(1000) }),
  pushedEventSchema.transform((event) => ({ events: [event] })),
]);
