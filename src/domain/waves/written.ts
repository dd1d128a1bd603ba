/** A waves file as people write it: one plan, and what each member says otherwise. */
import { z } from 'zod';
import { durationField } from '../plan/duration-field.ts';
import { addFault } from '../plan/fields.ts';
import { problemsOf } from '../plan/issues.ts';
import { knownFieldsAt } from '../plan/json-schema.ts';
import type { JsonSchema } from '../plan/json-schema.ts';
import type { Problem } from '../plan/problem.ts';
import { show } from '../plan/problem.ts';
import { uuid } from '../plan/target-schema.ts';
import {
  MAX_MEMBERS,
  MAX_WAVES,
  NAME_HELP,
  NAME_PATTERN,
  ORGANISATION_HELP,
  ORGANISATION_PATTERN,
  PROMOTED_CHOICES,
  RUNNING_CHOICES,
} from './plan.ts';
import type { OnRollback } from './plan.ts';

const API_VERSION = 'assist-rollouts/waves-v1';

const organisation = z
  .string()
  .trim()
  .transform((given, ctx) => {
    if (ORGANISATION_PATTERN.test(given)) return given;
    addFault(ctx, {
      code: 'plan-value',
      message: `Here stands ${show(given)}; expected ${ORGANISATION_HELP}.`,
      remedy: 'Give the name that stands in ORGANISATIONS_FILE, such as eu.',
    });
    return z.NEVER;
  });

const member = z.strictObject({
  action: z.string().trim().min(1).max(100).describe('Name of the action; each stands here once for its organisation.'),
  organisation: organisation
    .optional()
    .describe('Where the action lives, by its name in ORGANISATIONS_FILE; the one of the waves if absent.'),
  plan: z.string().min(1).optional().describe('Its own plan file; the one of the waves if absent.'),
  queues: z
    .array(uuid)
    .min(1)
    .max(50)
    .optional()
    .describe("Queue ids, in the place of the plan's queue conditions and of the target's queues."),
  html: z
    .strictObject({ file: z.string().min(1) })
    .optional()
    .describe('Its own card, such as another language.'),
  set: z
    .record(z.string(), z.unknown())
    .optional()
    .describe('Fields of the plan that differ; sets of fields are merged, lists are replaced.'),
});

const name = z
  .string()
  .trim()
  .transform((given, ctx) => {
    if (NAME_PATTERN.test(given)) return given;
    addFault(ctx, {
      code: 'plan-value',
      message: `Here stands ${show(given)}; expected ${NAME_HELP}.`,
      remedy: 'Give it a short name, such as refund-1.5.0.',
    });
    return z.NEVER;
  });

const wavesSchema = z.strictObject({
  apiVersion: z.literal(API_VERSION),
  name: name.describe('One run of a name at a time.'),
  plan: z.string().min(1).optional().describe('Plan file of the members, beside this file.'),
  maxParallel: z.number().int().min(1).max(MAX_MEMBERS).prefault(2),
  between: durationField('Time between two waves, in which those promoted are only watched.').prefault('0s'),
  onRollback: z
    .strictObject({
      running: z.enum(RUNNING_CHOICES).prefault('goOn'),
      promoted: z.enum(PROMOTED_CHOICES).prefault('leave'),
    })
    .prefault({}),
  waves: z
    .array(z.strictObject({ name, members: z.array(member).min(1).max(MAX_MEMBERS) }))
    .min(1)
    .max(MAX_WAVES),
});

export type WrittenMember = Readonly<z.output<typeof member>>;

/** Whatever else is wrong with it. */
export function isWaves(given: unknown): boolean {
  return isFields(given) && given['apiVersion'] === API_VERSION;
}

export interface WrittenWaves {
  readonly name: string;
  readonly plan?: string | undefined;
  readonly maxParallel: number;
  readonly between: number;
  readonly onRollback: OnRollback;
  readonly waves: readonly { readonly name: string; readonly members: readonly WrittenMember[] }[];
}

export type ParsedWaves =
  | { readonly ok: true; readonly waves: WrittenWaves }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** What a waves file holds, or all that is wrong with it, each with its path. Never throws. */
export function parseWaves(given: unknown): ParsedWaves {
  const parsed = wavesSchema.safeParse(given);
  if (!parsed.success)
    return { ok: false, problems: parsed.error.issues.flatMap((issue) => problemsOf(issue, given, fieldsAt)) };
  const problems = lacking(parsed.data);
  return problems.length > 0 ? { ok: false, problems } : { ok: true, waves: parsed.data };
}

function lacking(waves: WrittenWaves): Problem[] {
  if (waves.plan !== undefined) return [];
  return waves.waves.flatMap(({ members }, wave) =>
    members.flatMap(({ plan }, at): Problem[] =>
      plan !== undefined
        ? []
        : [
            {
              code: 'plan-missing',
              severity: 'error',
              path: `waves.${wave}.members.${at}.plan`,
              message: 'Neither this member nor the waves name a plan file.',
              remedy: 'Add plan: to the waves, for all members, or to this one.',
            },
          ],
    ),
  );
}

/** The plan of a member, as written: the given one with what the member says otherwise. */
export function planOfMember(plan: unknown, { action, queues, html, set }: WrittenMember): unknown {
  const named = merged(plan, { action: { name: action, ...(html !== undefined && { html }) } });
  const placed = queues === undefined ? named : forQueues(named, queues);
  return set === undefined ? placed : merged(placed, set);
}

/** The card's html is one thing: a file in the place of a text, not beside it. */
const WHOLE: readonly string[] = ['html'];

function merged(base: unknown, over: unknown, field = ''): unknown {
  if (!isFields(base) || !isFields(over) || WHOLE.includes(field)) return over;
  const entries = Object.entries(over).map(([key, value]) => [key, merged(base[key], value, key)] as const);
  return { ...base, ...Object.fromEntries(entries) };
}

function forQueues(plan: unknown, queues: readonly string[]): unknown {
  if (!isFields(plan)) return plan;
  const { action, target } = plan;
  const trigger = isFields(action) ? action['trigger'] : undefined;
  const others =
    isFields(trigger) && Array.isArray(trigger['conditions']) ? trigger['conditions'].filter(isNoQueue) : [];
  const conditions = [...queues.map((id) => ({ type: 'queue', id })), ...others];
  const withTrigger = isFields(trigger) ? merged(plan, { action: { trigger: { conditions } } }) : plan;
  const hasQueues = isFields(target) && 'queues' in target;
  return hasQueues ? merged(withTrigger, { target: { queues } }) : withTrigger;
}

function isNoQueue(condition: unknown): boolean {
  return !isFields(condition) || condition['type'] !== 'queue';
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fieldsAt(path: readonly PropertyKey[]): string[] {
  return knownFieldsAt(path, (known ??= z.toJSONSchema(wavesSchema, { io: 'input', target: 'draft-7' }) as JsonSchema));
}

let known: JsonSchema | undefined;
