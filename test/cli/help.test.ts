/** `--help` of every verb: what it shows can be typed, and docs/cli.md knows it. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { createProgram } from '../../src/cli/program.ts';
import { runsOf, wordsOf } from '../helpers/command-line.ts';
import { cli } from './fixtures.ts';

const ROOT = join(__dirname, '../..');
const verbs: string[] = [];

beforeAll(async () => {
  verbs.push(...pathsBelow(await createProgram('9.9.9', () => Promise.resolve(), undefined)));
});

function pathsBelow(command: Command, above = ''): string[] {
  return command.commands.flatMap((child) => {
    const path = `${above} ${child.name()}`.trim();
    return [path, ...pathsBelow(child, path)];
  });
}

async function examplesOf(verb: string): Promise<string[]> {
  const { stdout } = await cli([...verb.split(' '), '--help']);
  return stdout.split('\n').flatMap((line) => /^ {2}\$ assist-rollouts (.+)$/.exec(line)?.[1] ?? []);
}

test('every verb shows an example of its own, and every example is one that the program takes', async () => {
  expect(verbs.length).toBeGreaterThan(40);
  for (const verb of verbs) {
    const examples = await examplesOf(verb);
    expect({ verb, examples: examples.length }).not.toEqual({ verb, examples: 0 });
    for (const example of examples) {
      const runs = await runsOf(wordsOf(example)).catch((error: unknown) => String(error));
      expect({ example, of: example.startsWith(verb), runs }).toEqual({ example, of: true, runs: 1 });
    }
  }
});

test('an example that the program does not take is found', async () => {
  await expect(runsOf(wordsOf('list --limit 0'))).rejects.toThrow('whole number');
  await expect(runsOf(wordsOf('pause RefundAssist'))).rejects.toThrow('--reason');
});

test('plans that examples name are there', async () => {
  const named = (await Promise.all(verbs.map(examplesOf))).flat().flatMap((line) => line.match(/examples\/\S+/g) ?? []);
  expect(named.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
});

test('docs/cli.md has every verb', () => {
  const table = readFileSync(join(ROOT, 'docs/cli.md'), 'utf8').split('\n## ')[1] ?? '';
  const rows = table.split('\n').filter((line) => line.startsWith('|'));
  const isTold = (verb: string) => rows.some((row) => namesVerb(row.split(' | ')[0] ?? '', verb.split(' ')));
  expect(verbs.filter((verb) => !isTold(verb))).toEqual([]);
});

/** `audit checkpoint\|verify`, and `… show <id>` beside the verb that stands before it, count. */
function namesVerb(cell: string, words: readonly string[]): boolean {
  return words.every((word) => new RegExp(`(?<![\\w-])${word}(?![\\w-])`).test(cell));
}

test('a verb that is named is there alone; help and what is unknown have all of them', async () => {
  const named = async (name: string | undefined) =>
    (await createProgram('9.9.9', () => Promise.resolve(), name)).commands.map((command) => command.name());
  expect(await named('status')).toEqual(['status']);
  for (const name of [undefined, 'help', 'frobnicate', 'constructor']) {
    expect(await named(name)).toEqual(verbs.filter((verb) => !verb.includes(' ')));
  }
});

test('every verb stands under a heading that says what for', async () => {
  const { stdout } = await cli(['--help']);
  expect(stdout).toContain('Start here: `assist-rollouts demo`');
  expect(stdout).toMatch(/^Rollouts:$/m);
  expect(stdout).not.toMatch(/^Others:$/m);
});
