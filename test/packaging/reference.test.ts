/** The pages of the reference are what verbs and schema say. After a change of one of them: `npm run reference` */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { createProgram } from '../../src/cli/program.ts';
import { planJsonSchema } from '../../src/domain/plan/json-schema.ts';
import { cliPage } from '../helpers/reference/cli-page.ts';
import { planPage } from '../helpers/reference/plan-page.ts';
import type { Schema } from '../helpers/reference/plan-page.ts';
import { ROOT } from '../helpers/sources.ts';

async function verbs(): Promise<string> {
  return cliPage(await createProgram('9.9.9', () => Promise.resolve(), undefined));
}

const plan = (): string => planPage(planJsonSchema());

test.each([
  ['docs/reference/cli.md', verbs],
  ['docs/reference/plan.md', () => Promise.resolve(plan())],
])('%s is current', async (path, write) => {
  const file = join(ROOT, path);
  const current = await write();
  if (process.env['WRITE_REFERENCE'] === '1') writeFileSync(file, current);
  expect(readFileSync(file, 'utf8')).toBe(current);
});

test('every verb and every option that is not hidden stands there', async () => {
  const page = await verbs();
  const program = await createProgram('9.9.9', () => Promise.resolve(), undefined);
  const all = (command: Command, path = ''): string[] =>
    command.commands.flatMap((verb) => {
      const name = `${path} ${verb.name()}`.trim();
      const section = page.split(`\n### ${name}\n`)[1]?.split(/\n##/)[0] ?? '';
      const flags = verb.options.filter(({ hidden }) => !hidden).map((option) => option.flags.replaceAll('|', '\\|'));
      return [
        ...flags.filter((flag) => !section.includes(`\`${flag}\``)).map((flag) => `${name} ${flag}`),
        ...all(verb, name),
      ];
    });
  expect(all(program)).toEqual([]);
});

test('a default, a mark and a limit are shown, and marks of Markdown within a text are none', () => {
  const verb = new Command('take').description('takes <one> of a|b').argument('<what...>', 'which *one*');
  verb.requiredOption('--by <name>', 'who').option('--limit <number>', 'how many', '20');
  const page = cliPage(new Command('assist-rollouts').addCommand(verb));
  expect(page).toContain(String.raw`Takes \<one\> of a|b.`);
  expect(page).toContain(String.raw`| ${'`what`'} | which \*one\* | yes | several |`);
  expect(page).toContain('| `--by <name>` | who | yes |  |');
  expect(page).toContain('| `--limit <number>` | how many | no | default: `20` |');
  const schema: Schema = {
    required: ['steps'],
    properties: {
      steps: { type: 'array', minItems: 1, items: { type: 'object', properties: { at: { type: 'number' } } } },
    },
  };
  expect(planPage(schema)).toContain('| `steps` | list of fields (at least 1) | yes |');
  expect(planPage(schema)).toContain('| `steps[].at` | number |');
});
