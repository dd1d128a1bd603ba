/**
 * Finds, in one pass over the words of a text, which of any number of phrases it holds. A trie over whole words: each
 * position of the text walks only the phrases that begin with its word, so ten thousand keywords cost what ten do.
 * Phrases in scripts written without spaces cannot be told apart by words; they are walked character by character.
 */
import type { Trigger } from '../plan/plan.ts';
import { foldText, isUnspaced, wordsOf } from './fold.ts';

export interface PhraseIndex {
  /** The distinct phrases (as they were given) that the text holds, in order of where they end. */
  find(text: string): string[];
}

interface Node {
  readonly next: Map<string, Node>;
  /** Phrases that end here; several spellings may fold to one. */
  readonly ends: string[];
}

export function createPhraseIndex(phrases: Iterable<string>, stemming?: Trigger['stemming']): PhraseIndex {
  const words = newNode();
  const characters = newNode();
  for (const phrase of new Set(phrases)) {
    if (isUnspaced(phrase)) insert(characters, Array.from(foldText(phrase)), phrase);
    else insert(words, wordsOf(phrase, stemming), phrase);
  }
  return {
    find: (text) => [
      ...new Set([
        ...walk(words, () => wordsOf(text, stemming)),
        ...walk(characters, () => Array.from(foldText(text))),
      ]),
    ],
  };
}

function newNode(): Node {
  return { next: new Map(), ends: [] };
}

function insert(root: Node, symbols: readonly string[], phrase: string): void {
  if (symbols.length === 0) return;
  let node = root;
  for (const symbol of symbols) {
    const next = node.next.get(symbol) ?? newNode();
    node.next.set(symbol, next);
    node = next;
  }
  node.ends.push(phrase);
}

function walk(root: Node, symbolsOf: () => readonly string[]): string[] {
  if (root.next.size === 0) return [];
  const symbols = symbolsOf();
  const found: string[] = [];
  symbols.forEach((_, start) => {
    let node: Node | undefined = root;
    for (let at = start; node !== undefined && at < symbols.length; at += 1) {
      node = node.next.get(symbols[at] ?? '');
      if (node !== undefined) found.push(...node.ends);
    }
  });
  return found;
}
