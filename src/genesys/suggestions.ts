/** What agents are suggested in a conversation; the text of a third party's suggestion is ours to give. */
import { z } from 'zod';
import { isGenesysError } from './errors.ts';
import type { Api } from './http.ts';
import { listByCursor } from './paging.ts';
import type { Urgency } from './token-bucket.ts';

export interface SuggestionFilter {
  /** `ThirdPartySuggestion`, for example. */
  readonly type?: string;
  /** `Suggested`, `Accepted`, `Dismissed`, `Failed` or `Rated`. */
  readonly state?: string;
}

export interface ThirdPartyText {
  readonly title: string;
  readonly text: string;
  readonly sources: readonly { readonly name: string; readonly url: string }[];
}

export interface Suggestions {
  /** None where the conversation has no copilot data. */
  list(conversationId: string, filter?: SuggestionFilter): AsyncGenerator<SuggestionDocument, void, undefined>;
  get(conversationId: string, suggestionId: string, urgency?: Urgency): Promise<SuggestionDocument>;
  /** What a second answer does to a text that is shown is not known: after an ambiguous failure `get` it first. */
  answer(
    conversationId: string,
    suggestionId: string,
    text: ThirdPartyText,
    urgency?: Urgency,
  ): Promise<SuggestionDocument>;
}

const reference = z.looseObject({ id: z.string().nullish() }).nullish();

const suggestionSchema = z.looseObject({
  id: z.string().min(1),
  type: z.string().nullish(),
  state: z.string().nullish(),
  triggerType: z.string().nullish(),
  dateCreated: z.string().nullish(),
  assistant: reference,
  conversation: reference,
  context: z.looseObject({ queue: reference, user: reference, utterance: reference, message: reference }).nullish(),
  thirdPartySuggestion: z
    .looseObject({
      title: z.string().nullish(),
      text: z.string().nullish(),
      sources: z.array(z.looseObject({ name: z.string().nullish(), url: z.string().nullish() })).nullish(),
    })
    .nullish(),
});
export type SuggestionDocument = z.infer<typeof suggestionSchema>;

export function createSuggestions(api: Api): Suggestions {
  return {
    list: (conversationId, filter = {}) => list(api, conversationId, filter),
    get: async (conversationId, suggestionId, urgency) =>
      (await api({ method: 'GET', path: pathOf(conversationId, suggestionId), schema: suggestionSchema, urgency }))
        .value,
    answer: async (conversationId, suggestionId, { title, text, sources }, urgency) =>
      (
        await api({
          method: 'PATCH',
          path: pathOf(conversationId, suggestionId),
          body: { thirdPartySuggestion: { title, text, sources: sources.map(({ name, url }) => ({ name, url })) } },
          schema: suggestionSchema,
          urgency,
        })
      ).value,
  };
}

async function* list(
  api: Api,
  conversationId: string,
  filter: SuggestionFilter,
): AsyncGenerator<SuggestionDocument, void, undefined> {
  const path = `conversations/${encodeURIComponent(conversationId)}/suggestions`;
  try {
    yield* listByCursor(api, { path, query: { ...filter }, entity: suggestionSchema });
  } catch (error) {
    if (!isGenesysError(error, 'notFound')) throw error;
  }
}

function pathOf(conversationId: string, suggestionId: string): string {
  return `conversations/${encodeURIComponent(conversationId)}/suggestions/${encodeURIComponent(suggestionId)}`;
}
