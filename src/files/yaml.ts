/** The text of a YAML file that somebody wrote, and what is wrong with it in words for them. */
import type { Document } from 'yaml';
import { LineCounter, parseDocument, visit } from 'yaml';

export type YamlFaultKind = 'empty' | 'syntax' | 'tag' | 'alias';

export interface YamlFault {
  readonly kind: YamlFaultKind;
  /** A clause, such as "it nests too deeply". */
  readonly why: string;
  readonly line: number;
  readonly column: number;
}

export interface Yaml {
  readonly document: Document.Parsed;
  /** Where its lines begin. */
  readonly lines: LineCounter;
  readonly value: unknown;
}

/** Reads the text as YAML 1.2, or says the one thing that keeps it from being read. Says nothing on stderr. */
export function readYamlText(text: string): Yaml | { readonly fault: YamlFault } {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    stringKeys: true,
    logLevel: 'error',
  });
  const at = (kind: YamlFaultKind, why: string, offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { fault: { kind, why, line: Math.max(line, 1), column: Math.max(col, 1) } };
  };
  const [slip = document.warnings[0]] = document.errors;
  if (slip !== undefined) return at(slip.code === 'TAG_RESOLVE_FAILED' ? 'tag' : 'syntax', wordsOf(slip), slip.pos[0]);
  if (document.contents === null) return at('empty', 'it is empty, or all comment', 0);
  const circle = circleIn(document);
  if (circle !== null) return at('alias', 'one stands within what it stands for', circle);
  try {
    return { document, lines, value: document.toJS({ maxAliasCount: 100 }) };
  } catch (error) {
    return at('alias', wordsOf(error as Error), 0);
  }
}

/** As one clause with its place. */
export function yamlFaultText({ kind, why, line, column }: YamlFault): string {
  if (kind === 'empty') return `${why}.`;
  return `Line ${line}, column ${column}: it is not valid YAML: ${why}.`;
}

/** What the parser says to programmers. */
const WORDS: readonly (readonly [RegExp, string])[] = [
  [/call stack/, 'it nests too deeply'],
  [/multiple documents/, 'here begins a second document (---); expected one'],
  [/Map keys must be unique/, 'this field stands here twice'],
  [/stringKeys/, 'the name of a field is a list or a set of fields; expected a text'],
  [/Excessive alias count/, 'aliases of aliases unfold without end'],
];

function wordsOf({ message }: Error): string {
  return WORDS.find(([said]) => said.test(message))?.[1] ?? message;
}

/** Where an alias stands within what it stands for; null: nowhere. */
function circleIn(document: Document.Parsed): number | null {
  let found: number | null = null;
  visit(document, {
    Alias(_key, alias, path) {
      const target = alias.resolve(document);
      if (target === undefined || !path.includes(target)) return undefined;
      found = alias.range?.[0] ?? 0;
      return visit.BREAK;
    },
  });
  return found;
}
