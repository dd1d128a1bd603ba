/** docs/reference/plan.md, out of the plan's JSON schema. */
import { inline, table, written } from './markdown.ts';

/** What the plan's schema uses of JSON Schema. */
export interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema | false>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly { readonly if?: Schema; readonly then?: Schema }[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly pattern?: string;
  readonly [limit: string]: unknown;
}

const HEAD = `# Every field of the plan

Written by \`npm run reference\` out of [the JSON schema](../../schema/plan.schema.json), which editors read.
What the fields are for is told in [plan.md](../plan.md). \`[]\` stands for each entry of a list; a field is required
where the one it stands in is there. What spans several fields, such as which bake fits which guardrail, \`lint\` says: [errors.md](../errors.md).`;

export function planPage(schema: Schema): string {
  const { required = [] } = requiredWithoutTemplates(schema);
  const sections = Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    if (field === false) return [];
    const rows = rowsOf(name, field, required.includes(name));
    return [`## ${name}\n\n${table(['field', 'what it takes', 'required', 'default', 'meaning'], rows)}`];
  });
  return `${[HEAD, ...sections, contentTable(schema)].join('\n\n')}\n`;
}

function rowsOf(path: string, schema: Schema, isRequired: boolean): string[][] {
  const own = [
    `\`${path}\``,
    kindOf(schema),
    isRequired ? 'yes' : '',
    schema.default === undefined ? '' : written(schema.default),
    meaningOf(schema),
  ];
  return [own, ...below(path, schema)];
}

function below(path: string, schema: Schema): string[][] {
  const fields = Object.entries(schema.properties ?? {}).flatMap(([name, field]) =>
    field === false ? [] : rowsOf(`${path}.${name}`, field, schema.required?.includes(name) === true),
  );
  const entries = schema.items === undefined ? [] : below(`${path}[]`, schema.items);
  const variants = variantsOf(schema).flatMap((variant) => ofVariant(path, variant));
  return [...fields, ...entries, ...variants];
}

/** A variant that is told by a constant is named by it. */
function ofVariant(path: string, variant: Schema): string[][] {
  const [mark] = Object.entries(variant.properties ?? {}).flatMap(([name, field]) =>
    field !== false && field.const !== undefined ? [[name, field] as const] : [],
  );
  if (mark === undefined) return below(path, variant);
  const [name, { const: value, description = '' }] = mark;
  const { [name]: _, ...properties } = variant.properties ?? {};
  const head = [
    `\`${path}.${name}\``,
    written(value),
    variant.required?.includes(name) ? 'yes' : '',
    '',
    inline(description),
  ];
  return [head, ...below(path, { ...variant, properties })];
}

function variantsOf({ anyOf = [], oneOf = [] }: Schema): readonly Schema[] {
  return [...anyOf, ...oneOf];
}

function kindOf(schema: Schema): string {
  const variants = variantsOf(schema);
  if (variants.length > 0) return [...new Set(variants.map(kindOf))].join(', or ');
  if (schema.const !== undefined) return written(schema.const);
  if (schema.enum !== undefined) return schema.enum.map(written).join(', ');
  if (schema.items !== undefined) {
    const limits = [boundsOf('Items', schema), schema['uniqueItems'] === true ? 'each once' : ''].filter(Boolean);
    return `list of ${kindOf(schema.items)}${limits.length === 0 ? '' : ` (${limits.join(', ')})`}`;
  }
  if (schema.type === 'object') return 'fields';
  return [schema.type ?? 'any value', rangeOf(schema), boundsOf('Length', schema), formOf(schema)]
    .filter(Boolean)
    .join(', ');
}

function rangeOf(schema: Schema): string {
  const words = { minimum: 'from', exclusiveMinimum: 'above', maximum: 'to', exclusiveMaximum: 'below' };
  return Object.entries(words)
    .flatMap(([limit, word]) => (schema[limit] === undefined ? [] : [`${word} ${JSON.stringify(schema[limit])}`]))
    .join(' ');
}

function boundsOf(what: 'Items' | 'Length', schema: Schema): string {
  const [least, most] = [schema[`min${what}`], schema[`max${what}`]].map((bound) => bound as number | undefined);
  const unit = what === 'Items' ? '' : ' characters';
  if (least === undefined && most === undefined) return '';
  return most === undefined ? `at least ${least}${unit}` : `${least ?? 0} to ${most}${unit}`;
}

/** Of a pattern the examples say more; without any it is shown itself. */
function formOf({ pattern, examples }: Schema): string {
  return pattern === undefined || examples !== undefined ? '' : written(pattern);
}

function meaningOf(schema: Schema): string {
  const examples = schema.examples ?? variantsOf(schema).flatMap((variant) => variant.examples ?? []);
  const text =
    schema.description ?? [...new Set(variantsOf(schema).map(({ description = '' }) => description))][0] ?? '';
  const shown = [...new Set(examples.map(written))].join(', ');
  return [inline(text), shown === '' ? '' : `Such as ${shown}.`].filter(Boolean).join(' ');
}

function requiredWithoutTemplates({ allOf = [], required = [] }: Schema): Pick<Schema, 'required'> {
  const then = allOf.map((rule) => rule.then).find((rule) => rule?.required?.includes('apiVersion'));
  return { required: then?.required ?? required };
}

/** Which fields of `action` go with which target. */
function contentTable({ allOf = [] }: Schema): string {
  const rows = allOf.flatMap((rule) => {
    const target = fieldOf(fieldOf(rule.if, 'target'), 'kind')?.const;
    const action = fieldOf(rule.then, 'action');
    if (target === undefined || action === undefined) return [];
    const refused = Object.entries(action.properties ?? {}).flatMap(([name, field]) => (field === false ? [name] : []));
    return [[written(target), (action.required ?? []).map(written).join(', '), refused.map(written).join(', ')]];
  });
  const note = 'A plan that names templates (`extends`, `risk`, `division`) needs only what they do not say.';
  return [
    `## What goes with which target`,
    table(['`target.kind`', '`action` needs', '`action` may not have'], rows),
    note,
  ].join('\n\n');
}

function fieldOf(schema: Schema | undefined, name: string): Schema | undefined {
  const field = schema?.properties?.[name];
  return field === false ? undefined : field;
}
