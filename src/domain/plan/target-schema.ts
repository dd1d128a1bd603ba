/**
 * The kinds of target: where a version is deployed and its split is set. Whatever takes a plan takes them from here;
 * `src/targets/index.ts` has the adapter of each, `target-capabilities.ts` what each can do.
 */
import { z } from 'zod';

const MAX_QUEUES = 100;

/** Ids of queues, assistants and users are UUIDs in Genesys Cloud. */
export const uuid = z
  .string()
  .regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i)
  .toLowerCase();

const assistPanel = z.strictObject({
  kind: z.literal('assistPanel'),
  unit: z
    .enum(['conversation', 'agent'])
    .optional()
    .describe('What is divided. agent: an agent meets one version only. conversation if absent.'),
  integration: z
    .string()
    .trim()
    .min(1)
    .max(256)
    .optional()
    .describe('Name of the interaction widget in the organisation; "Assist Rollouts" if absent.'),
  queues: z
    .array(uuid)
    .min(1)
    .max(MAX_QUEUES)
    .optional()
    .describe("Queues in whose conversations the card can surface; those of the trigger's conditions if absent."),
});

const copilotSuggestions = z.strictObject({
  kind: z.literal('copilotSuggestions'),
  assistant: uuid.describe('The assistant with a rule that asks a third party for the text.'),
});

const pairSchema = z.strictObject({
  queue: uuid,
  baseline: uuid.optional().describe('The assistant that the queue has now; left out with unit: agent.'),
  candidate: uuid.describe('The assistant that is rolled out.'),
});

const copilotQueues = z.strictObject({
  kind: z.literal('copilotQueues'),
  unit: z
    .enum(['queue', 'agent'])
    .optional()
    .describe(
      'queue: whole queues go from one assistant to the other; agent: agents of the queues get the assistant, or none ' +
        '(with control: none). queue if absent.',
    ),
  pairs: z.array(pairSchema).min(1).max(MAX_QUEUES),
});

export const targetSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('agentAssistActions') }),
  assistPanel,
  copilotSuggestions,
  copilotQueues,
]);

export type PlanTarget = Readonly<z.output<typeof targetSchema>>;
export type TargetKind = PlanTarget['kind'];
/** The settings of one kind. */
export type TargetOf<Kind extends TargetKind> = Extract<PlanTarget, { readonly kind: Kind }>;

export const TARGET_KINDS = targetSchema.options.map(({ shape }) => shape.kind.value);

export const DEFAULT_TARGET: PlanTarget = { kind: 'agentAssistActions' };
