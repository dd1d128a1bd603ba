/** The action document as it crosses the wire; both the client and the sandbox organisation read it with these. */
import { z } from 'zod';

const name = z.string().min(1).max(256);

/** Documents of other origin carry only the first two fields; ours carry all. */
const metadataSchema = z.object({
  traffic_split: z.number().min(0).max(100),
  ab_test_group: z.enum(['control', 'candidate']),
  version: z.string().min(1).max(64).optional(),
  rollout_id: z.string().min(1).max(256).optional(),
  content_sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
});

/** What POST and PUT take. */
export const actionPayloadSchema = z.object({
  name,
  description: z.string().max(1024).optional(),
  enabled: z.boolean(),
  version: z.string().min(1).max(64),
  trigger: z.object({
    type: z.literal('transcript'),
    minConfidence: z.number().min(0).max(1),
    keywords: z.array(z.string().min(1)),
    stemming: z.enum(['english']).optional(),
    conditions: z.array(z.object({ type: z.enum(['queue', 'skill']), id: z.string().min(1) })),
  }),
  content: z.object({ type: z.literal('html'), html: z.string().min(1) }),
  ui: z.object({
    position: z.enum(['left', 'right', 'top', 'bottom']),
    size: z.enum(['small', 'medium', 'large']),
    required_features: z.array(z.string().min(1)),
  }),
  metadata: metadataSchema,
});
export type ActionPayload = z.infer<typeof actionPayloadSchema>;

/** What GET, POST and PUT answer. */
export const actionEntitySchema = actionPayloadSchema.extend({
  id: z.string().min(1),
  dateCreated: z.iso.datetime({ offset: true }),
  dateModified: z.iso.datetime({ offset: true }),
  selfUri: z.string().min(1),
});
export type ActionEntity = z.infer<typeof actionEntitySchema>;
