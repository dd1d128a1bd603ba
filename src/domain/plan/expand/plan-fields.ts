/** What a plan says of templates: the names are looked up before anything else is read. */
import { z } from 'zod';

const MAX_NAMED = 10;

export const namesField = z
  .union([z.string(), z.array(z.string()).min(1).max(MAX_NAMED)])
  .transform((given): readonly string[] => (typeof given === 'string' ? [given] : given));

export const scalar = z.union([z.string().max(500), z.number(), z.boolean()]);
export const argumentsField = z.record(z.string(), scalar);

const label = z.string().regex(/^[\p{L}\p{N}][\p{L}\p{N} ._&-]{0,63}$/u);

/** They stay in the plan, for the organisation's policy asks by them. */
export const scopeFields = {
  risk: label
    .optional()
    .describe('Risk class; its templates in defaults.yaml hold, and what the organisation asks of it.'),
  division: label.optional().describe('Division; its templates in defaults.yaml hold.'),
};

export const templateFields = z.strictObject({
  extends: namesField
    .optional()
    .describe('Templates of defaults.yaml, the later the stronger; the plan wins over all.'),
  with: argumentsField.optional().describe('Arguments of those templates.'),
});
