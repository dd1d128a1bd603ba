/**
 * Utterances a second against many keywords: our index (whole words, folded), a plain loop of `includes` over folded
 * text (which also fires inside words), and an Aho-Corasick automaton over folded text with a check of word boundaries.
 * All three in one run, in turn, so that their ratio holds whatever the machine does. `--json`: the last line only.
 */
import AhoCorasick from 'modern-ahocorasick';
import { seededRandom } from '../src/domain/shared/random.ts';
import { foldText, wordsOf } from '../src/domain/trigger/fold.ts';
import { createPhraseIndex } from '../src/domain/trigger/phrase-index.ts';

type Matcher = (text: string) => number;

const UTTERANCES = 2000;
const ROUNDS = 5;
const json = process.argv.includes('--json');

const SYLLABLES = [
  're',
  'fund',
  'pri',
  'cing',
  'es',
  'ca',
  'la',
  'tion',
  'or',
  'der',
  'ser',
  'vice',
  'bill',
  'ing',
  'can',
  'cel',
  'pay',
  'ment',
  'ac',
  'count',
];

function word(random: () => number): string {
  return Array.from(
    { length: 2 + Math.floor(random() * 3) },
    () => SYLLABLES[Math.floor(random() * SYLLABLES.length)],
  ).join('');
}

function sentences(random: () => number): string[] {
  return Array.from({ length: UTTERANCES }, () =>
    Array.from({ length: 5 + Math.floor(random() * 20) }, () => word(random)).join(' '),
  );
}

function keywords(count: number, random: () => number): string[] {
  const made = new Set<string>();
  while (made.size < count) made.add(random() < 0.3 ? `${word(random)} ${word(random)}` : word(random));
  return [...made];
}

function includesLoop(list: readonly string[]): Matcher {
  const folded = list.map(foldText);
  return (text) => {
    const spoken = foldText(text);
    return folded.filter((keyword) => spoken.includes(keyword)).length;
  };
}

function ahoCorasick(list: readonly string[]): Matcher {
  const automaton = new AhoCorasick(list.map((keyword) => ` ${wordsOf(keyword).join(' ')} `));
  return (text) => new Set(automaton.search(` ${wordsOf(text).join(' ')} `).map(({ pattern }) => pattern)).size;
}

function phraseIndex(list: readonly string[]): Matcher {
  const index = createPhraseIndex(list);
  return (text) => index.find(text).length;
}

function perSecond(match: Matcher, texts: readonly string[]): { rate: number; hits: number } {
  const started = process.hrtime.bigint();
  const hits = texts.reduce((sum, text) => sum + match(text), 0);
  return { rate: texts.length / (Number(process.hrtime.bigint() - started) / 1e9), hits };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function measure(count: number): Record<string, number> {
  const random = seededRandom(count).next;
  const list = keywords(count, random);
  const texts = sentences(random);
  const matchers: Record<string, Matcher> = {
    index: phraseIndex(list),
    includes: includesLoop(list),
    ahoCorasick: ahoCorasick(list),
  };
  const rates: Record<string, number[]> = {};
  const hits: Record<string, number> = {};
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, match] of Object.entries(matchers)) {
      const result = perSecond(match, texts);
      (rates[name] ??= []).push(result.rate);
      hits[name] = result.hits;
    }
  }
  if (hits.index !== hits.ahoCorasick)
    throw new Error(`The index found ${hits.index} keywords and the automaton ${hits.ahoCorasick}.`);
  const rate = (name: string): number => Math.round(median(rates[name] ?? []));
  return {
    keywords: count,
    indexPerSecond: rate('index'),
    includesPerSecond: rate('includes'),
    ahoCorasickPerSecond: rate('ahoCorasick'),
    overIncludes: Number((rate('index') / rate('includes')).toFixed(2)),
    overAhoCorasick: Number((rate('index') / rate('ahoCorasick')).toFixed(2)),
  };
}

const results = [10, 1000, 10_000].map(measure);
if (!json) for (const row of results) process.stdout.write(`${JSON.stringify(row)}\n`);
process.stdout.write(`${JSON.stringify({ unit: 'utterances/s', utterances: UTTERANCES, rounds: ROUNDS, results })}\n`);
