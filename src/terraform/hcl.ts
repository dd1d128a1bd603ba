/** The part of Terraform's language that is needed: blocks, attributes, and values as JSON has them. */

/** Stands as it is: a reference to another block. */
export class Reference {
  constructor(readonly to: string) {}
}

export type Value =
  | string
  | number
  | boolean
  | null
  | Reference
  | Encoded
  | readonly Value[]
  | { readonly [key: string]: Value };

/** A value that the attribute takes as JSON within a string. */
export class Encoded {
  constructor(readonly value: Value) {}
}

export interface Block {
  readonly head: readonly [type: string, ...labels: string[]];
  /** Lines above it. */
  readonly comment?: readonly string[];
  readonly attributes?: Readonly<Record<string, Value>>;
  readonly blocks?: readonly Block[];
}

export function hclOf(blocks: readonly Block[]): string {
  return `${blocks.map((block) => linesOf(block).join('\n')).join('\n\n')}\n`;
}

const INDENT = '  ';

function linesOf({ head: [type, ...labels], comment = [], attributes = {}, blocks = [] }: Block): string[] {
  const inner = [
    ...aligned(Object.entries(attributes)),
    ...blocks.flatMap((block, index) => [
      ...(index > 0 || Object.keys(attributes).length > 0 ? [''] : []),
      ...linesOf(block),
    ]),
  ];
  return [
    ...comment.map((line) => `# ${line}`),
    `${[type, ...labels.map(quoted)].join(' ')} {`,
    ...inner.flatMap((text) => text.split('\n')).map((line) => (line === '' ? '' : INDENT + line)),
    '}',
  ];
}

function textOf(value: Value): string {
  if (value instanceof Reference) return value.to;
  if (value instanceof Encoded) return `jsonencode(${textOf(value.value)})`;
  if (typeof value === 'string') return quoted(value);
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return `[${(value as readonly Value[]).map(textOf).join(', ')}]`;
  const entries = Object.entries(value).map(([key, one]) => [quoted(key), one] as const);
  if (entries.length === 0) return '{}';
  return [
    '{',
    ...aligned(entries)
      .flatMap((part) => part.split('\n'))
      .map((line) => INDENT + line),
    '}',
  ].join('\n');
}

/** As `terraform fmt` has it: equals signs stand in a column, up to a value of several lines. */
function aligned(entries: readonly (readonly [string, Value])[]): string[] {
  const texts = entries.map(([name, value]) => ({ name, text: textOf(value) }));
  const isLong = ({ text }: { readonly text: string }) => text.includes('\n');
  return texts.map((entry, index) => {
    if (isLong(entry)) return `${entry.name} = ${entry.text}`;
    const from = texts.findLastIndex((one, at) => at < index && isLong(one)) + 1;
    const end = texts.findIndex((one, at) => at > index && isLong(one));
    const together = texts.slice(from, end === -1 ? undefined : end);
    const width = Math.max(...together.map(({ name }) => name.length));
    return `${entry.name.padEnd(width)} = ${entry.text}`;
  });
}

/** JSON's escapes are those of the language, which reads a template where a dollar or per cent sign opens a brace. */
function quoted(text: string): string {
  return JSON.stringify(text).replaceAll(/[$%](?=\{)/g, (sign) => sign + sign);
}
