/** Command line in, exit code out. Nothing here touches the process. */
import { CommanderError, Help } from 'commander';
import type { Command, Option } from 'commander';
import { gatherConfig } from '../config.ts';
import type { Configuration } from '../config/configuration.ts';
import { withPlaces } from '../config/configuration.ts';
import { ConfigError } from '../config/error.ts';
import { needsOf } from '../config/needs.ts';
import { secretsIn } from '../config/secrets.ts';
import { createRedactor } from '../domain/text/redact.ts';
import type { Deps } from './deps.ts';
import { broken, printJson } from './deps.ts';
import { clipLines, reportError } from './errors.ts';
import { EXIT } from './exit-codes.ts';
import { createProgram, unknownVerb, VERB_NAMES } from './program.ts';
import { safeOutput } from './safe-output.ts';

/** `args`: what follows the program's name. */
export async function runCli(args: readonly string[], given: Deps): Promise<number> {
  const deps: Deps = {
    ...given,
    out: safeOutput(given.out, createRedactor(secretsIn(given.env))),
    commandLine: {
      verbs: VERB_NAMES,
      load: (verb) => createProgram(given.version, () => Promise.resolve(), verb),
    },
  };
  let code: number = EXIT.ok;
  const json = args.includes('--json');
  const unknown = unknownVerb(args[0]);
  if (unknown !== null) return refuseUsage(deps, unknown, json);
  const program = await createProgram(
    deps.version,
    async (work) => {
      refuseBrokenFile(deps.configuration, args[0] ?? '');
      code = await work(deps);
    },
    args[0],
  );
  prepare(program, deps, json);
  try {
    await program.parseAsync([...args], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return usageError(error, deps, json, args[0] === 'help');
    if (deps.signal.aborted) return EXIT.interrupted;
    const placed = error instanceof ConfigError ? withPlaces(error, deps.configuration) : error;
    return reportError(deps.out, placed, json);
  }
}

/** They show what is wrong with it. */
const ABOUT_CONFIGURATION = ['config', 'doctor'];

/** A setting that nobody can read is not passed over: all that is wrong is told before anything is done. */
function refuseBrokenFile({ env, problems }: Configuration, verb: string): void {
  if (problems.length === 0 || ABOUT_CONFIGURATION.includes(verb)) return;
  throw new ConfigError([...problems, ...gatherConfig(env, needsOf(verb)).problems]);
}

/** commander must neither exit nor write by itself; its sub-commands do not inherit this once they exist. */
function prepare(command: Command, deps: Deps, json: boolean): void {
  command.exitOverride().configureOutput({
    writeOut: (text) => deps.out.stdout(text),
    writeErr: (text) => void (json || deps.out.stderr(clipLines(text))),
    getOutHasColors: () => deps.out.color,
    getErrHasColors: () => deps.out.color,
    outputError: (text, write) => write(`${broken(deps.out, inOneLine(text, command))}\n`),
  });
  command.configureHelp({ optionDescription: describeOption });
  for (const child of command.commands) prepare(child, deps, json);
}

/** What is wrong, and where more stands: on a small terminal it must not scroll away. */
function inOneLine(text: string, command: Command): string {
  const said = text
    .trim()
    .replaceAll(/\s*\n\s*/g, ' ')
    .replace(/[.]? \((Did you mean .*\?)\)$/, '. $1');
  const end = /[.?!]$/.test(said) ? '' : '.';
  return `${said}${end} \`${pathOf(command)} --help\` shows how it is used.`;
}

function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}

const help = new Help();

/** Whoever reads the help sees what cannot be left out. */
function describeOption(option: Option): string {
  return `${help.optionDescription(option)}${option.mandatory ? ' (required)' : ''}`;
}

function refuseUsage({ out }: Deps, message: string, json: boolean): number {
  const remedy = '`assist-rollouts --help` lists all verbs.';
  if (json) printJson(out, { kind: 'error', code: 'usage', message: clipLines(message), remedy });
  else out.stderr(`${broken(out, clipLines(`error: ${message} ${remedy}`))}\n`);
  return EXIT.badInput;
}

/** `help` as a verb was asked for; a bare program name was not. */
function usageError(error: CommanderError, deps: Deps, json: boolean, asked: boolean): number {
  if (
    error.code === 'commander.helpDisplayed' ||
    error.code === 'commander.version' ||
    (error.code === 'commander.help' && asked)
  )
    return EXIT.ok;
  const message = error.code === 'commander.help' ? 'no verb was given' : error.message.replace(/^error: /, '');
  if (json)
    printJson(deps.out, { kind: 'error', code: 'usage', message: clipLines(message), remedy: 'Run it with --help.' });
  return EXIT.badInput;
}
