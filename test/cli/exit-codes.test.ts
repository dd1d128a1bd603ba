/** docs/cli.md and the program agree on what the shell learns. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT, EXIT_HELP, exitCodeOfError } from '../../src/cli/exit-codes.ts';

const PAGE = readFileSync(join(__dirname, '../../docs/cli.md'), 'utf8');

function rowsOf(title: string): string[][] {
  const section = PAGE.split(`\n## ${title}\n`)[1]?.split('\n## ')[0] ?? '';
  return section
    .split('\n')
    .filter((line) => /^\| (`|\d)/.test(line) && !line.startsWith('| `code`'))
    .map((line) => line.split('|').map((cell) => cell.trim()));
}

const errors = rowsOf('Error codes').flatMap(([, codes = '', exit = '']) =>
  [...codes.matchAll(/`([a-z-]+)`/g)].map(([, code = '']) => ({ code, exit: Number(exit) })),
);

test('every error code of the page exits with what the page says', () => {
  expect(errors.length).toBeGreaterThan(40);
  expect(errors.filter(({ code, exit }) => exitCodeOfError(code) !== exit)).toEqual([]);
});

test('every error code with an exit code of its own is on the page', () => {
  const source = readFileSync(join(__dirname, '../../src/cli/exit-codes.ts'), 'utf8');
  const table = source.split('BY_ERROR')[1]?.split('};')[0] ?? '';
  const codes = [...table.matchAll(/^ {2}'?([a-z-]+)'?: EXIT\./gm)].map(([, code = '']) => code);
  const shown = new Set(errors.map(({ code }) => code));
  expect(codes.filter((code) => !shown.has(code))).toEqual([]);
});

test('every exit code is in --help and on the page', () => {
  const numbers = Object.values(EXIT).map(String);
  expect(rowsOf('Exit codes').map(([, code]) => code)).toEqual(numbers);
  for (const number of numbers) expect(EXIT_HELP).toMatch(new RegExp(`^ +${number} `, 'm'));
});
