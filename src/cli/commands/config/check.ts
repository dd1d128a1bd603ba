/** `config check`: all that is wrong with the configuration, in one answer; nothing is begun and nobody contacted. */
import { Option } from 'commander';
import type { Command } from 'commander';
import { gatherConfig } from '../../../config.ts';
import { ConfigError, problemLine } from '../../../config/error.ts';
import type { ConfigProblem } from '../../../config/error.ts';
import { PROCESS_NEEDS, needsOf } from '../../../config/needs.ts';
import { shownSettings } from '../../../config/shown.ts';
import { slipsIn } from '../../../config/slips.ts';
import { settingLooks } from '../../../compose/setting-looks.ts';
import { printJson, printLines } from '../../deps.ts';
import type { Deps, JsonOption } from '../../deps.ts';
import { EXIT } from '../../exit-codes.ts';
import { JSON_OBJECT } from '../../options.ts';
import { createVerb } from '../../verb.ts';
import type { Run } from '../../verb.ts';

interface CheckOptions extends JsonOption {
  readonly for?: string;
}

export function configCheck(run: Run): Command {
  const help = {
    description: 'all that is wrong with the configuration and the files that it names; contacts nobody',
    examples: ['config check', 'config check --for worker --json'],
  };
  return createVerb('check', help)
    .addOption(
      new Option('--for <process>', 'also what that process cannot do without').choices(Object.keys(PROCESS_NEEDS)),
    )
    .option(...JSON_OBJECT)
    .action((options: CheckOptions) => run((deps) => check(deps, options)));
}

async function check({ out, configuration }: Deps, { for: process = '', json }: CheckOptions): Promise<number> {
  const { env, file } = configuration;
  const problems = [...configuration.problems, ...gatherConfig(env, needsOf(process)).problems];
  const further = await Promise.all(settingLooks(env).map(({ name, look }) => look().then(() => [], problemsOf(name))));
  for (const one of further.flat()) if (!problems.some(({ name }) => isSame(name, one.name))) problems.push(one);
  if (problems.length > 0) throw new ConfigError(problems);
  const warnings = slipsIn(env);
  const settings = shownSettings(configuration);
  const count = (from: string) => settings.filter((setting) => setting.from === from).length;
  const [ofFile, ofEnvironment] = [count('file'), count('environment')];
  if (json) printJson(out, { kind: 'configCheck', file, ofFile, ofEnvironment, warnings });
  else
    printLines(out, [
      ...warnings.map((warning) => `warning ${problemLine(warning)}`),
      `Nothing is wrong: ${ofFile} settings of ${file ?? 'no file'}, ${ofEnvironment} of the environment, the others as ` +
        'they are by default.',
    ]);
  return EXIT.ok;
}

const isSame = (a: string, b: string): boolean => a === b || a === `${b}_FILE` || b === `${a}_FILE`;

function problemsOf(name: string): (error: unknown) => ConfigProblem[] {
  return (error) => {
    if (error instanceof ConfigError) return [...error.problems];
    const { message, remedy } = error as Error & { readonly remedy?: unknown };
    return [{ name, message: typeof remedy === 'string' ? `${message} ${remedy}` : message }];
  };
}
