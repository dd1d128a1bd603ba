/** The glossary is true of the code that it points at. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './helpers/sources.ts';

const text = readFileSync(join(ROOT, 'docs/concepts.md'), 'utf8');
const rows = [...text.matchAll(/^\| (?<word>[^|]+) \| [^|]+ \| (?<where>[^|]+) \|$/gm)]
  .map(({ groups }) => ({ word: groups?.['word'] ?? '', where: groups?.['where'] ?? '' }))
  .filter(({ word }) => !['word', '---'].includes(word));
const places = [...text.matchAll(/`(?<place>src\/[^`]*)`/g)].map(({ groups }) => groups?.['place'] ?? '');

test('every place that the glossary names is there', () => {
  expect(places.length).toBeGreaterThan(50);
  expect(places.filter((place) => !existsSync(join(ROOT, place)))).toEqual([]);
});

test('every word stands once, in order, with where it lives', () => {
  const words = rows.map(({ word }) => word);
  expect(words).toEqual([...new Set(words)].toSorted());
  expect(rows.filter(({ where }) => !where.includes('`src/'))).toEqual([]);
});

test('no folder of the domain goes without a word', () => {
  const folders = readdirSync(join(ROOT, 'src/domain'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `src/domain/${name}`);
  const named = (folder: string): boolean => places.some((place) => place === folder || place.startsWith(`${folder}/`));
  expect(folders.filter((folder) => !named(folder))).toEqual([]);
});
