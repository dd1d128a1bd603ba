/** The text of a configuration file, turned into variables. All that is wrong with it is told, each with its place. */
import { dirname, resolve } from 'node:path';
import type { Document, LineCounter, Node, Pair } from 'yaml';
import { isAlias, isMap, isScalar, isSeq } from 'yaml';
import { didYouMean } from '../domain/plan/did-you-mean.ts';
import { readYamlText } from '../files/yaml.ts';
import type { ConfigProblem, Place } from './error.ts';
import { FILE_KEYS, SECRET_KEYS } from './file-keys.ts';
import type { FileKey } from './file-keys.ts';
import { passwordOf } from './secrets.ts';

export interface ParsedFile {
  /** By the name of the variable. */
  readonly values: ReadonlyMap<string, FileValue>;
  readonly problems: readonly ConfigProblem[];
}

export interface FileValue {
  readonly text: string;
  readonly place: Place;
}

export function parseConfigFile(file: string, text: string): ParsedFile {
  const yaml = readYamlText(text);
  if ('fault' in yaml) {
    const { kind, why, line, column } = yaml.fault;
    if (kind === 'empty') return { values: new Map(), problems: [] };
    return { values: new Map(), problems: [{ name: 'YAML', message: `${why}.`, place: { file, line, column } }] };
  }
  const reader = new FileReader(file, yaml.document, yaml.lines);
  reader.readFields('', yaml.document.contents);
  return reader;
}

const KEYS = new Map(FILE_KEYS.map((key) => [key.key, key]));
/** By the name of the variable: whoever knows that writes it. */
const KEY_OF_VARIABLE = new Map(FILE_KEYS.map(({ key, variable }) => [variable as string, key]));

class FileReader implements ParsedFile {
  readonly values = new Map<string, FileValue>();
  readonly problems: ConfigProblem[] = [];

  constructor(
    private readonly file: string,
    private readonly document: Document.Parsed,
    private readonly lines: LineCounter,
  ) {}

  /** `path`: of the set of fields; empty for the whole file. */
  readFields(path: string, given: unknown): void {
    const node = this.followed(given);
    if (isScalar(node) && node.value === null) return;
    if (!isMap(node)) return this.report(path, `is ${kindOf(node)}; expected settings, each with its name`, node);
    for (const pair of node.items) this.readField(path === '' ? '' : `${path}.`, pair);
  }

  private readField(prefix: string, { key: keyNode, value }: Pair): void {
    const name = isScalar(keyNode) ? String(keyNode.value) : '';
    const path = `${prefix}${name}`;
    const key = KEYS.get(path);
    if (key !== undefined) return this.readValue(key, value, keyNode);
    if (SECRET_KEYS.has(path)) return this.report(path, secretHere(path), keyNode);
    if (isGroup(path)) return this.readFields(path, value);
    this.report(path, `is no setting. ${nearestTo(prefix, name)}`, keyNode);
  }

  private readValue(key: FileKey, value: unknown, keyNode: unknown): void {
    const node = this.followed(value);
    const text = this.textOf(key, node);
    if (text === undefined) {
      const expected = key.shape.isList ? 'a text or a list of texts' : 'one value';
      return this.report(key.key, `is ${kindOf(node)}; expected ${expected}`, node ?? keyNode);
    }
    // As of an empty variable.
    if (text === '') return;
    if (passwordOf(text) !== '')
      return this.report(
        key.key,
        `holds a password, which has no place in this file; set ${key.variable} in the environment`,
        node,
      );
    const meant = key.shape.isPath ? resolve(dirname(this.file), text) : text;
    this.values.set(key.variable, { text: meant, place: this.placeOf(keyNode) });
  }

  /** As it is written: `0644` and `1e3` are no numbers to whoever wrote them. Undefined: it holds something else. */
  private textOf({ shape }: FileKey, node: unknown): string | undefined {
    if (isScalar(node)) return scalarText(node);
    if (!isSeq(node) || shape.isList !== true) return undefined;
    const items = node.items.map((item) => {
      const one = this.followed(item);
      return isScalar(one) ? scalarText(one) : undefined;
    });
    return items.some((item) => item === undefined) ? undefined : items.join(',');
  }

  private followed(node: unknown): unknown {
    return isAlias(node) ? node.resolve(this.document) : node;
  }

  private report(name: string, message: string, at: unknown): void {
    this.problems.push({ name: name === '' ? 'YAML' : name, message, place: this.placeOf(at) });
  }

  private placeOf(node: unknown): Place {
    const offset = (node as Node | null | undefined)?.range?.[0] ?? 0;
    const { line, col } = this.lines.linePos(offset);
    return { file: this.file, line: Math.max(line, 1), column: Math.max(col, 1) };
  }
}

function scalarText(node: { readonly value: unknown; readonly source?: string }): string {
  if (node.value === null) return '';
  return typeof node.value === 'string' ? node.value : (node.source ?? JSON.stringify(node.value));
}

function kindOf(node: unknown): string {
  if (isMap(node)) return 'a set of fields';
  return isSeq(node) ? 'a list' : 'a single value';
}

function secretHere(path: string): string {
  return `is a secret, and no secret stands in this file: write it to a file of its own, and name that in ${path}File`;
}

function isGroup(path: string): boolean {
  return FILE_KEYS.some(({ key }) => key.startsWith(`${path}.`));
}

function nearestTo(prefix: string, name: string): string {
  const meant = KEY_OF_VARIABLE.get(name);
  if (meant !== undefined) return `In this file it is written ${meant}.`;
  const here = [
    ...new Set(
      FILE_KEYS.filter(({ key }) => key.startsWith(prefix)).map(({ key }) => key.slice(prefix.length).split('.')[0]),
    ),
  ] as string[];
  const elsewhere = FILE_KEYS.filter(({ key }) => key.endsWith(`.${name}`)).map(({ key }) => key);
  return elsewhere.length === 1 ? `Did you mean ${elsewhere[0]}?` : didYouMean(name, here);
}
