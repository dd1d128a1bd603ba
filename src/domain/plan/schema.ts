/** The plan as people write it (YAML or JSON), turned into the engine's words. Rules that span fields: rules.ts. */
import { z } from 'zod';
import { addFault, readField } from './fields.ts';
import { guardrailSchema } from './guardrail-schema.ts';
import { NAME_PATTERN, parseName, parseVersion, VERSION_PATTERN } from './identity.ts';
import type { Fault } from './problem.ts';
import { policiesSchema } from './policies-schema.ts';
import { slicesSchema } from './slices-schema.ts';
import { stepSchema } from './steps/steps.ts';
import { DEFAULT_TARGET, targetSchema } from './target-schema.ts';

export const MAX_STEPS = 100;
export const MAX_GUARDRAILS = 20;

const text = z.string().trim().min(1);

/** A card shows something. */
export const htmlText = z.string().superRefine((html, ctx) => {
  if (html.trim() === '') addFault(ctx, EMPTY_HTML);
});
export const EMPTY_HTML: Fault = {
  code: 'plan-html',
  message: 'The card is empty; agents would be shown nothing.',
  remedy: 'Write the html of the card, such as <p>Check the order first.</p>.',
};

export const htmlSchema = z
  .strictObject({
    file: text.max(1024).optional().describe('Path of the card, from the folder of this plan.'),
    inline: htmlText.optional().describe('The card itself.'),
  })
  .meta({ minProperties: 1, maxProperties: 1 })
  .transform((html, ctx): HtmlSource => {
    if (html.file !== undefined && html.inline === undefined) return { kind: 'file', file: html.file };
    if (html.inline !== undefined && html.file === undefined) return { kind: 'inline', html: html.inline };
    if (ctx.issues.length > 0) return z.NEVER; // a misspelt field already says why
    addFault(ctx, {
      code: 'plan-html',
      message:
        `The card is given ${html.file === undefined ? 'neither' : 'both'} as file and as inline; expected ` +
        'exactly one of the two.',
      remedy: 'Write html: { file: card.html }, or html: { inline: "<div>...</div>" }.',
    });
    return z.NEVER;
  });

/** Where the card's HTML is: the domain reads no files, so the caller does. */
export type HtmlSource =
  | { readonly kind: 'file'; readonly file: string }
  | { readonly kind: 'inline'; readonly html: string };

const triggerSchema = z.strictObject({
  minConfidence: z.number().min(0).max(1).prefault(0.75).describe('Least confidence of the transcript, 0..1.'),
  keywords: z.array(text.max(100)).min(1).max(200).describe('Whole words or phrases; case and accents do not matter.'),
  stemming: z
    .enum(['english'])
    .optional()
    .describe('Words of one stem count as one word: "refunds" and "refunded" as "refund".'),
  conditions: z
    .array(z.strictObject({ type: z.enum(['queue', 'skill']), id: text.max(256) }))
    .max(100)
    .prefault([])
    .describe('Any of the queues and, if skills are named too, any of the skills.'),
});

const uiSchema = z.strictObject({
  position: z.enum(['left', 'right', 'top', 'bottom']).prefault('right'),
  size: z.enum(['small', 'medium', 'large']).prefault('medium'),
  requiredFeatures: z
    .array(text.max(64))
    .max(50)
    .prefault([])
    .describe('What the card needs from the browser, such as flexbox.'),
});

/** The version of a card, however its html is given. */
export function actionWith<Html extends z.ZodType>(html: Html) {
  return z.strictObject({
    name: readField(
      {
        type: 'string',
        description: 'The action, without a version.',
        pattern: NAME_PATTERN,
        examples: ['RefundAssist'],
      },
      parseName,
    ),
    version: readField(
      { type: 'string', description: 'The version to roll out.', pattern: VERSION_PATTERN, examples: ['1.5.0'] },
      parseVersion,
    ),
    html,
    trigger: triggerSchema,
    ui: uiSchema.prefault({}),
    inlineCode: z
      .enum(['refused', 'byHash'])
      .optional()
      .describe(
        'byHash: scripts, handlers and styles within the card may be listed in the content policy by their ' +
          'hash, and preflight names it; refused if absent.',
      ),
  });
}

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

export const planSchema = z.strictObject({
  apiVersion: z.literal('assist-rollouts/v1'),
  action: actionWith(htmlSchema),
  ...noCardFields,
  target: targetSchema.prefault(DEFAULT_TARGET),
  steps: z.array(stepSchema).min(1).max(MAX_STEPS),
  guardrails: z.array(guardrailSchema).min(1).max(MAX_GUARDRAILS),
  slices: slicesSchema
    .optional()
    .describe('Parts of the cards that must not be badly harmed behind a good mean; none if absent.'),
  policies: policiesSchema.prefault({}),
});

export type WrittenPlan = z.output<typeof planSchema>;
