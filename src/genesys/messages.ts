/** Texts of digital messages, which events tell by id alone. */
import { z } from 'zod';
import type { Api } from './http.ts';
import type { Speaker } from './transcripts.ts';

export interface DigitalMessage {
  readonly id: string;
  readonly speaker: Speaker;
  readonly text: string;
  /** ms since the epoch. */
  readonly sentMs: number;
}

export interface Messages {
  /** Those of the ids that there are, in any order; needs `conversation:message:view`. */
  read(conversationId: string, ids: readonly string[]): Promise<readonly DigitalMessage[]>;
}

/** The platform takes 1,000, and asks for no more than are needed. */
const IDS_AT_ONCE = 100;

export function createMessages(api: Api): Messages {
  return {
    async read(conversationId, ids) {
      const path = `conversations/messages/${encodeURIComponent(conversationId)}/messages/bulk`;
      const found: DigitalMessage[] = [];
      for (let from = 0; from < ids.length; from += IDS_AT_ONCE) {
        const body = ids.slice(from, from + IDS_AT_ONCE);
        const { value } = await api({ method: 'POST', path, body, schema: listingSchema });
        found.push(...value.entities.flatMap(messageOf));
      }
      return found;
    },
  };
}

const listingSchema = z.object({
  entities: z
    .array(
      z.object({
        id: z.string().nullish(),
        direction: z.string().nullish(),
        timestamp: z.string().nullish(),
        textBody: z.string().nullish(),
        normalizedMessage: z.object({ text: z.string().nullish() }).nullish(),
      }),
    )
    .nullish()
    .transform((entities) => entities ?? []),
});

/** A picture without words says nothing that a trigger could be for; it is a message all the same. */
function messageOf(message: z.infer<typeof listingSchema>['entities'][number]): DigitalMessage[] {
  const { id, direction, timestamp, textBody, normalizedMessage } = message;
  if (id == null) return [];
  const speaker = direction === 'inbound' ? 'customer' : direction === 'outbound' ? 'agent' : 'unknown';
  const text = normalizedMessage?.text ?? textBody ?? '';
  return [{ id, speaker, text, sentMs: Date.parse(timestamp ?? '') || 0 }];
}
