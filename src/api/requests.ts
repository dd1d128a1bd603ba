/** What the api process is asked, held to its form; what it means is for rollouts to judge. */
import { z } from 'zod';
import { ACTS } from '../domain/rollout/acts.ts';
import { MAX_HISTORY } from '../domain/registry/question.ts';
import { WAVES_ACTS } from '../domain/waves/state.ts';
import { refusal } from './problem.ts';

const text = z.string().max(4_000);
/** Who acts is whoever the token says; a name may be given to be sure. */
const by = text.optional();
const person = { by, reason: text };
const flag = z.enum(['true', 'false']).transform((word) => word === 'true');
const whole = (max: number) =>
  z
    .string()
    .regex(/^\d{1,6}$/)
    .transform(Number)
    .pipe(z.int().min(1).max(max));

/** Number of an entry of the audit log. */
const place = z
  .string()
  .regex(/^\d{1,15}$/)
  .transform(Number);

export const actName = z.enum(ACTS);
export const wavesActName = z.enum(WAVES_ACTS);

export const actBody = z.strictObject({
  ...person,
  run: text.optional(),
  expiresAt: text.optional(),
  until: text.optional(),
  guardrail: text.optional(),
  approvals: z.literal(true).optional(),
  window: z.literal(true).optional(),
  pause: z.union([z.int(), z.literal('person')]).optional(),
  step: z.int().optional(),
});
export const everybodyBody = z.strictObject({ ...person, pause: z.literal('person').optional() });
export const reasonBody = z.strictObject(person);
export const startBody = z.strictObject({
  by,
  reason: text.optional(),
  force: z.boolean().optional(),
  plan: z.unknown(),
});
export const undoBody = z.strictObject({ ...person, to: text.optional() });
export const wavesBody = z.strictObject({ by, reason: text.optional(), waves: z.unknown() });
/** Its own parser looks into it (parseFreezeAsked). */
export const freezeBody = z.looseObject({ ...person, do: z.enum(['freeze', 'unfreeze']) });
export const calendarBody = z.strictObject({
  action: text,
  queues: z.array(text).max(500),
  windows: z.unknown(),
  atMs: z.int().optional(),
});

export const runQuery = z.strictObject({ run: text.optional() });
/** No database knows a NUL. */
const rollout = text.regex(/^[\x21-\x7e]{1,64}$/, 'it is no id of a rollout');
export const reportQuery = z.strictObject({ rollout: rollout.optional(), format: z.enum(['json', 'html']).optional() });
export const workflowQuery = z.strictObject({ workflow: text });
export const historyQuery = z.strictObject({ limit: whole(MAX_HISTORY).optional() });
export const auditQuery = z.strictObject({
  of: text.optional(),
  actor: text.optional(),
  since: z.iso.datetime().optional(),
  until: z.iso.datetime().optional(),
  before: place.optional(),
  limit: whole(MAX_HISTORY).optional(),
});
export const listQuery = z.strictObject({
  limit: whole(1_000).optional(),
  waiting: flag.optional(),
  why: flag.optional(),
  action: text.optional(),
  outcome: z.enum(['running', 'promoted', 'retired', 'rolledBack', 'undone', 'rejected']).optional(),
  since: z.iso
    .datetime()
    .transform((instant) => new Date(instant))
    .optional(),
  who: text.optional(),
});

/** Throws one refusal with all that is wrong. */
export function read<S extends z.ZodType>(schema: S, given: unknown): z.output<S> {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.slice(0, 10).map(({ path, message }) => [path.join('.'), message]);
  throw refusal(
    'api-body-invalid',
    `The request is not as expected: ${wrong.map(([at, why]) => (at === '' ? why : `${at}: ${why}`)).join('; ')}.`,
    'docs/api.md says what each address takes. Nothing was done.',
  );
}
