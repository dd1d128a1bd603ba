/** The published API description (Swagger 2.0, a YAML file for each tag), and what an exchange does that it does not say. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import type { ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';
import type { Exchange } from './recorder.ts';

interface Schema {
  readonly [word: string]: unknown;
}

interface Parameter {
  readonly in: 'path' | 'query' | 'body' | 'header';
  readonly name: string;
  readonly required?: boolean;
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly items?: { readonly enum?: readonly string[] };
  readonly schema?: Schema;
}

/** What the description says a caller must have: permissions, and one of the scopes where it is an agent. */
export interface Rights {
  readonly permissions: readonly string[];
  /** Or any one of them. */
  readonly needsAll: boolean;
  readonly scopes: readonly string[];
}

interface Operation {
  readonly 'x-inin-requires-permissions'?: { readonly type: 'ANY' | 'ALL'; readonly permissions: readonly string[] };
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters?: readonly Parameter[];
  readonly responses: Readonly<Record<string, { readonly schema?: Schema }>>;
}

interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly definitions: Readonly<Record<string, Schema>>;
}

export class ApiDescription {
  readonly #folder: string;
  /** Which file describes a path; a file is parsed when it is needed. */
  readonly #files = new Map<string, string>();
  readonly #parsed = new Map<string, Description>();
  readonly #ajv = new Ajv({ strict: false, allErrors: true, validateFormats: true });
  readonly #compiled = new Map<string, ValidateFunction>();

  constructor(folder: string) {
    this.#folder = folder;
    addFormats.default(this.#ajv);
    // `selfUri` is a path without a host; intervals have no format of JSON Schema.
    for (const format of ['uri', 'interval']) this.#ajv.addFormat(format, true);
    for (const file of readdirSync(folder).filter((name) => /\.ya?ml$/.test(name)))
      for (const [, path = ''] of readFileSync(join(folder, file), 'utf8').matchAll(/^ {2}(\/api\/v2\/[^:\s]+):\s*$/gm))
        this.#files.set(path, file);
  }

  get paths(): number {
    return this.#files.size;
  }

  /** Everything that is not as described; `null` when the operation is not in the description. */
  problemsOf(exchange: Exchange): readonly string[] | null {
    const found = this.#operationOf(exchange);
    if (found === undefined) return null;
    const { file, operation, name } = found;
    const { status, answer } = exchange;
    const told = [...this.#problemsOfRequest(file, operation, exchange)];
    const response = operation.responses[String(status)] ?? operation.responses['default'];
    // What the sandbox refuses to imitate is its own.
    if (status !== 501 && response === undefined) told.push(`status ${status} is not described`);
    if (response?.schema !== undefined) told.push(...this.#problemsOfValue(file, response.schema, answer, `${status}`));
    if (response?.schema === undefined && status < 300 && answer !== undefined) told.push(`${status}: a body`);
    return told.map((problem) => `${name}: ${problem}`);
  }

  rightsOf(exchange: Exchange): Rights | null {
    const operation = this.#operationOf(exchange)?.operation;
    if (operation === undefined) return null;
    const required = operation['x-inin-requires-permissions'];
    const permissions = required?.permissions ?? [];
    return {
      permissions,
      needsAll: required?.type === 'ALL',
      scopes: (operation.security ?? []).flatMap((one) => Object.values(one).flat()),
    };
  }

  *#problemsOfRequest(file: string, operation: Operation, { query, request }: Exchange): Iterable<string> {
    const parameters = operation.parameters ?? [];
    for (const [name, value] of query) {
      const known = parameters.find((parameter) => parameter.in === 'query' && parameter.name === name);
      if (known === undefined) yield `query parameter ${name} is not described`;
      const allowed = known?.enum ?? known?.items?.enum;
      for (const one of known?.type === 'array' ? value.split(',') : [value])
        if (allowed !== undefined && !allowed.map(String).includes(one)) yield `query parameter ${name}: ${one}`;
    }
    for (const { name, required, in: place } of parameters)
      if (place === 'query' && required === true && !query.has(name)) yield `query parameter ${name} is missing`;
    const body = parameters.find((parameter) => parameter.in === 'body');
    if (body?.schema !== undefined && (body.required === true || request !== undefined))
      yield* this.#problemsOfValue(file, body.schema, request, 'request');
    if (body === undefined && request !== undefined) yield 'request: a body';
  }

  #problemsOfValue(file: string, schema: Schema, value: unknown, where: string): readonly string[] {
    const key = `${file} ${JSON.stringify(schema)}`;
    const validate = this.#compiled.get(key) ?? this.#ajv.compile(absolute(schema, file) as Schema);
    this.#compiled.set(key, validate);
    if (validate(value)) return [];
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) =>
        `${where}${instancePath.replaceAll(/\/\d+/g, '/*')} ${message} ${JSON.stringify(params)}`,
    );
  }

  #operationOf({ method, path }: Exchange): { file: string; operation: Operation; name: string } | undefined {
    const candidates = [...this.#files.keys()].filter((template) => matches(template, path));
    // A literal part goes before a parameter.
    const [template] = candidates.toSorted((a, b) => countParameters(a) - countParameters(b));
    if (template === undefined) return undefined;
    const file = this.#files.get(template) ?? '';
    const operation = this.#parse(file).paths[template]?.[method.toLowerCase()];
    return operation === undefined ? undefined : { file, operation, name: `${method} ${template}` };
  }

  #parse(file: string): Description {
    const known = this.#parsed.get(file);
    if (known !== undefined) return known;
    const text = readFileSync(join(this.#folder, file), 'utf8');
    const description = parse(text, { maxAliasCount: -1 }) as Description;
    this.#parsed.set(file, description);
    this.#ajv.addSchema({ $id: file, definitions: closed(description.definitions) });
    return description;
  }
}

function matches(template: string, path: string): boolean {
  const [asked, parts] = [path.split('/'), template.split('/')];
  return asked.length === parts.length && parts.every((part, n) => part.startsWith('{') || part === asked[n]);
}

function countParameters(template: string): number {
  return template.split('{').length;
}

/** References within a file name the file. */
function absolute(value: unknown, file: string): unknown {
  if (Array.isArray(value)) return value.map((one) => absolute(one, file));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([word, inner]) => [
      word,
      word === '$ref' && typeof inner === 'string' ? `${file}${inner}` : absolute(inner, file),
    ]),
  );
}

/** A field that no definition has is an invention, though Swagger would let it pass. */
function closed(definitions: Readonly<Record<string, Schema>>): Record<string, Schema> {
  return Object.fromEntries(
    Object.entries(definitions).map(([name, definition]) => [
      name,
      definition['properties'] === undefined || definition['additionalProperties'] !== undefined
        ? definition
        : { ...definition, additionalProperties: false },
    ]),
  );
}
