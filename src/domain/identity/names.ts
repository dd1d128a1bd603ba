/** Whose name may stand beside an act: none of the engine's own, nor one that looks like them. Pure. */
import { show } from '../plan/problem.ts';

/** Beside a cancel that Temporal passed on: it names nobody. */
export const THROUGH_TEMPORAL = 'someone, through Temporal';

/** Entries of the audit log that no person caused bear these; what begins with one and a slash is a part of it. */
const ENGINE_NAMES: readonly string[] = [
  'engine',
  'cli',
  'guardian',
  'judge',
  'worker',
  'api',
  'system',
  'temporal',
  'schedule',
  'assist-rollouts',
  'someone',
  THROUGH_TEMPORAL.toLowerCase(),
];

/** What is wrong with the name as one of a person, with the way out; or null. `what`: as it is written there. */
export function nameProblem(name: string, what: string): string | null {
  const bare = skeleton(name);
  if (ENGINE_NAMES.some((own) => bare === skeleton(own) || bare.startsWith(`${skeleton(own)}/`)))
    return `${what} is ${show(name)}, the name of a part of the engine or one that looks like it; give the name of a person, such as ana.`;
  const mixed = mixedWord(name);
  return mixed === null
    ? null
    : `${what} is ${show(name)}, in which ${show(mixed)} mixes letters of several scripts that look alike; write it in one.`;
}

/** Two names that people cannot tell apart have the same one. */
export function skeleton(name: string): string {
  const plain = name.normalize('NFKD').replaceAll(/\p{M}/gu, '');
  const folded = plain.replaceAll(/\p{L}+/gu, asLatinCapitals).toLowerCase();
  const bare = Array.from(folded, (letter) => LOOKS_LIKE[letter] ?? letter).join('');
  return bare.normalize('NFKC').replaceAll(/\s+/g, ' ').trim();
}

/**
 * Letters, digits and signs outside of the Latin alphabet that look like one of its small letters, after UTS 39
 * (confusables.txt), folded to small letters; and those that look like each other within it.
 */
const LOOKS_LIKE: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries({
    a: 'аαɑ@',
    b: 'ьƅвβ',
    c: 'сϲᴄ',
    d: 'ԁ',
    e: 'еҽ℮єε',
    g: 'ɡց',
    h: 'һհн',
    i: 'іιıɩӏ1|lǀ!',
    j: 'јϳ',
    k: 'кκ',
    m: 'мμ',
    n: 'ոп',
    o: 'оοօσ0',
    p: 'рρ',
    q: 'ԛ',
    r: 'гᴦ',
    s: 'ѕꜱ5$',
    t: 'тτ',
    u: 'υսᴜ',
    v: 'νѵᴠ',
    w: 'ԝѡᴡ',
    x: 'хχ×',
    y: 'уүγ',
    z: 'ᴢζ',
    '/': '∕⁄⧸╱',
    '-': '‐‑‒–—―−_',
  }).flatMap(([latin, others]) => Array.from(others, (other) => [other, latin] as const)),
);

/** Greek capitals that look like a Latin one, while their small letters look like another. */
const CAPITALS_LOOK_LIKE: Readonly<Record<string, string>> = { Ν: 'N', Η: 'H', Υ: 'Y' };
const OTHER_CAPITALS = 'ΑΒΕΖΙΚΜΟΡΤΧ';

/** A word in capitals alone, each of which a reader takes for a Latin one; another is left as it is. */
function asLatinCapitals(word: string): string {
  const isTaken = Array.from(word).every((letter) => letter in CAPITALS_LOOK_LIKE || OTHER_CAPITALS.includes(letter));
  return isTaken ? Array.from(word, (letter) => CAPITALS_LOOK_LIKE[letter] ?? letter).join('') : word;
}

const SCRIPTS = [
  /\p{Script=Latin}/u,
  /\p{Script=Cyrillic}/u,
  /\p{Script=Greek}/u,
  /\p{Script=Armenian}/u,
  /\p{Script=Cherokee}/u,
];

/** The first word with letters of more than one alphabet that people mistake for each other; null: there is none. */
function mixedWord(name: string): string | null {
  const words = name.normalize('NFKC').match(/[\p{L}\p{M}]+/gu) ?? [];
  return words.find((word) => SCRIPTS.filter((script) => script.test(word)).length > 1) ?? null;
}
