/** The plan as people write it (YAML or JSON), turned into the engine's words. Rules that span fields: rules.ts. */
import { z } from 'zod';
import { aboutFields } from './about.ts';
import { actionWith, htmlSchema } from './action-schema.ts';
import { startField } from '../calendar/form.ts';
import { guardrailSchema } from './guardrail-schema.ts';
import { policiesSchema } from './policies-schema.ts';
import { scopeFields } from './expand/plan-fields.ts';
import { slicesSchema } from './slices-schema.ts';
import { stepSchema } from './steps/steps.ts';
import { DEFAULT_TARGET, targetSchema } from './target-schema.ts';

export const MAX_STEPS = 100;
export const MAX_GUARDRAILS = 20;

/** One of the arms shows no card. */
export const noCardFields = {
  control: z
    .literal('none')
    .optional()
    .describe(
      'For the first version of an action: conversations outside its share see no card. Without it, it is compared ' +
        'with the version that serves.',
    ),
  retire: z
    .literal(true)
    .optional()
    .describe('For the last version: it is the one that serves, and step by step conversations see no card instead.'),
};

/** Routes of the worker's file of messages, by name. */
export const notifyField = z
  .array(z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'is not 1 to 40 lower-case letters, digits and hyphens'))
  .min(1)
  .max(10)
  .describe('Routes of messages (MESSAGES_FILE) that also take those of this rollout.');

export const planSchema = z.strictObject({
  apiVersion: z.literal('assist-rollouts/v1'),
  ...aboutFields,
  action: actionWith(htmlSchema),
  ...scopeFields,
  ...noCardFields,
  target: targetSchema.prefault(DEFAULT_TARGET),
  startAt: startField.optional(),
  steps: z.array(stepSchema).min(1).max(MAX_STEPS),
  guardrails: z.array(guardrailSchema).min(1).max(MAX_GUARDRAILS),
  slices: slicesSchema
    .optional()
    .describe('Parts of the cards that must not be badly harmed behind a good mean; none if absent.'),
  policies: policiesSchema.prefault({}),
  notify: notifyField.optional(),
});

export type WrittenPlan = z.output<typeof planSchema>;
