/**
 * `POST /analytics/conversations/details/query`: the real request, over the conversations that the organisation
 * remembers.
 */
import { z } from 'zod';
import { badRequest, invalidFields, parseBody } from './api-error.ts';
import { presentConversation } from './conversations.ts';
import type { Conversation } from './conversations.ts';
import { assistantOf } from './copilot/record.ts';

const DAY_MS = 86_400_000;
const MAX_INTERVAL_MS = 7 * DAY_MS;

type Dimension = (conversation: Conversation) => readonly string[];

const CONVERSATION_DIMENSIONS: Readonly<Record<string, Dimension>> = {
  conversationId: ({ id }) => [id],
  originatingDirection: () => ['inbound'],
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

const predicateSchema = z.strictObject({
  type: z.literal('dimension').default('dimension'),
  dimension: z.string(),
  operator: z.enum(['matches', 'exists', 'notExists']).default('matches'),
  value: z.string().optional(),
});
const clauseSchema = z.strictObject({ type: z.enum(['and', 'or']), predicates: z.array(predicateSchema) });
const filterSchema = clauseSchema.extend({
  predicates: z.array(predicateSchema).default([]),
  clauses: z.array(clauseSchema).default([]),
});
const querySchema = z.strictObject({
  interval: z.string(),
  conversationFilters: z.array(filterSchema).default([]),
  segmentFilters: z.array(filterSchema).default([]),
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
  const [fromMs, toMs] = intervalOf(query.interval);
  const passes = allOf([
    ...query.conversationFilters.map((filter, i) =>
      filterOf(filter, CONVERSATION_DIMENSIONS, `conversationFilters.${i}`),
    ),
    ...query.segmentFilters.map((filter, i) => filterOf(filter, SEGMENT_DIMENSIONS, `segmentFilters.${i}`)),
  ]);
  const found = conversations
    .filter(({ startMs, endMs }) => startMs < toMs && endMs >= fromMs && startMs <= nowMs)
    .filter(passes);
  inOrder(found, query);
  const { pageSize, pageNumber } = query.paging;
  const page = found.slice((pageNumber - 1) * pageSize, pageNumber * pageSize);
  return {
    conversations: page.map((conversation) => presentConversation(conversation, nowMs)),
    totalHits: found.length,
  };
}

function intervalOf(interval: string): readonly [fromMs: number, toMs: number] {
  const [from, to, ...rest] = interval
    .split('/')
    .map((instant) => (isInstant(instant) ? Date.parse(instant) : Number.NaN));
  if (from === undefined || to === undefined || rest.length > 0 || !(from < to)) {
    const shape = 'yyyy-MM-ddTHH:mm:ss[.mmm]Z/yyyy-MM-ddTHH:mm:ss[.mmm]Z, the start before the end';
    throw invalidFields(
      [{ errorCode: 'invalid.date', fieldName: 'interval' }],
      [`interval: "${interval}" is not ${shape}`],
    );
  }
  if (to - from > MAX_INTERVAL_MS)
    throw badRequest(`The interval ${interval} is longer than 7 days, the most for one query.`);
  return [from, to];
}

function isInstant(text: string): boolean {
  return z.iso.datetime().safeParse(text).success;
}

type Predicate = (conversation: Conversation) => boolean;

function filterOf(filter: Filter, dimensions: Readonly<Record<string, Dimension>>, path: string): Predicate {
  const clauses = filter.clauses.map((clause, i) => clauseOf(clause, dimensions, `${path}.clauses.${i}`));
  const predicates = filter.predicates.map((predicate, i) =>
    predicateOf(predicate, dimensions, `${path}.predicates.${i}`),
  );
  const parts = [...clauses, ...predicates];
  return filter.type === 'and' || parts.length === 0 ? allOf(parts) : anyOf(parts);
}

function clauseOf(clause: Clause, dimensions: Readonly<Record<string, Dimension>>, path: string): Predicate {
  return filterOf({ ...clause, clauses: [] }, dimensions, path);
}

function predicateOf(
  { dimension, operator, value }: Clause['predicates'][number],
  dimensions: Readonly<Record<string, Dimension>>,
  path: string,
): Predicate {
  const valuesOf = Object.hasOwn(dimensions, dimension) ? dimensions[dimension] : undefined;
  if (valuesOf === undefined) {
    const allowed = Object.keys(dimensions).join(', ');
    const reason = `Value [${dimension}] is not valid for field type [dimension]. Allowable values are: ${allowed}`;
    throw invalidFields([{ errorCode: 'invalid.value', fieldName: `${path}.dimension` }], [reason]);
  }
  if (operator === 'exists') return (conversation) => valuesOf(conversation).length > 0;
  if (operator === 'notExists') return (conversation) => valuesOf(conversation).length === 0;
  return (conversation) => value !== undefined && valuesOf(conversation).includes(value);
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
