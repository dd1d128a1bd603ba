/** What a conversation's topics tell of a suggestion, or the API of one whose telling was missed. */
import { z } from 'zod';
import type { NotificationEvent } from '../genesys/notifications-socket.ts';
import type { SuggestionDocument } from '../genesys/suggestions.ts';

export const THIRD_PARTY = 'thirdpartyaction';
/** Of the topics `v2.conversations.{id}.suggestions.<kind>`. */
export const SUGGESTION_KINDS = ['knowledge.article', 'knowledge.search', 'response', 'script', THIRD_PARTY] as const;
export type SuggestionKind = (typeof SUGGESTION_KINDS)[number];

export type SuggestionState = 'Suggested' | 'Accepted' | 'Dismissed' | 'Failed' | 'Rated' | 'Triggered';

export interface SuggestionTold {
  readonly suggestionId: string;
  readonly conversationId: string;
  readonly isThirdParty: boolean;
  readonly state: SuggestionState;
  /** When that came to be, by the organisation's clock; ms since the epoch. */
  readonly atMs: number;
  readonly assistantId: string;
  readonly queueId: string;
  /** Null where it is not told. */
  readonly userId: string | null;
  readonly mediaType: string | null;
  readonly language: string | null;
  /** Of a third party; null: it has none yet. */
  readonly text: string | null;
}

export function suggestionTopic(conversationId: string, kind: SuggestionKind): string {
  return `v2.conversations.${conversationId}.suggestions.${kind}`;
}

const id = z.string().min(1);
const state = z.enum(['Suggested', 'Accepted', 'Dismissed', 'Failed', 'Rated', 'Triggered']);
const media = z.string().nullish();
const text = z.object({ text: z.string().nullish() }).nullish();
/** The samples of the platform tell instants as numbers, its types as texts. */
const instant = z.union([z.number(), z.string()]).transform((value) => new Date(value).getTime());

const eventSchema = z.object({
  eventTime: instant,
  conversationId: id,
  suggestionId: id,
  state,
  context: z.object({ queueId: id, assistantId: id, userId: z.string().nullish(), mediaType: media, language: media }),
  thirdPartySuggestion: text,
});

/** `undefined`: none of a suggestion, or one that tells too little of it. */
export function suggestionToldBy({ topicName, eventBody }: NotificationEvent): SuggestionTold | undefined {
  const kind = /^v2\.conversations\.[^.]+\.suggestions\.(.+)$/.exec(topicName)?.[1];
  const parsed = kind === undefined ? undefined : eventSchema.safeParse(eventBody);
  if (parsed?.success !== true || Number.isNaN(parsed.data.eventTime)) return undefined;
  const { eventTime, context, thirdPartySuggestion, ...told } = parsed.data;
  return {
    ...told,
    isThirdParty: kind === THIRD_PARTY,
    atMs: eventTime,
    queueId: context.queueId,
    assistantId: context.assistantId,
    userId: context.userId || null,
    mediaType: mediaTypeOf(context.mediaType),
    language: context.language ?? null,
    text: thirdPartySuggestion?.text || null,
  };
}

/** As it stands now; what it became is told as of `nowMs`, for nobody says when. */
export function suggestionsToldBy(
  conversationId: string,
  { id: suggestionId, type, state: now, dateCreated, assistant, context, thirdPartySuggestion }: SuggestionDocument,
  nowMs: number,
): readonly SuggestionTold[] {
  const parsed = state.safeParse(now);
  const [assistantId, queueId] = [assistant?.id, context?.queue?.id];
  if (!parsed.success || assistantId == null || queueId == null) return [];
  const createdMs = Math.min(nowMs, Date.parse(dateCreated ?? '') || nowMs);
  const told = {
    suggestionId,
    conversationId,
    isThirdParty: type === 'ThirdPartySuggestion',
    assistantId,
    queueId,
    userId: context?.user?.id ?? null,
    mediaType: mediaTypeOf(typeof context?.['mediaType'] === 'string' ? context['mediaType'] : null),
    language: null,
    text: thirdPartySuggestion?.text || null,
  };
  const first: SuggestionTold = { ...told, state: 'Suggested', atMs: createdMs };
  return parsed.data === 'Suggested' ? [first] : [first, { ...told, state: parsed.data, atMs: nowMs }];
}

/** As analytics writes it. */
function mediaTypeOf(given: string | null | undefined): string | null {
  const name = given?.toLowerCase() ?? 'unknown';
  return name === 'unknown' ? null : name;
}
