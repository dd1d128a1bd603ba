import { z } from 'zod';
import { writtenLadder } from './expand/ladder.ts';
import { templateFields } from './expand/plan-fields.ts';
import { planSchema } from './schema.ts';
import { capabilitiesOf } from './target-capabilities.ts';
import { FIELDS_OF_CONTENT } from './target-rules.ts';
import { DEFAULT_TARGET, TARGET_KINDS } from './target-schema.ts';
import type { TargetKind } from './target-schema.ts';

/**
 * The plan's JSON Schema (draft 7) for editors, as kept in schema/plan.schema.json. Says nothing of rules that span
 * fields.
 */
export function planJsonSchema(): JsonSchema {
  return (known ??= buildSchema());
}

/** The same every time, and slow to make. */
let known: JsonSchema | undefined;

function buildSchema(): JsonSchema {
  const { $schema, ...schema } = z.toJSONSchema(planSchema, { io: 'input', target: 'draft-7' });
  return {
    $schema,
    title: 'Assist Rollouts plan',
    description: 'How one version of an Agent Assist action is rolled out.',
    ...withTemplates(withLadders(schema as JsonSchema)),
    allOf: [...TARGET_KINDS.map(contentOf), withoutTemplates(schema as JsonSchema)],
  };
}

/** What is taken apart before a plan is read can stand in its file all the same. */
function withLadders(schema: JsonSchema): JsonSchema {
  const { $schema: _, ...ladder } = z.toJSONSchema(writtenLadder, { io: 'input', target: 'draft-7' });
  const { steps } = schema.properties ?? {};
  const items = { ...steps?.items, properties: { ...steps?.items?.properties, ladder } } as JsonSchema;
  return { ...schema, properties: { ...schema.properties, steps: { ...steps, items } } };
}

/** A plan that names templates says only what they do not. */
function withTemplates(schema: JsonSchema): JsonSchema {
  const { properties } = z.toJSONSchema(templateFields, { io: 'input', target: 'draft-7' }) as JsonSchema;
  const { guardrails } = schema.properties ?? {};
  const items = { ...guardrails?.items, required: ['metric'] };
  const all = { ...schema.properties, ...properties, guardrails: { ...guardrails, items } };
  return { ...schema, properties: all, required: ['apiVersion', 'action'] };
}

/** All that one says which names none. */
function withoutTemplates({ properties, required }: JsonSchema): object {
  const named = ['extends', 'risk', 'division'].map((field) => ({ required: [field] }));
  const items = { type: 'object', required: properties?.['guardrails']?.items?.['required'] };
  return {
    if: { type: 'object', not: { anyOf: named } },
    // oxlint-disable-next-line unicorn/no-thenable -- a word of JSON Schema
    then: { type: 'object', required, properties: { guardrails: { type: 'array', items } } },
  };
}

/** With a target of this kind, the action has the fields of its content and no other's. */
function contentOf(kind: TargetKind): object {
  const { required, refused } = FIELDS_OF_CONTENT[capabilitiesOf(kind).content];
  const target = { type: 'object', properties: { kind: { const: kind } }, required: ['kind'] };
  const names = { type: 'object', properties: { target } };
  const isUsual = kind === DEFAULT_TARGET.kind;
  return {
    if: isUsual ? names : { ...names, required: ['target'] },
    // oxlint-disable-next-line unicorn/no-thenable -- a word of JSON Schema
    then: {
      type: 'object',
      properties: {
        action: { type: 'object', required, properties: Object.fromEntries(refused.map((field) => [field, false])) },
      },
    },
  };
}

/** The part of JSON Schema that describes a plan. */
export interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly oneOf?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly [keyword: string]: unknown;
}

/** Names of the fields that a plan may have at `path`; empty where none are known. */
export function knownFieldsAt(path: readonly PropertyKey[], schema: JsonSchema = planJsonSchema()): string[] {
  let nodes: readonly JsonSchema[] = [schema];
  for (const key of path) {
    nodes = nodes.flatMap((node) =>
      alternatives(typeof key === 'number' ? node.items : node.properties?.[String(key)]),
    );
  }
  return [...new Set(nodes.flatMap((node) => Object.keys(node.properties ?? {})))];
}

function alternatives(node: JsonSchema | undefined): readonly JsonSchema[] {
  return node === undefined ? [] : (node.oneOf ?? node.anyOf ?? [node]);
}
