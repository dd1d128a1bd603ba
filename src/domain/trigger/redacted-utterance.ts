/** An utterance of which only the keyword and its place may be shown. */
import type { Trigger } from '../plan/plan.ts';
import { foldText, isUnspaced, wordsOf } from './fold.ts';

export interface RedactedUtterance {
  /** The keyword as the trigger writes it, between masks that tell nothing but how many words there were. */
  readonly text: string;
  /** From 1. */
  readonly at: number;
  readonly of: number;
  /** In scripts written without spaces there are no words to count. */
  readonly unit: 'word' | 'character';
}

const MASK = '•••';

/** `keyword` must be one that fired for the text: a keyword that does not occur masks all, at 0. */
export function redactUtterance(text: string, keyword: string, stemming?: Trigger['stemming']): RedactedUtterance {
  if (isUnspaced(keyword)) return redactCharacters(text, keyword);
  const words = wordsOf(text, stemming);
  const phrase = wordsOf(keyword, stemming);
  const at = words.findIndex((_, start) => phrase.every((word, offset) => words[start + offset] === word));
  if (at === -1) return { text: MASK, at: 0, of: words.length, unit: 'word' };
  const masked = [...words.slice(0, at).map(() => MASK), keyword, ...words.slice(at + phrase.length).map(() => MASK)];
  return { text: masked.join(' '), at: at + 1, of: words.length, unit: 'word' };
}

function redactCharacters(text: string, keyword: string): RedactedUtterance {
  const folded = foldText(text);
  const at = folded.indexOf(foldText(keyword));
  const of = Array.from(folded).length;
  if (at === -1) return { text: MASK, at: 0, of, unit: 'character' };
  const before = Array.from(folded.slice(0, at)).length;
  const after = of - before - Array.from(foldText(keyword)).length;
  return { text: `${before > 0 ? MASK : ''}${keyword}${after > 0 ? MASK : ''}`, at: before + 1, of, unit: 'character' };
}
