/** The shapes of what the events service takes and answers, as JSON Schema 2020-12. */
import { z } from 'zod';
import { engagementEventSchema, LEVEL_EVENT_TYPE, levelEventSchema } from '../domain/events/event.ts';

type Schema = Readonly<Record<string, unknown>>;

const integer: Schema = { type: 'integer' };
const count: Schema = { type: 'integer', minimum: 0 };
const text: Schema = { type: 'string' };
const instant: Schema = { type: 'string', format: 'date-time' };
const orNull = (schema: Schema): Schema => ({ anyOf: [schema, { type: 'null' }] });
const list = (items: Schema): Schema => ({ type: 'array', items });
const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });

/** Every property is there in an answer, and no others. */
const exactly = (properties: Readonly<Record<string, Schema>>, optional: readonly string[] = []): Schema => ({
  type: 'object',
  properties,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
  additionalProperties: false,
});

/** What is dropped when it comes: fields that are not known. */
const {
  $schema: _dialect,
  properties: described,
  ...event
} = z.toJSONSchema(engagementEventSchema, { io: 'input' }) as {
  readonly $schema: string;
  readonly properties: Schema;
  readonly required: readonly string[];
};
/** `null` says the same as leaving an optional field out. */
const properties: Schema = Object.fromEntries(
  Object.entries(described).map(([name, schema]) => [
    name,
    event.required.includes(name) ? schema : orNull(schema as Schema),
  ]),
);
const { $schema: _same, ...levelEvent } = z.toJSONSchema(levelEventSchema, { io: 'input' });
/** A level event is read by the other shape, whatever else it holds. */
const cardProperties: Schema = {
  ...properties,
  type: { ...(properties['type'] as Schema), not: { const: LEVEL_EVENT_TYPE } },
};

const spread = exactly({ p50: integer, p95: integer, max: integer });

const deadLetter = {
  id: count,
  kind: { enum: ['intake', 'forward'] },
  code: text,
  reason: text,
  receivedAt: instant,
  lastAt: instant,
  times: count,
  bodyBytes: count,
  cut: { type: 'boolean' },
  source: orNull(text),
  destination: orNull(text),
  eventId: orNull(text),
  replayedAt: orNull(instant),
  replay: orNull(text),
};

const intakeCounts = exactly({
  pushes: count,
  events: count,
  duplicates: count,
  unknownTypes: count,
  refused: count,
  refusedEvents: count,
  deadLetters: count,
  overloaded: count,
  unavailable: count,
  turnedAwayAt: orNull(instant),
  refusing: { type: 'boolean' },
  heldBytes: count,
  heldPushes: count,
  cut: count,
});

export const SCHEMAS: Readonly<Record<string, Schema>> = {
  Event: { anyOf: [ref('CardEvent'), ref('LevelEvent')] },
  LevelEvent: {
    ...levelEvent,
    description:
      'A number per card from outside. Of one card and level the earliest occurredAt counts, at the same ' +
      'instant the smaller value.',
  },
  CardEvent: {
    ...event,
    properties: cardProperties,
    description:
      'Fields that are not listed are dropped. No instant before 2000, more than 400 days ago or more than 5 ' +
      'minutes ahead of its arrival; no NUL, no half of a surrogate pair.',
  },
  Push: {
    anyOf: [
      {
        type: 'object',
        properties: { events: { type: 'array', items: ref('Event'), minItems: 1, maxItems: 1000 } },
        required: ['events'],
      },
      ref('Event'),
    ],
  },
  Stored: exactly({ stored: count, duplicates: count }),
  Taken: exactly(
    { stored: count, duplicates: count, refused: count, problems: list(exactly({ field: text, message: text })) },
    ['problems'],
  ),
  Health: exactly({ status: { const: 'ok' }, store: { enum: ['pg', 'pglite'] }, intake: ref('Intake') }),
  Intake: {
    ...intakeCounts,
    description: 'Since this process started; `refusing`: a push was turned away with 503 within the last minute.',
  },
  DeadLetter: exactly(deadLetter),
  ShownDeadLetter: exactly({
    ...deadLetter,
    text: orNull(text),
    base64: { type: 'string', contentEncoding: 'base64' },
  }),
  DeadLetters: exactly({ deadLetters: list(ref('DeadLetter')) }),
  Replayed: exactly({ id: count, kind: { enum: ['intake', 'forward'] }, stored: orNull(ref('Stored')) }),
  Stats: exactly(
    {
      cards: count,
      lateMs: orNull(spread),
      deliveryLatencyMs: orNull(spread),
      skewed: count,
      early: count,
      notRendered: count,
      unknownTypes: list(exactly({ type: text, events: count, firstAt: instant, lastAt: instant })),
      deadLetters: exactly({ intake: count, forward: count }),
      outbox: list(
        exactly({
          destination: text,
          enabled: { type: 'boolean' },
          pending: count,
          underWay: count,
          oldestAt: orNull(instant),
          deadLetters: count,
        }),
      ),
      intake: ref('Intake'),
      forwarder: exactly({
        active: { type: 'boolean' },
        destinations: {
          type: 'object',
          additionalProperties: exactly({
            circuit: { enum: ['closed', 'open'] },
            delivered: count,
            failedAttempts: count,
            deadLetters: count,
            lastProblem: orNull(text),
          }),
        },
      }),
    },
    ['forwarder'],
  ),
  Problem: exactly(
    {
      type: { const: 'about:blank' },
      title: text,
      status: integer,
      code: text,
      detail: text,
      field: text,
      problems: list(exactly({ field: text, message: text })),
    },
    ['field', 'problems'],
  ),
};
