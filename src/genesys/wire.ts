/**
 * What Genesys sends, as far as it is read here. Documents are loose: fields that are not known here survive a
 * read and a write, since a PUT replaces the whole document.
 */
import { z } from 'zod';

const condition = z.looseObject({ type: z.string(), id: z.string() });

/** Optional where a document made by hand, or by other tools, may lack it. */
export const actionSchema = z.looseObject({
  id: z.string().min(1),
  name: z.string().min(1),
  enabled: z.boolean(),
  version: z.string().nullish(),
  trigger: z
    .looseObject({
      minConfidence: z.number().nullish(),
      keywords: z.array(z.string()).nullish(),
      stemming: z.string().nullish(),
      conditions: z.array(condition).nullish(),
    })
    .nullish(),
  content: z.looseObject({ html: z.string().nullish() }).nullish(),
  ui: z
    .looseObject({
      position: z.string().nullish(),
      size: z.string().nullish(),
      required_features: z.array(z.string()).nullish(),
    })
    .nullish(),
  metadata: z
    .looseObject({
      traffic_split: z.number().nullish(),
      ab_test_group: z.string().nullish(),
      version: z.string().nullish(),
      rollout_id: z.string().nullish(),
      content_sha256: z.string().nullish(),
      counterpart: z.string().nullish(),
    })
    .nullish(),
  dateModified: z.string().nullish(),
  modifiedBy: z.union([z.string(), z.looseObject({ id: z.string().nullish(), name: z.string().nullish() })]).nullish(),
});
export type ActionDocument = z.infer<typeof actionSchema>;

export const exportSchema = z.looseObject({
  id: z.string().min(1),
  name: z.string(),
  enabled: z.boolean(),
  format: z.string().nullish(),
  destination: z.looseObject({ type: z.string().nullish(), url: z.string().nullish() }).nullish(),
  eventTypes: z.array(z.string()).nullish(),
  filter: z
    .looseObject({
      type: z.string().nullish(),
      filters: z.array(z.looseObject({ type: z.string().nullish(), value: z.string().nullish() })).nullish(),
    })
    .nullish(),
});
export type ExportDocument = z.infer<typeof exportSchema>;

export const conversationSchema = z.looseObject({
  conversationId: z.string().min(1),
  conversationStart: z.string().nullish(),
  conversationEnd: z.string().nullish(),
  participants: z.array(z.looseObject({})).nullish(),
});
export type ConversationDetail = z.infer<typeof conversationSchema>;

/** What the organisation adds to a document, and a write must not send back. */
export function withoutServerFields(document: object): Record<string, unknown> {
  const {
    id: _id,
    selfUri: _selfUri,
    dateCreated: _created,
    dateModified: _modified,
    modifiedBy: _by,
    ...rest
  } = document as Record<string, unknown>;
  return rest;
}
