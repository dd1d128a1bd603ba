/** What a plan says of its version: a card, a text of a copilot, or nothing but its name where an assistant is meant. */
import { z } from 'zod';
import { addFault, readField } from './fields.ts';
import { NAME_PATTERN, parseName, parseVersion, VERSION_PATTERN } from './identity.ts';
import type { ActionVersion, CardVersion } from './plan.ts';
import type { Fault } from './problem.ts';

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

const suggestionSchema = z.strictObject({
  title: text.max(256).optional(),
  text: text.max(10_000).describe('What the agent is shown.'),
  sources: z
    .array(
      z.strictObject({
        name: text.max(256),
        url: z
          .string()
          .max(2048)
          .regex(/^https:\/\/[^\s/]+\S*$/),
      }),
    )
    .max(20)
    .prefault([])
    .describe('Where it is from, as links (https).'),
});

/** Its fields one by one, however the html of a card is given. */
export function actionFields<Html extends z.ZodType>(html: Html) {
  return {
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
    html: html.optional().describe('Of a card.'),
    trigger: triggerSchema.optional().describe('Of a card: when it surfaces.'),
    ui: uiSchema.optional().describe('Of a card.'),
    inlineCode: z
      .enum(['refused', 'byHash'])
      .optional()
      .describe(
        'byHash: scripts, handlers and styles within the card may be listed in the content policy by their ' +
          'hash, and preflight names it; refused if absent.',
      ),
    suggestion: suggestionSchema
      .optional()
      .describe('With target copilotSuggestions, in place of html, trigger and ui: the text that is shown.'),
  };
}

type Given<Html> = Omit<z.output<z.ZodObject<ReturnType<typeof actionFields>>>, 'html'> & { readonly html?: Html };
/** A version whose card's html is given as an `Html`. */
export type ActionWith<Html> = Exclude<ActionVersion, { readonly html: string }> | CardWith<Html>;
export type CardWith<Html> = Omit<CardVersion, 'html'> & { readonly html: Html };

/**
 * The version, however the html of a card is given. Which of its contents it must have goes by the target, which
 * `target-rules.ts` asks for.
 */
export function actionWith<Html extends z.ZodType>(html: Html) {
  return z.strictObject(actionFields(html)).transform((given) => contentOf(given as Given<z.output<Html>>));
}

/** In the place of a trigger that is missing or cannot be read, which somebody else says: no card surfaces by it. */
export const SILENT_TRIGGER: CardVersion['trigger'] = { minConfidence: 0, keywords: [], conditions: [] };
export const USUAL_UI: CardVersion['ui'] = uiSchema.parse({});

function contentOf<Html>({ html, trigger, ui, inlineCode, suggestion, ...named }: Given<Html>): ActionWith<Html> {
  if (html !== undefined)
    return {
      ...named,
      html,
      trigger: trigger ?? SILENT_TRIGGER,
      ui: ui ?? USUAL_UI,
      ...(inlineCode !== undefined && { inlineCode }),
    };
  return suggestion === undefined ? named : { ...named, suggestion };
}
