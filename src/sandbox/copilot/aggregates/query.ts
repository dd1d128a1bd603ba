/** The request of an aggregate query, understood; what is valid and not imitated is a 501, not the caller's mistake. */
import { z } from 'zod';
import { invalidFields, notImitated, parseBody } from '../../api-error.ts';
import type { Fact } from './fact.ts';

/** What one of the two queries may name, and what is imitated of it. */
export interface Vocabulary {
  readonly dimensions: ReadonlySet<string>;
  readonly metrics: ReadonlySet<string>;
  readonly imitatedDimensions: ReadonlySet<string>;
  readonly imitatedMetrics: ReadonlySet<string>;
}

export interface AggregateQuery {
  readonly fromMs: number;
  readonly toMs: number;
  /** Length of a part of the interval. */
  readonly stepMs: number;
  readonly groupBy: readonly string[];
  readonly metrics: ReadonlySet<string>;
  readonly byEventTime: boolean;
  readonly passes: (fact: Fact) => boolean;
}

const predicateSchema = z.strictObject({
  type: z.enum(['dimension', 'property', 'metric']).default('dimension'),
  dimension: z.string().optional(),
  operator: z.enum(['matches', 'exists', 'notExists']).default('matches'),
  value: z.string().nullish(),
  range: z.unknown().optional(),
});
const clauseSchema = z.strictObject({ type: z.enum(['and', 'or']), predicates: z.array(predicateSchema) });
const filterSchema = z.strictObject({
  type: z.enum(['and', 'or']),
  predicates: z.array(predicateSchema).default([]),
  clauses: z.array(clauseSchema).default([]),
});
const querySchema = z.strictObject({
  interval: z.string(),
  metrics: z.array(z.string()).min(1),
  granularity: z.string().optional(),
  timeZone: z.string().optional(),
  groupBy: z.array(z.string()).default([]),
  filter: filterSchema.optional(),
  flattenMultivaluedDimensions: z.boolean().optional(),
  alternateTimeDimension: z.literal('eventTime').optional(),
  queryType: z.enum(['groupBy', 'topN', 'bottomN']).default('groupBy'),
  views: z.array(z.unknown()).default([]),
  sortMetric: z.unknown().optional(),
  limit: z.int().optional(),
});
type Predicate = z.infer<typeof predicateSchema>;
type Test = (fact: Fact) => boolean;

export function aggregateQueryOf(body: unknown, words: Vocabulary): AggregateQuery {
  const query = parseBody(querySchema, body);
  if (query.queryType !== 'groupBy') throw notImitated(`queryType ${query.queryType}`);
  if (query.views.length > 0) throw notImitated('views');
  const [fromMs, toMs] = intervalOf(query.interval);
  for (const name of query.metrics) assertKnown('metrics', name, words.metrics, words.imitatedMetrics);
  for (const name of query.groupBy) assertKnown('groupBy', name, words.dimensions, words.imitatedDimensions);
  const { filter } = query;
  const passes =
    filter === undefined
      ? (): boolean => true
      : combined(filter.type, [
          ...filter.predicates.map((predicate) => testOf(predicate, words)),
          ...filter.clauses.map(({ type, predicates }) =>
            combined(
              type,
              predicates.map((predicate) => testOf(predicate, words)),
            ),
          ),
        ]);
  return {
    fromMs,
    toMs,
    stepMs: query.granularity === undefined ? toMs - fromMs : stepOf(query.granularity),
    groupBy: query.groupBy,
    metrics: new Set(query.metrics),
    byEventTime: query.alternateTimeDimension === 'eventTime',
    passes,
  };
}

function combined(type: 'and' | 'or', tests: readonly Test[]): Test {
  if (tests.length === 0) return () => true;
  return type === 'and' ? (fact) => tests.every((test) => test(fact)) : (fact) => tests.some((test) => test(fact));
}

function testOf({ type, dimension = '', operator, value, range }: Predicate, words: Vocabulary): Test {
  if (type !== 'dimension') throw notImitated(`predicates of type ${type}`);
  if (range !== undefined) throw notImitated('predicates with a range');
  assertKnown('dimension', dimension, words.dimensions, words.imitatedDimensions);
  if (operator === 'exists') return ({ dimensions }) => dimensions[dimension] !== undefined;
  if (operator === 'notExists') return ({ dimensions }) => dimensions[dimension] === undefined;
  return ({ dimensions }) => dimensions[dimension] === (value ?? undefined);
}

function assertKnown(field: string, name: string, known: ReadonlySet<string>, imitated: ReadonlySet<string>): void {
  if (imitated.has(name)) return;
  if (known.has(name)) throw notImitated(`${field} ${name}`);
  const allowed = [...known].join(', ');
  throw invalidFields(
    [{ errorCode: 'invalid.value', fieldName: field }],
    [`Value [${name}] is not valid for field type [${field}]. Allowable values are: ${allowed}`],
  );
}

function intervalOf(interval: string): readonly [fromMs: number, toMs: number] {
  const instants = interval.split('/');
  const [from, to] = instants.map((text) =>
    z.iso.datetime({ offset: true, local: true }).safeParse(text).success ? utc(text) : Number.NaN,
  );
  if (from !== undefined && to !== undefined && instants.length === 2 && from < to) return [from, to];
  const shape = 'two instants as yyyy-MM-ddTHH:mm:ss[.mmm]Z with a / between them, the earlier one first';
  throw invalidFields(
    [{ errorCode: 'invalid.date', fieldName: 'interval' }],
    [`interval: "${interval}" is not ${shape}`],
  );
}

function utc(text: string): number {
  return Date.parse(/Z|[+-]\d\d:?\d\d$/.test(text) ? text : `${text}Z`);
}

/** A period of days or less. */
function stepOf(period: string): number {
  const [, days = 0, hours = 0, minutes = 0, seconds = 0] =
    /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(period)?.map((text) => Number(text ?? 0)) ?? [];
  const ms = (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1_000;
  if (ms > 0) return ms;
  if (/^P\d+[YMW]/.test(period)) throw notImitated(`granularity ${period}`);
  throw invalidFields(
    [{ errorCode: 'invalid.value', fieldName: 'granularity' }],
    [`granularity: "${period}" is no period`],
  );
}
