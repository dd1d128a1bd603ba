/** What callers send of assistants, copilots and the queues of assistants, as the API description has it. */
import { z } from 'zod';

const text = z.string().min(1).max(256);
const shared = { enabled: z.boolean() };

export const assistantBodySchema = z.object({
  name: text,
  transcriptionConfig: z.object({ vendorName: z.enum(['GoogleDialogflow', 'Unknown', 'Genesys']) }),
  knowledgeSuggestionConfig: z
    .looseObject({ vendorName: z.enum(['GoogleDialogflow', 'GenesysKnowledge', 'GenesysKnowledgeV3', 'Unknown']) })
    .optional(),
});

const attributes = z
  .record(z.string(), z.string())
  .refine((pairs) => Object.keys(pairs).length <= 100, 'at most 100 pairs')
  .optional();
const actionTypes = ['KnowledgeArticle', 'CannedResponse', 'Script', 'Checklist', 'ThirdPartyAction'] as const;
const fallbackTypes = ['KnowledgeArticle', 'CannedResponse', 'Script', 'KnowledgeSearch', 'ThirdPartyAction'] as const;
const conditionTypes = ['Intent', 'ConversationStart', 'ConversationTransfer', 'ConversationEnd', 'Sentiment'] as const;

const ruleConfigSchema = z.object({
  id: z.string().optional(),
  enabled: z.boolean(),
  rule: z.object({
    conditions: z
      .array(z.object({ conditionType: z.enum(conditionTypes), conditionValues: z.array(z.string()) }))
      .min(1)
      .max(100),
    actions: z
      .array(z.object({ actionType: z.enum(actionTypes), attributes }))
      .min(1)
      .max(100),
  }),
});

/** The parts that nothing here depends on are kept as they come. */
export const copilotBodySchema = z.object({
  liveOnQueue: z.boolean(),
  defaultLanguage: text,
  nluEngineType: z.literal('NluV3').optional(),
  nluConfig: z
    .object({
      domain: z.looseObject({ id: z.string() }),
      intentConfidenceThreshold: z.number().gt(0).lt(1),
    })
    .optional(),
  ruleEngineConfig: z
    .object({
      rules: z.array(ruleConfigSchema),
      fallback: z
        .object({
          enabled: z.boolean().optional(),
          actions: z.array(z.object({ actionType: z.enum(fallbackTypes), attributes })).optional(),
        })
        .optional(),
    })
    .optional(),
  summaryGenerationConfig: z.looseObject(shared).optional(),
  wrapupCodePredictionConfig: z.looseObject(shared).optional(),
  knowledgeAnswerConfig: z.looseObject(shared).optional(),
  answerGenerationConfig: z.looseObject(shared).optional(),
  autoSearchConfig: z
    .object({ type: z.enum(['ArticlesOnly', 'ArticlesWithAnswerHighlights', 'AnswerGeneration']).optional() })
    .optional(),
  manualSearchConfig: z
    .object({ articlesWithAnswerHighlights: z.boolean().optional(), answerGeneration: z.boolean().optional() })
    .optional(),
});
export type CopilotBody = z.infer<typeof copilotBodySchema>;

const userReference = z.object({ id: z.string() });

export const assistantSchema = assistantBodySchema.extend({
  id: z.string(),
  state: z.enum(['Active', 'Inactive']),
  dateCreated: z.string(),
  dateModified: z.string(),
  createdBy: userReference,
  modifiedBy: userReference,
  selfUri: z.string(),
  copilot: copilotBodySchema.extend({ enabled: z.boolean(), selfUri: z.string() }).optional(),
});
/** As kept; a caller sees `copilot` only where it asks for it. */
export type Assistant = z.infer<typeof assistantSchema>;

export const assistantQueueBodySchema = z.object({
  id: z.string(),
  mediaTypes: z.array(z.enum(['Call', 'Email', 'Message'])),
});
export type AssistantQueueBody = z.infer<typeof assistantQueueBodySchema>;

export const queueUsersBodySchema = z.object({ entities: z.array(z.object({ id: z.string() })).max(100) });
export const usersJobBodySchema = z.object({ action: z.enum(['AutoAssignment', 'ManualAssignment']) });
export type AssignmentMode = z.infer<typeof usersJobBodySchema>['action'];

export const assistantQueueSchema = assistantQueueBodySchema.extend({
  assistantId: z.string(),
  mode: usersJobBodySchema.shape.action,
  /** In manual mode: who has the assistant on this queue. */
  userIds: z.array(z.string()),
  dateCreated: z.string(),
  dateModified: z.string(),
});
/** As kept. A queue has one assistant at most. */
export type AssistantQueue = z.infer<typeof assistantQueueSchema>;
