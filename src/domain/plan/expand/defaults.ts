/** A file of templates that plans name: read, and nothing of it known to be good but its form. */
import { z } from 'zod';
import { problemsOf } from '../issues.ts';
import type { JsonSchema } from '../json-schema.ts';
import { knownFieldsAt } from '../json-schema.ts';
import type { Problem } from '../problem.ts';
import { problemAt } from '../problem.ts';
import { MAX_STEPS } from '../schema.ts';
import type { Fields } from './fields.ts';
import { isDeeper, isFields } from './fields.ts';
import { argumentsField, namesField, scalar } from './plan-fields.ts';

const fields = z.record(z.string(), z.unknown());

const templateSchema = z.strictObject({
  description: z.string().max(500).optional(),
  extends: namesField.default([]),
  with: argumentsField.prefault({}),
  arguments: z
    .record(z.string(), z.strictObject({ default: scalar.optional(), description: z.string().max(500).optional() }))
    .prefault({}),
  guardrails: z.array(z.unknown()).max(100).optional(),
  policies: fields.optional(),
  slices: fields.optional(),
  steps: z.array(z.unknown()).max(MAX_STEPS).optional(),
});

const defaultsSchema = z.strictObject({
  apiVersion: z.literal('assist-rollouts/v1'),
  templates: z.record(z.string(), templateSchema).prefault({}),
  ladders: z.record(z.string(), fields).prefault({}),
  risks: z.record(z.string(), namesField).prefault({}),
  divisions: z.record(z.string(), namesField).prefault({}),
});

export type Template = z.output<typeof templateSchema>;
export type Arguments = z.output<typeof argumentsField>;

export interface Defaults extends z.output<typeof defaultsSchema> {
  /** As its problems name it. */
  readonly file: string;
}

export type ParsedDefaults =
  | { readonly ok: true; readonly defaults: Defaults }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Several times what any template needs. */
const MAX_DEPTH = 40;
const TOO_DEEP = problemAt('', {
  code: 'plan-range',
  message: `Lists and maps stand more than ${MAX_DEPTH} times within each other here; no template needs that.`,
  remedy: 'Start from examples/templates/defaults.yaml.',
});

/** Never throws. */
export function parseDefaults(raw: unknown, file: string): ParsedDefaults {
  if (isDeeper(raw, MAX_DEPTH)) return { ok: false, problems: [{ ...TOO_DEEP, file }] };
  const parsed = defaultsSchema.safeParse(raw);
  if (parsed.success) return { ok: true, defaults: { ...parsed.data, file } };
  const problems = parsed.error.issues.flatMap((issue) => problemsOf(issue, raw, fieldsAt));
  return { ok: false, problems: problems.map((problem) => ({ ...problem, file })) };
}

/** Not a plan: it has no action, and says what only such a file does. */
export function isDefaults(raw: unknown): boolean {
  const says = ['templates', 'ladders', 'risks', 'divisions'];
  return isFields(raw) && !('action' in raw) && says.some((name) => name in raw);
}

/** A plan, as far as it could be read. */
export function namesDefaults(raw: unknown): raw is Fields {
  if (!isFields(raw)) return false;
  return (
    ['extends', 'with', 'risk', 'division'].some((name) => raw[name] !== undefined) || hasNamedLadder(raw['steps'])
  );
}

function hasNamedLadder(steps: unknown): boolean {
  return Array.isArray(steps) && steps.some((step) => isFields(step) && step['ladder'] !== undefined);
}

/** The names of a template are its author's, so its fields are those of any. */
function fieldsAt(path: readonly PropertyKey[]): string[] {
  known ??= z.toJSONSchema(defaultsSchema, { io: 'input', target: 'draft-7' }) as JsonSchema;
  if (path[0] !== 'templates' || path.length < 2) return knownFieldsAt(path, known);
  const template = known.properties?.['templates']?.['additionalProperties'] as JsonSchema;
  return knownFieldsAt(path.slice(2), template);
}

let known: JsonSchema | undefined;
