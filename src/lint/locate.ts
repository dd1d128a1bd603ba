import type { Document, LineCounter, Node } from 'yaml';
import { isAlias, isMap, isPair, isScalar, isSeq } from 'yaml';

export interface SourcePosition {
  readonly line: number;
  readonly column: number;
}

/**
 * Where `path` (such as `steps.2.setSplit`) stands in the file. A path that is not there, as of a missing field, is
 * found at its nearest parent; `atKey` asks for the key rather than the value.
 */
export function locate(document: Document.Parsed, lines: LineCounter, path: string, atKey: boolean): SourcePosition {
  const offset = offsetOf(document, path === '' ? [] : path.split('.'), atKey);
  const { line, col } = lines.linePos(offset);
  return { line, column: col };
}

/** The node at a path of keys, if it is there. */
export function nodeAt(document: Document.Parsed, path: readonly string[]): Node | undefined {
  const node = document.getIn(path, true);
  return isScalar(node) || isMap(node) || isSeq(node) ? node : undefined;
}

function offsetOf(document: Document.Parsed, path: readonly string[], atKey: boolean): number {
  let offset = startOf(document.contents) ?? 0;
  let node: unknown = document.contents;
  for (let left = path; left.length > 0;) {
    const found = step(document, node, left);
    if (found === undefined) return offset;
    left = left.slice(found.taken);
    const isEnd = left.length === 0;
    offset = (isEnd && !atKey ? startOf(found.value) : undefined) ?? found.offset;
    node = found.value;
  }
  return offset;
}

interface Found {
  readonly value: unknown;
  /** Of the key or, in a list, of the item. */
  readonly offset: number;
  /** How many parts of the path it took: a key may itself hold dots. */
  readonly taken: number;
}

function step(document: Document.Parsed, parent: unknown, path: readonly string[]): Found | undefined {
  const node = resolved(document, parent);
  if (isSeq(node)) {
    const item = node.items[Number(path[0])];
    const offset = startOf(item);
    return offset === undefined ? undefined : { value: item, offset, taken: 1 };
  }
  if (!isMap(node)) return undefined;
  for (let taken = 1; taken <= path.length; taken++) {
    const key = path.slice(0, taken).join('.');
    const pair = node.items.find((item) => isPair(item) && keyText(item.key) === key);
    const offset = startOf(pair?.key);
    if (pair !== undefined && offset !== undefined) return { value: pair.value, offset, taken };
  }
  return undefined;
}

function keyText(key: unknown): string {
  return String(isScalar(key) ? key.value : key);
}

/** What an alias stands for; anything else is itself. */
function resolved(document: Document.Parsed, node: unknown): unknown {
  return isAlias(node) ? node.resolve(document) : node;
}

function startOf(node: unknown): number | undefined {
  const hasRange = typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range);
  const start: unknown = hasRange ? (node.range as unknown[])[0] : undefined;
  return typeof start === 'number' ? start : undefined;
}
