/** docs/reference/cli.md, out of the verbs themselves. */
import type { Argument, Command, Option } from 'commander';
import { EXIT_HELP } from '../../../src/cli/exit-codes.ts';
import { groupOf } from '../../../src/cli/verb-groups.ts';
import { inline, table, written } from './markdown.ts';

const HEAD = `# Every verb

Written by \`npm run reference\` out of the verbs themselves: every argument, option and default.
What they are for, and what they answer, is told in [cli.md](../cli.md).`;

export function cliPage(program: Command): string {
  const groups = [...new Set(program.commands.map((verb) => groupOf(verb.name())))];
  const sections = groups.map((group) => {
    const verbs = program.commands.filter((verb) => groupOf(verb.name()) === group);
    return [`## ${group}`, ...verbs.flatMap((verb) => verbSections(verb, []))].join('\n\n');
  });
  return `${[HEAD, firstOptions(program), ...sections, exitCodes()].join('\n\n')}\n`;
}

function firstOptions(program: Command): string {
  return ['## Before any verb', 'They stand before the verb.', optionTable(program.options)].join('\n\n');
}

function verbSections(verb: Command, above: readonly string[]): readonly string[] {
  const path = [...above, verb.name()];
  const { registeredArguments: args, options } = verb;
  const own = [
    `### ${path.join(' ')}`,
    inline(sentence(verb.description())),
    `\`\`\`text\nassist-rollouts ${[...path, verb.usage()].join(' ').trim()}\n\`\`\``,
    ...(args.length === 0 ? [] : [argumentTable(args)]),
    ...(options.length === 0 ? [] : [optionTable(options)]),
    ...examplesOf(verb),
  ];
  return [own.join('\n\n'), ...verb.commands.flatMap((below) => verbSections(below, path))];
}

function sentence(text: string): string {
  const begun = `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
  return /[.?!]$/.test(begun) ? begun : `${begun}.`;
}

function argumentTable(args: readonly Argument[]): string {
  const rows = args.map((argument) => [
    `\`${argument.name()}\``,
    inline(argument.description),
    argument.required ? 'yes' : 'no',
    [argument.variadic ? 'several' : '', choicesOf(argument.argChoices), defaultOf(argument)]
      .filter(Boolean)
      .join('; '),
  ]);
  return table(['argument', 'meaning', 'required', 'values'], rows);
}

function optionTable(options: readonly Option[]): string {
  const rows = options
    .filter((option) => !option.hidden)
    .map((option) => [
      `\`${option.flags}\``,
      inline(option.description),
      option.mandatory ? 'yes' : 'no',
      [option.variadic ? 'several' : '', choicesOf(option.argChoices), defaultOf(option)].filter(Boolean).join('; '),
    ]);
  return table(['option', 'meaning', 'required', 'values'], rows);
}

function choicesOf(choices: readonly string[] | undefined): string {
  return choices === undefined ? '' : choices.map((choice) => `\`${choice}\``).join(', ');
}

function defaultOf({ defaultValue, defaultValueDescription: said }: Argument | Option): string {
  if (said !== undefined) return `default: ${inline(said)}`;
  const isNone = defaultValue === undefined || defaultValue === false || String(defaultValue) === '';
  return isNone ? '' : `default: ${written(defaultValue)}`;
}

/** What `--help` shows after the options: its examples, and what more a verb says there. */
function examplesOf(verb: Command): readonly string[] {
  let shown = '';
  verb.configureOutput({ writeOut: (text) => void (shown += text), getOutHasColors: () => false });
  verb.outputHelp();
  const lines = shown.slice(verb.helpInformation().length).split('\n');
  const isExample = (line: string) => line.startsWith('  $ assist-rollouts ');
  const examples = lines.filter(isExample).map((line) => line.slice('  $ '.length));
  const more = lines
    .filter((line) => !isExample(line) && !/^Examples?:$/.test(line))
    .join('\n')
    .trim();
  const block = (language: string, text: string) => `\`\`\`${language}\n${text}\n\`\`\``;
  return [
    ...(examples.length === 0 ? [] : [block('sh', examples.join('\n'))]),
    ...(more === '' ? [] : [block('text', more)]),
  ];
}

function exitCodes(): string {
  const rows = [...EXIT_HELP.matchAll(/^ +(\d+) {2}(.+)$/gm)].map(([, code = '', meaning = '']) => [
    code,
    inline(meaning),
  ]);
  return ['## Exit codes', table(['code', 'meaning'], rows)].join('\n\n');
}
