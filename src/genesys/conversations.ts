/** Details of past conversations. The platform answers for at most 7 days at a time, and page by page. */
import { z } from 'zod';
import { activeConversationSchema } from './agents.ts';
import type { ActiveConversation } from './agents.ts';
import { GenesysError, isGenesysError } from './errors.ts';
import type { Api } from './http.ts';
import { conversationSchema } from './wire.ts';
import type { ConversationDetail } from './wire.ts';

export interface DetailsQuery {
  /** Those that ran at some instant from `fromMs` (inclusive) to `toMs` (exclusive); ms since the epoch. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Filters of the public API: `{type, predicates, clauses}` each. */
  readonly conversationFilters?: readonly object[];
  readonly segmentFilters?: readonly object[];
}

export interface Conversations {
  /** Each conversation once, oldest span first. */
  details(query: DetailsQuery): AsyncGenerator<ConversationDetail, void, undefined>;
  /** The same of one, live or past; null when there is none (yet: details come with a delay). */
  detailsOf(conversationId: string): Promise<ConversationDetail | null>;
  /** As it stands now, with who is in it; null when there is none. */
  get(conversationId: string): Promise<ActiveConversation | null>;
}

export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

export function createConversations(api: Api): Conversations {
  return {
    details: (query) => details(api, query),
    detailsOf: (conversationId) =>
      orNull(api, `analytics/conversations/${encodeURIComponent(conversationId)}/details`, conversationSchema),
    get: (conversationId) =>
      orNull(api, `conversations/${encodeURIComponent(conversationId)}`, activeConversationSchema),
  };
}

async function orNull<T>(api: Api, path: string, schema: z.ZodType<T>): Promise<T | null> {
  try {
    return (await api({ method: 'GET', path, schema })).value;
  } catch (error) {
    if (isGenesysError(error, 'notFound')) return null;
    throw error;
  }
}

/** Consecutive spans of at most 7 days that make up the whole. */
export function spansOf(whole: Span): Span[] {
  const spans: Span[] = [];
  for (let fromMs = whole.fromMs; fromMs < whole.toMs; fromMs += MAX_SPAN_MS) {
    spans.push({ fromMs, toMs: Math.min(fromMs + MAX_SPAN_MS, whole.toMs) });
  }
  return spans;
}

const MAX_SPAN_MS = 7 * 24 * 60 * 60_000;
const PAGE_SIZE = 100;
const MAX_PAGES = 1000;
const PATH = 'analytics/conversations/details/query';

const answerSchema = z.object({
  conversations: z.array(conversationSchema).nullish(),
  totalHits: z.number().nullish(),
});

/** A span answers with what began on the days that it touches, so two spans may both tell of one conversation. */
async function* details(api: Api, query: DetailsQuery): AsyncGenerator<ConversationDetail, void, undefined> {
  const seen = new Set<string>();
  for (const span of spansOf({ ...query, fromMs: sinceDayBefore(query.fromMs) })) {
    for await (const conversation of detailsOfSpan(api, query, span)) {
      if (seen.has(conversation.conversationId) || isOver(conversation, query.fromMs)) continue;
      seen.add(conversation.conversationId);
      yield conversation;
    }
  }
}

const DAY_MS = 24 * 60 * 60_000;
/** What has run for longer and began on an earlier day is not found: each hour costs pages of what has ended since. */
const LONGEST_MS = 4 * 60 * 60_000;

/**
 * What began before midnight (UTC) is left out of a span that begins after it, though it goes on: in the first hours of a
 * day the day before is touched too.
 */
function sinceDayBefore(fromMs: number): number {
  const midnightMs = Math.floor(fromMs / DAY_MS) * DAY_MS;
  return fromMs - midnightMs < LONGEST_MS ? midnightMs - 1 : fromMs;
}

function isOver({ conversationEnd }: ConversationDetail, fromMs: number): boolean {
  return conversationEnd != null && Date.parse(conversationEnd) < fromMs;
}

async function* detailsOfSpan(
  api: Api,
  query: DetailsQuery,
  span: Span,
): AsyncGenerator<ConversationDetail, void, undefined> {
  let seen = 0;
  for (let pageNumber = 1; pageNumber <= MAX_PAGES; pageNumber += 1) {
    const body = bodyOf(query, span, pageNumber);
    const { value } = await api({ method: 'POST', path: PATH, body, schema: answerSchema });
    const conversations = value.conversations ?? [];
    yield* conversations;
    seen += conversations.length;
    if (conversations.length === 0 || seen >= (value.totalHits ?? Number.POSITIVE_INFINITY)) return;
  }
  const came = `no last page among the first ${MAX_PAGES}`;
  throw new GenesysError({ kind: 'badAnswer', asked: `POST /api/v2/${PATH}`, came });
}

/** Ordered by start, since pages of an unordered answer may overlap. */
function bodyOf(query: DetailsQuery, span: Span, pageNumber: number): object {
  return {
    interval: `${new Date(span.fromMs).toISOString()}/${new Date(span.toMs).toISOString()}`,
    order: 'asc',
    orderBy: 'conversationStart',
    paging: { pageSize: PAGE_SIZE, pageNumber },
    ...(query.conversationFilters === undefined ? {} : { conversationFilters: query.conversationFilters }),
    ...(query.segmentFilters === undefined ? {} : { segmentFilters: query.segmentFilters }),
  };
}
