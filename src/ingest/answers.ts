/**
 * What the events service answers. Its description at /openapi.json is made from these, and who asks it reads the
 * answers with them.
 */
import { z } from 'zod';

/**
 * Every property is there, and no others; who reads takes more all the same, since a later version may only add some.
 */
const exactly = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.looseObject(shape).meta({ additionalProperties: false });

const count = z.int().min(0);
const instant = z
  .string()
  .meta({ format: 'date-time' })
  .transform((text) => new Date(text));

export const storedSchema = exactly({ stored: count, duplicates: count });

const problems = z.array(exactly({ field: z.string(), message: z.string() }));

export const takenSchema = exactly({
  stored: count,
  duplicates: count,
  refused: count,
  problems: problems.optional(),
});

export const intakeSchema = exactly({
  pushes: count,
  events: count,
  duplicates: count,
  unknownTypes: count,
  refused: count,
  refusedEvents: count,
  deadLetters: count,
  overloaded: count,
  unavailable: count,
  turnedAwayAt: z.string().meta({ format: 'date-time' }).nullable(),
  refusing: z.boolean(),
  heldBytes: count,
  heldPushes: count,
  cut: count,
}).describe('Since this process started; `refusing`: a push was turned away with 503 within the last minute.');

const bridgeSchema = exactly({ taken: count, duplicates: count, passedOver: count, late: count }).describe(
  'Events of EventBridge since this process started; `passedOver`: of topics that nobody reads; `late`: came more than ' +
    '5 minutes after what they tell.',
);

export const bridgedSchema = exactly({ taken: count });

export const healthSchema = exactly({
  status: z.literal('ok'),
  store: z.enum(['pg', 'pglite']),
  intake: intakeSchema,
  /** Where EventBridge is let in. */
  bridge: bridgeSchema.optional(),
});

const deadLetterKind = z.enum(['intake', 'forward']);
const deadLetter = {
  id: count,
  kind: deadLetterKind,
  code: z.string(),
  reason: z.string(),
  receivedAt: instant,
  lastAt: instant,
  times: count,
  bodyBytes: count,
  cut: z.boolean(),
  source: z.string().nullable(),
  destination: z.string().nullable(),
  eventId: z.string().nullable(),
  replayedAt: instant.nullable(),
  replay: z.string().nullable(),
};

export const deadLetterSchema = exactly(deadLetter);
export const deadLettersSchema = exactly({ deadLetters: z.array(deadLetterSchema) });
export const shownDeadLetterSchema = exactly({
  ...deadLetter,
  text: z.string().nullable(),
  base64: z.string().meta({ contentEncoding: 'base64' }),
});
export const replayedSchema = exactly({ id: count, kind: deadLetterKind, stored: storedSchema.nullable() });

const whole = z.int();
const spread = exactly({ p50: whole, p95: whole, max: whole });

export const statsSchema = exactly({
  cards: count,
  lateMs: spread.nullable(),
  deliveryLatencyMs: spread.nullable(),
  skewed: count,
  early: count,
  notRendered: count,
  unknownTypes: z.array(exactly({ type: z.string(), events: count, firstAt: instant, lastAt: instant })),
  deadLetters: exactly({ intake: count, forward: count }),
  outbox: z.array(
    exactly({
      destination: z.string(),
      kind: z.enum(['events', 'messages']),
      enabled: z.boolean(),
      pending: count,
      underWay: count,
      oldestAt: instant.nullable(),
      held: count,
      heldUntil: instant.nullable(),
      deadLetters: count,
      delivered: count,
      failedAttempts: count,
      lastProblem: z.string().nullable(),
      circuit: z.enum(['closed', 'open']),
      failingSince: instant.nullable(),
      heardAt: instant.nullable(),
    }),
  ),
  intake: intakeSchema,
});

export const problemSchema = exactly({
  type: z.literal('about:blank'),
  title: z.string(),
  status: whole,
  code: z.string(),
  detail: z.string(),
  field: z.string().optional(),
  problems: problems.optional(),
});
