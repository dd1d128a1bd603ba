/** The shapes of what the events service takes and answers, as JSON Schema 2020-12: those it reads and answers with. */
import { z } from 'zod';
import { engagementEventSchema, METRIC_EVENT_TYPE, metricEventSchema } from '../domain/events/event.ts';
import {
  bridgedSchema,
  deadLetterSchema,
  deadLettersSchema,
  healthSchema,
  intakeSchema,
  problemSchema,
  replayedSchema,
  shownDeadLetterSchema,
  statsSchema,
  storedSchema,
  takenSchema,
} from './answers.ts';
import { MAX_EVENTS } from './intake/parse-push.ts';

/** As senders may write it: `null` says the same as leaving an optional field out. */
const cardShape = Object.fromEntries(
  Object.entries(engagementEventSchema.shape).map(([name, field]) => [
    name,
    field instanceof z.ZodOptional ? field.unwrap().nullish() : field,
  ]),
);

const cardEvent = z
  .object({
    ...cardShape,
    // A metric event is read by the other shape, whatever else it holds.
    type: engagementEventSchema.shape.type.meta({ not: { const: METRIC_EVENT_TYPE } }),
  })
  .describe(
    'Fields that are not listed are dropped. No instant before 2000, more than 400 days ago or more than 5 ' +
      'minutes ahead of its arrival; no NUL, no half of a surrogate pair.',
  );

const metricEvent = metricEventSchema.describe(
  'The value of a custom metric for a card. Of one card and metric the earliest occurredAt counts, at the same ' +
    'instant the smaller value.',
);

const event = z.union([cardEvent, metricEvent]);

const NAMED = {
  Event: event,
  MetricEvent: metricEvent,
  CardEvent: cardEvent,
  Push: z.union([z.object({ events: z.array(event).min(1).max(MAX_EVENTS) }), event]),
  Bridged: bridgedSchema,
  Stored: storedSchema,
  Taken: takenSchema,
  Health: healthSchema,
  Intake: intakeSchema,
  DeadLetter: deadLetterSchema,
  ShownDeadLetter: shownDeadLetterSchema,
  DeadLetters: deadLettersSchema,
  Replayed: replayedSchema,
  Stats: statsSchema,
  Problem: problemSchema,
} as const;

export type ShapeName = keyof typeof NAMED;

export const SCHEMAS: Readonly<Record<string, object>> = describeShapes();

function describeShapes(): Record<string, object> {
  const named = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(NAMED)) named.add(schema, { id });
  const { schemas } = z.toJSONSchema(named, { io: 'input', uri: (id) => `#/components/schemas/${id}` });
  return Object.fromEntries(
    Object.entries(schemas).map(([name, { $schema: _dialect, $id: _uri, ...schema }]) => [name, schema]),
  );
}
