/**
 * The documents of the organisation, as they travel. Bodies are what callers send; documents carry what the
 * organisation adds.
 */
import { z } from 'zod';
import { WEBHOOK_SECRET_FORM, isWebhookSecret } from '../webhooks/secret.ts';

const text = (max: number): z.ZodString => z.string().min(1).max(max);

export const actionBodySchema = z.object({
  name: text(256),
  description: z.string().max(1024).optional(),
  enabled: z.boolean(),
  version: text(64),
  trigger: z.object({
    type: z.literal('transcript'),
    minConfidence: z.number().min(0).max(1).default(0.75),
    keywords: z.array(text(128)).max(200),
    stemming: z.enum(['english']).optional(),
    conditions: z.array(z.object({ type: z.enum(['queue', 'skill']), id: z.uuid() })).max(100),
  }),
  content: z.object({ type: z.literal('html'), html: z.string() }),
  ui: z.object({
    position: z.enum(['left', 'right', 'top', 'bottom']),
    size: z.enum(['small', 'medium', 'large']),
    required_features: z.array(text(64)).default([]),
  }),
  metadata: z.object({
    traffic_split: z.number().min(0).max(100),
    ab_test_group: z.enum(['control', 'candidate']),
    version: text(64).optional(),
    rollout_id: text(512).optional(),
    content_sha256: text(128).optional(),
    counterpart: text(64).optional(),
  }),
});
export type ActionBody = z.infer<typeof actionBodySchema>;

export const actionDocumentSchema = actionBodySchema.extend({
  id: z.uuid(),
  dateCreated: z.string(),
  dateModified: z.string(),
  selfUri: z.string(),
});
export type ActionDocument = z.infer<typeof actionDocumentSchema>;

const signingSecret = z.string().refine(isWebhookSecret, `must be ${WEBHOOK_SECRET_FORM}`);

export const exportBodySchema = z.object({
  name: text(256),
  enabled: z.boolean(),
  format: z.literal('json'),
  destination: z.object({
    type: z.literal('webhook'),
    url: z.url({ protocol: /^https?$/ }),
    signingSecret: signingSecret.optional(),
  }),
  eventTypes: z.array(text(128)).min(1).max(50),
  filter: z
    .object({
      type: z.enum(['AND', 'OR']),
      filters: z.array(z.object({ type: z.literal('event'), value: text(128) })).max(50),
    })
    .optional(),
});
export type ExportBody = z.infer<typeof exportBodySchema>;

export const exportDocumentSchema = exportBodySchema.extend({
  id: z.uuid(),
  dateCreated: z.string(),
  dateModified: z.string(),
  selfUri: z.string(),
});
/** As kept: with its secret. `readable` takes the secret out. */
export type ExportDocument = z.infer<typeof exportDocumentSchema>;
