/**
 * `POST /analytics/conversations/details/query`: the real request, over the conversations that the organisation
 * remembers.
 */
import { z } from 'zod';
import { badRequest, invalidFields, notImitated, parseBody } from './api-error.ts';
import type { ApiError } from './api-error.ts';
import { presentConversation } from './conversations.ts';
import type { Conversation } from './conversations.ts';
import { assistantOf } from './copilot/record.ts';
import {
  CONVERSATION_DIMENSION_NAMES,
  CONVERSATION_METRIC_NAMES,
  SEGMENT_DIMENSION_NAMES,
  SEGMENT_METRIC_NAMES,
} from './details-names.ts';
import { intervalOf } from './interval.ts';

const DAY_MS = 86_400_000;
const MAX_INTERVAL_MS = 7 * DAY_MS;

type Dimension = (conversation: Conversation) => readonly string[];

interface Names {
  /** Those that are imitated. */
  readonly dimensions: Readonly<Record<string, Dimension>>;
  readonly validDimensions: readonly string[];
  readonly validMetrics: readonly string[];
}

const CONVERSATION_DIMENSIONS: Readonly<Record<string, Dimension>> = {
  conversationId: ({ id }) => [id],
  originatingDirection: () => ['inbound'],
};
const CONVERSATION_NAMES: Names = {
  dimensions: CONVERSATION_DIMENSIONS,
  validDimensions: CONVERSATION_DIMENSION_NAMES,
  validMetrics: CONVERSATION_METRIC_NAMES,
};
const SEGMENT_DIMENSIONS: Readonly<Record<string, Dimension>> = {
  agentAssistantId: ({ copilot }) => [assistantOf(copilot) ?? []].flat(),
  queueId: ({ queueId }) => [queueId],
  userId: ({ agentId }) => [agentId],
  mediaType: ({ mediaType }) => [mediaType],
  requestedRoutingSkillId: ({ skillIds }) => skillIds,
  purpose: () => ['customer', 'agent'],
  direction: () => ['inbound'],
  segmentType: () => ['interact'],
};
const SEGMENT_NAMES: Names = {
  dimensions: SEGMENT_DIMENSIONS,
  validDimensions: SEGMENT_DIMENSION_NAMES,
  validMetrics: SEGMENT_METRIC_NAMES,
};

const predicateSchema = z.strictObject({
  type: z.enum(['dimension', 'property', 'metric']).optional(),
  dimension: z.string().optional(),
  property: z.string().optional(),
  propertyType: z.enum(['bool', 'integer', 'real', 'date', 'string', 'uuid']).optional(),
  metric: z.string().optional(),
  operator: z.enum(['matches', 'exists', 'notExists']).default('matches'),
  value: z.string().optional(),
  range: z.looseObject({}).optional(),
});
const clauseSchema = z.strictObject({ type: z.enum(['and', 'or']), predicates: z.array(predicateSchema) });
const filterSchema = clauseSchema.extend({
  predicates: z.array(predicateSchema).default([]),
  clauses: z.array(clauseSchema).default([]),
});
const notImitatedYet = z.array(z.looseObject({})).default([]);
const querySchema = z.strictObject({
  interval: z.string(),
  conversationFilters: z.array(filterSchema).default([]),
  segmentFilters: z.array(filterSchema).default([]),
  evaluationFilters: notImitatedYet,
  surveyFilters: notImitatedYet,
  resolutionFilters: notImitatedYet,
  aggregations: notImitatedYet,
  order: z.enum(['asc', 'desc', 'unordered']).default('asc'),
  orderBy: z.enum(['conversationStart', 'conversationEnd', 'segmentStart', 'segmentEnd']).default('conversationStart'),
  paging: z
    .strictObject({ pageSize: z.int().min(1).max(100), pageNumber: z.int().min(1) })
    .default({ pageSize: 25, pageNumber: 1 }),
});
type Query = z.infer<typeof querySchema>;
type Filter = z.infer<typeof filterSchema>;
type Clause = z.infer<typeof clauseSchema>;

export function queryDetails(
  body: unknown,
  conversations: readonly Conversation[],
  nowMs: number,
): Record<string, unknown> {
  const query = parseBody(querySchema, body);
  assertImitated(query);
  const [fromMs, toMs] = intervalOf(query.interval);
  if (toMs - fromMs > MAX_INTERVAL_MS)
    throw badRequest(`The interval ${query.interval} is longer than 7 days, the most for one query.`);
  const passes = allOf([
    ...query.conversationFilters.map((filter, i) => filterOf(filter, CONVERSATION_NAMES, `conversationFilters.${i}`)),
    ...query.segmentFilters.map((filter, i) => filterOf(filter, SEGMENT_NAMES, `segmentFilters.${i}`)),
  ]);
  const firstDayMs = Math.floor(fromMs / DAY_MS) * DAY_MS;
  const found = conversations
    .filter(({ startMs, endMs }) => startMs < toMs && endMs >= fromMs && startMs <= nowMs)
    // As on the platform: what began on a day that the interval does not touch is left out, though it goes on.
    .filter(({ startMs }) => startMs >= firstDayMs)
    .filter(passes);
  inOrder(found, query);
  const { pageSize, pageNumber } = query.paging;
  const page = found.slice((pageNumber - 1) * pageSize, pageNumber * pageSize);
  return {
    conversations: page.map((conversation) => presentConversation(conversation, nowMs)),
    totalHits: found.length,
  };
}

type Predicate = (conversation: Conversation) => boolean;

function filterOf(filter: Filter, names: Names, path: string): Predicate {
  const clauses = filter.clauses.map((clause, i) => clauseOf(clause, names, `${path}.clauses.${i}`));
  const predicates = filter.predicates.map((predicate, i) => predicateOf(predicate, names, `${path}.predicates.${i}`));
  const parts = [...clauses, ...predicates];
  return filter.type === 'and' || parts.length === 0 ? allOf(parts) : anyOf(parts);
}

function clauseOf(clause: Clause, names: Names, path: string): Predicate {
  return filterOf({ ...clause, clauses: [] }, names, path);
}

function predicateOf(predicate: Clause['predicates'][number], names: Names, path: string): Predicate {
  const { dimension, operator, value, range } = predicate;
  if (dimension === undefined) return otherPredicate(predicate, names, path);
  const valuesOf = Object.hasOwn(names.dimensions, dimension) ? names.dimensions[dimension] : undefined;
  if (valuesOf === undefined) throw strangeName('dimension', dimension, names.validDimensions, path);
  if (range !== undefined) throw notImitated('ranges in details queries');
  if (operator === 'exists') return (conversation) => valuesOf(conversation).length > 0;
  if (operator === 'notExists') return (conversation) => valuesOf(conversation).length === 0;
  return (conversation) => value !== undefined && valuesOf(conversation).includes(value);
}

function otherPredicate({ metric, property }: Clause['predicates'][number], names: Names, path: string): never {
  if (metric !== undefined) throw strangeName('metric', metric, names.validMetrics, path);
  if (property !== undefined) throw notImitated('property predicates of details queries');
  throw invalidFields(
    [{ errorCode: 'invalid.property', fieldName: path }],
    [`${path}: a predicate names a dimension, a metric or a property`],
  );
}

/** 501 for what the platform has, 400 for what nobody has. */
function strangeName(field: 'dimension' | 'metric', name: string, valid: readonly string[], path: string): ApiError {
  if (valid.includes(name)) return notImitated(`the ${field} ${name} of details queries`);
  const reason = `Value [${name}] is not valid for field type [${field}]. Allowable values are: ${valid.join(', ')}`;
  return invalidFields([{ errorCode: 'invalid.value', fieldName: `${path}.${field}` }], [reason]);
}

function assertImitated(query: Query): void {
  for (const part of ['evaluationFilters', 'surveyFilters', 'resolutionFilters', 'aggregations'] as const)
    if (query[part].length > 0) throw notImitated(`${part} of details queries`);
}

function allOf(parts: readonly Predicate[]): Predicate {
  return (conversation) => parts.every((passes) => passes(conversation));
}

function anyOf(parts: readonly Predicate[]): Predicate {
  return (conversation) => parts.some((passes) => passes(conversation));
}

/** A segment is as long as its conversation here. */
function inOrder(found: Conversation[], { order, orderBy }: Query): void {
  if (order === 'unordered') return;
  const key = orderBy.endsWith('Start')
    ? ({ startMs }: Conversation): number => startMs
    : ({ endMs }: Conversation): number => endMs;
  const sign = order === 'asc' ? 1 : -1;
  found.sort((a, b) => sign * (key(a) - key(b)) || (a.id < b.id ? -1 : 1));
}
