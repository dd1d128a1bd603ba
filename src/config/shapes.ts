/** What a variable may hold: how it is parsed, and what an editor is told of it in the file. */
import { z } from 'zod';
import { parsePositiveDuration } from '../domain/plan/duration.ts';
import { WEBHOOK_SECRET_FORM, isWebhookSecret } from '../webhooks/secret.ts';
import { listOf } from './list.ts';

export interface Shape<S extends z.ZodType = z.ZodType> {
  readonly schema: S;
  /** JSON Schema of its value in the file. */
  readonly json: Readonly<Record<string, unknown>>;
  /** In the file it may be written as a list, which the variable holds separated by commas. */
  readonly isList?: true;
  /** Of a file or folder: in the configuration file it is taken from the folder of that file. */
  readonly isPath?: true;
}

/** 0: any free one. */
export const PORTS = [0, 65_535] as const;

export const text = { schema: z.string(), json: { type: 'string' } } as const satisfies Shape;
/** As the server takes it. */
export const deploymentName = {
  schema: z.string().regex(/^(?!__temporal_)[^.:]+$/, 'is no name of a deployment; it has neither "." nor ":"'),
  json: { type: 'string', pattern: '^[^.:]+$' },
} as const satisfies Shape;
export const path = { ...text, isPath: true } as const satisfies Shape;
export const list = {
  schema: z.string(),
  json: { type: ['array', 'string'], items: { type: 'string' } },
  isList: true,
} as const satisfies Shape;
export const httpUrl = {
  schema: z.url({ protocol: /^https?$/, error: 'is not an http(s) URL' }),
  json: { type: 'string', pattern: '^https?://' },
} as const satisfies Shape;
export const postgresUrl = {
  schema: z.string().regex(/^postgres(ql)?:\/\//, 'is not a postgres:// URL'),
  json: { type: 'string' },
} as const satisfies Shape;

const origin = z
  .url({ protocol: /^https?$/, error: 'holds what is no origin; expected https://<host>' })
  .refine((value) => new URL(value).origin === value, 'holds more than an origin; expected https://<host>');
export const origins = {
  ...list,
  schema: z.string().transform(listOf).pipe(z.array(origin)),
} as const satisfies Shape;

const webhookSecret = z.string().refine(isWebhookSecret, `holds a secret that is not ${WEBHOOK_SECRET_FORM}`);
export const webhookSecrets = {
  schema: z.string().transform(listOf).pipe(z.array(webhookSecret).min(1, 'is empty')),
  json: { type: 'string' },
} as const satisfies Shape;

/** Temporal's own, which takes 1 and 0 as well. */
export const looseFlag = { schema: z.string(), json: { type: 'boolean' } } as const satisfies Shape;
export const flag = {
  schema: z.enum(['true', 'false'], { error: 'is neither true nor false' }),
  json: { type: 'boolean' },
} as const satisfies Shape;

export const duration = {
  schema: z.string().transform((value, context): number => {
    const ms = parsePositiveDuration(value);
    if (typeof ms === 'number') return ms;
    context.addIssue({ code: 'custom', message: `is "${value}"; expected a duration such as 30d` });
    return z.NEVER;
  }),
  json: { type: 'string', pattern: '^[0-9.]+ ?(ms|s|m|h|d)$' },
} as const satisfies Shape;

export const cardPolicy = {
  schema: z
    .string()
    .regex(
      /(^|;)\s*(default|script)-src(-elem)?\s/i,
      'names neither default-src nor script-src, so it would let every script run',
    ),
  json: { type: 'string' },
} as const satisfies Shape;

/** `meaning` of each word is told where it is not one of them. */
export function oneOf<const W extends Readonly<Record<string, string>>>(meaning: W) {
  const words = Object.keys(meaning) as (keyof W & string)[];
  const told = words.map((word) => (meaning[word] === '' ? word : `${word} (${meaning[word]})`));
  const error = ({ input }: { readonly input?: unknown }) =>
    `is "${String(input)}"; expected ${told.slice(0, -1).join(', ')} or ${told.at(-1)}`;
  return { schema: z.enum(words as [keyof W & string], { error }), json: { enum: words } } as const satisfies Shape;
}

export function wholeNumber(min: number, max: number) {
  const wrong = `is not a whole number from ${min} to ${max}`;
  const schema = z
    .string()
    .regex(/^\d{1,9}$/, wrong)
    .transform(Number)
    .pipe(z.number().min(min, wrong).max(max, wrong));
  return { schema, json: { type: 'integer', minimum: min, maximum: max } } as const satisfies Shape;
}
