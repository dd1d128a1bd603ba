import { stemmer } from 'stemmer';
import type { Trigger } from '../plan/plan.ts';

/** Most of what is said; for it all the rules below come down to lower case, at a fraction of their cost. */
const ASCII = /^[\0-\x7f]*$/;

/**
 * Text as the trigger compares it: NFKC, without case (`ß` is `ss`) and without Latin, Greek or Cyrillic accents.
 * Vowel signs of other scripts are letters of their own and stay.
 */
export function foldText(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase();
  return text
    .normalize('NFKC')
    .toUpperCase()
    .toLowerCase()
    .normalize('NFD')
    .replaceAll(/[\u0300-\u036f]/g, '')
    .normalize('NFC');
}

/** The words of a text, folded; whatever is neither letter, mark nor digit parts them. */
export function wordsOf(text: string, stemming?: Trigger['stemming']): string[] {
  const folded = foldText(text);
  const words: string[] = folded.match(ASCII.test(folded) ? /[a-z0-9]+/g : /[\p{L}\p{M}\p{N}]+/gu) ?? [];
  return stemming === undefined ? words : words.map(stemOf);
}

/** Porter's stems of English words; what holds other letters or digits stays as it is. */
function stemOf(word: string): string {
  return /^[a-z]+$/.test(word) ? stemmer(word) : word;
}

/** Scripts written without spaces, where no word can be told from its neighbours. */
export function isUnspaced(text: string): boolean {
  return /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u.test(
    text,
  );
}
