/** Which words may stand where the cursor is. */
import type { Command, Option } from 'commander';
import type { Candidate } from './completion-scripts.ts';
import type { CommandLine, Deps } from './deps.ts';

/** `words`: what stands behind the program's name, up to the cursor; the last one may be begun only. */
export async function candidates(deps: Deps, words: readonly string[]): Promise<readonly Candidate[]> {
  const current = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  const { commandLine = NOTHING } = deps;
  const found = before.length === 0 ? verbs(commandLine) : await withinVerb(deps, commandLine, before, current);
  return found.filter(({ word }) => word.startsWith(current));
}

const NOTHING: CommandLine = { verbs: [], load: () => Promise.reject(new Error('There are no verbs.')) };

/** Without what each is for: that would take loading all of them. */
function verbs({ verbs: names }: CommandLine): readonly Candidate[] {
  return [...names, 'help', '--help', '--version'].map((word) => ({ word, about: '' }));
}

async function withinVerb(
  deps: Deps,
  commandLine: CommandLine,
  before: readonly string[],
  current: string,
): Promise<readonly Candidate[]> {
  const [verb = ''] = before;
  if (verb === 'help') return before.length === 1 ? verbs(commandLine) : [];
  if (!commandLine.verbs.includes(verb)) return [];
  const program = await commandLine.load(verb);
  const { command, given } = commandAt(program, before);
  const asking = command.options.find((option) => takesValue(option) && isNamed(option, before.at(-1) ?? ''));
  if (asking !== undefined) return valuesOf(deps, asking);
  if (current.startsWith('-')) return optionsOf(command, before);
  const below = command.commands.map((child) => ({ word: child.name(), about: child.description() }));
  if (below.length > 0 && given === 0) return below;
  const argument = command.registeredArguments[given] ?? command.registeredArguments.find(({ variadic }) => variadic);
  if (argument?.argChoices !== undefined) return argument.argChoices.map((word) => ({ word, about: '' }));
  return argument?.name().startsWith('action') === true ? actions(deps, command.name()) : [];
}

/** The verb that is meant, and how many arguments of it are there already. */
function commandAt(program: Command, before: readonly string[]): { readonly command: Command; readonly given: number } {
  let command = program;
  let given = 0;
  let isValue = false;
  for (const word of before) {
    if (isValue) isValue = false;
    else if (word.startsWith('-')) isValue = command.options.some((one) => takesValue(one) && isNamed(one, word));
    else {
      const child = given === 0 ? command.commands.find((one) => one.name() === word) : undefined;
      given += child === undefined ? 1 : 0;
      command = child ?? command;
    }
  }
  return { command, given };
}

function takesValue({ required, optional }: Option): boolean {
  return required || optional;
}

function isNamed({ long, short }: Option, word: string): boolean {
  return word === long || word === short;
}

function valuesOf(deps: Deps, option: Option): readonly Candidate[] | Promise<readonly Candidate[]> {
  if (option.argChoices !== undefined) return option.argChoices.map((word) => ({ word, about: '' }));
  return option.long === '--action' ? actions(deps, '') : [];
}

/** Those that are not there yet. */
function optionsOf(command: Command, before: readonly string[]): readonly Candidate[] {
  const shown = command.options.filter((option) => !option.hidden && !before.includes(option.long ?? ''));
  return [
    ...shown.map(({ long, description, mandatory }) => ({
      word: long ?? '',
      about: `${description}${mandatory ? ' (required)' : ''}`,
    })),
    { word: '--help', about: 'display help for command' },
  ];
}

/** These are for a rollout that runs. */
const OF_RUNNING = ['pause', 'resume', 'approve', 'withdraw', 'advance', 'promote', 'override', 'abort', 'restart'];
const MAX_ACTIONS = 100;
/** Whoever presses Tab does not wait longer. */
const PATIENCE_MS = 1_000;

/** Names that Temporal tells at once; none where it does not answer. */
async function actions(deps: Deps, verb: string): Promise<readonly Candidate[]> {
  // What it takes to load is no time that Temporal takes.
  const configurator = await deps.configurator().catch(() => null);
  if (configurator === null) return [];
  const asked = configurator
    .list(MAX_ACTIONS, OF_RUNNING.includes(verb) ? { outcome: 'running' } : {})
    .then(({ rollouts }) => rollouts)
    .catch((): [] => []);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<[]>((resolve) => {
    timer = setTimeout(() => resolve([]), PATIENCE_MS);
  });
  const rows = await Promise.race([asked, late]);
  clearTimeout(timer);
  const found = new Map<string, string>();
  for (const { action, version, phase, outcome } of rows)
    if (action !== null && !found.has(action)) found.set(action, `${version ?? ''} ${outcome ?? phase ?? ''}`.trim());
  return [...found].map(([word, about]) => ({ word, about }));
}
