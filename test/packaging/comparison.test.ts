/** What docs/comparison.md says of this project is held by the test or page that each row names. */
import { existsSync, readFileSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { ROOT } from '../helpers/sources.ts';

const TEST_NAME = /\b(?:test|it)(?:\.each\([\s\S]*?\))?\(\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|`([^`]*)`)/g;

const rows = readFileSync(join(ROOT, 'docs/comparison.md'), 'utf8')
  .split('\n')
  .filter((line) => /^\| (?!feature |-)/.test(line));

const links = rows.map((row) => {
  const [, title = '', path = ''] = /\[([^\]]+)\]\(([^)]+)\) *\|$/.exec(row) ?? [];
  return { row, title, file: path === '' ? '' : normalize(join('docs', path)) };
});

function testNames(file: string): string[] {
  return [...readFileSync(join(ROOT, file), 'utf8').matchAll(TEST_NAME)].map(([, a, b, c]) => a ?? b ?? c ?? '');
}

test('each row ends with a link to something that exists', () => {
  expect(rows.length).toBeGreaterThan(50);
  expect(links.filter(({ file }) => file === '' || !existsSync(join(ROOT, file)))).toEqual([]);
});

test('a link to a test names a test of that file', () => {
  const toTests = links.filter(({ file }) => file.startsWith('test/'));
  expect(toTests.length).toBeGreaterThan(50);
  expect(toTests.filter(({ file, title }) => !testNames(file).some((name) => name.includes(title)))).toEqual([]);
});
