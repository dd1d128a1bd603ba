/** Engagement events as the organisation's event export pushes them, and the exposure that they fold into. */
import { z } from 'zod';
import { CUSTOM_NAME_PATTERN, isCustomName, TAKEN_NAMES } from '../metrics/custom-name.ts';
import type { Outcome } from '../metrics/index.ts';
import { OUTCOMES } from '../metrics/outcomes.ts';
import { canonicalInstant, INSTANT_PATTERN, parseInstant } from './instant.ts';

const PREFIX = 'agentassist.action.';
/**
 * The trigger of a version fired, and no card was shown: the conversation is not in that version's share, and no other
 * version serves it. It names that version, and has a `cardId` of its own, by which custom metrics are told of it.
 */
export const WITHHELD_EVENT_TYPE = `${PREFIX}withheld`;
/** What the organisation is asked to push. */
export const CARD_EVENT_TYPES: readonly string[] = [
  ...['triggered', 'rendered', ...OUTCOMES].map((name) => PREFIX + name),
  WITHHELD_EVENT_TYPE,
];
const CARD_EVENTS: ReadonlySet<string> = new Set(CARD_EVENT_TYPES);

const id = z.string().min(1).max(256);
const instant = z
  .string()
  .max(64)
  .superRefine((text, ctx) => {
    const ms = parseInstant(text);
    if (typeof ms === 'string') ctx.addIssue({ code: 'custom', message: ms });
  })
  .meta({ description: 'ISO 8601 with a zone: Z, +hh, +hhmm or +hh:mm.', pattern: INSTANT_PATTERN });

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

/** The value of a custom metric for one card, by whoever measures it. */
export const METRIC_EVENT_TYPE = `${PREFIX}metric`;

/**
 * Names its card by `cardId` alone, which may be told of later; of one card and metric the earliest `occurredAt`
 * counts.
 */
export const metricEventSchema = z.object({
  id,
  type: z.literal(METRIC_EVENT_TYPE),
  occurredAt: instant,
  conversationId: id,
  cardId: id,
  /** What the plan's guardrail calls it. */
  metric: z
    .string()
    .refine(
      isCustomName,
      'Invalid name of a custom metric: expected 1 to 40 letters, digits or "_", beginning with a letter, and no ' +
        "metric of the engine's own",
    )
    .meta({ pattern: CUSTOM_NAME_PATTERN, not: { enum: TAKEN_NAMES } }),
  /** In the metric's unit. */
  value: z.number(),
});
export type MetricEvent = z.infer<typeof metricEventSchema>;

export type PushedEvent = EngagementEvent | MetricEvent;

export function isMetricEvent(event: PushedEvent): event is MetricEvent {
  return event.type === METRIC_EVENT_TYPE;
}

/** `unknown`: kept and counted, and nothing follows from it. */
export function eventKind({ type }: Pick<PushedEvent, 'type'>): 'card' | 'metric' | 'unknown' {
  if (CARD_EVENTS.has(type)) return 'card';
  return type === METRIC_EVENT_TYPE ? 'metric' : 'unknown';
}

/** What became of the card, if the event tells it. */
export function outcomeTold({ type }: PushedEvent): Outcome | null {
  return OUTCOMES.find((name) => type === PREFIX + name) ?? null;
}

export type ParsedEvent =
  | { readonly event: PushedEvent }
  | { readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[] };

/** Its type says by which of the two shapes an event is read, so that what is wrong with it is told by its field. */
export function parseEvent(raw: unknown): ParsedEvent {
  const given = inNewWords(withoutNulls(raw));
  const isMetric = fieldOf(given, 'type') === METRIC_EVENT_TYPE;
  const parsed: z.ZodSafeParseResult<PushedEvent> = isMetric
    ? metricEventSchema.safeParse(given)
    : engagementEventSchema.safeParse(given);
  return parsed.success ? { event: inOneForm(parsed.data) } : { issues: parsed.error.issues };
}

const OLD_METRIC_EVENT_TYPE = `${PREFIX}level`;

/** Does it say `level`, the word of before for a custom metric? It is understood for one release more. */
export function saysLevel(raw: unknown): boolean {
  return fieldOf(raw, 'type') === OLD_METRIC_EVENT_TYPE;
}

function inNewWords(raw: unknown): unknown {
  if (!saysLevel(raw)) return raw;
  const { level, ...rest } = raw as { readonly level?: unknown };
  return { ...rest, type: METRIC_EVENT_TYPE, ...(level !== undefined && { metric: level }) };
}

function fieldOf(raw: unknown, name: string): unknown {
  return typeof raw === 'object' && raw !== null ? (raw as Readonly<Record<string, unknown>>)[name] : undefined;
}

/** However its instants are written; nearly all are in that form already. */
function inOneForm(event: PushedEvent): PushedEvent {
  const written: Partial<Record<'occurredAt' | 'triggeredAt' | 'renderedAt', string | undefined>> = event;
  const changed = INSTANTS.flatMap((field) => {
    const text = written[field];
    const form = text === undefined ? undefined : canonicalInstant(text);
    return form === text ? [] : [[field, form]];
  });
  return changed.length === 0
    ? event
    : ({ ...event, ...(Object.fromEntries(changed) as Partial<PushedEvent>) } as PushedEvent);
}

const INSTANTS = ['occurredAt', 'triggeredAt', 'renderedAt'] as const;

/** Some senders write `null` where there is nothing. */
function withoutNulls(raw: unknown): unknown {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw) || !Object.values(raw).includes(null)) return raw;
  return Object.fromEntries(Object.entries(raw).filter(([, value]) => value !== null));
}

/** Whatever else stands in an event is neither kept nor looked at. */
export const KNOWN_FIELDS: ReadonlySet<string> = new Set([
  ...Object.keys(engagementEventSchema.shape),
  ...Object.keys(metricEventSchema.shape),
]);
