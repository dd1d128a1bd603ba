/** `config show`: every setting as it holds here. */
import type { Command } from 'commander';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { CONFIG_NAME, configFilesLookedFor } from '../../../config/configuration.ts';
import type { Configuration } from '../../../config/configuration.ts';
import { problemLine } from '../../../config/error.ts';
import { shownSettings } from '../../../config/shown.ts';
import type { ShownSetting } from '../../../config/shown.ts';
import { AssistError } from '../../../configurator/errors.ts';
import { didYouMean } from '../../../domain/plan/did-you-mean.ts';
import { printJson, printLines } from '../../deps.ts';
import type { Deps, JsonOption } from '../../deps.ts';
import { EXIT } from '../../exit-codes.ts';
import { JSON_OBJECT } from '../../options.ts';
import { createVerb } from '../../verb.ts';
import type { Run } from '../../verb.ts';
import { settingDetails, settingLines } from '../../view/config-view.ts';
import { createPaint } from '../../view/paint.ts';

export function configShow(run: Run): Command {
  const help = {
    description: 'every setting, its value, and whether that is of the environment, of the file or the default',
    examples: ['config show', 'config show events', 'config show EVENTS_PUBLIC_URL', 'config show --json'],
  };
  return createVerb('show', help)
    .argument('[setting]', 'a variable, its key in the file, or a group of keys (default: all)')
    .option(...JSON_OBJECT)
    .action((setting: string | undefined, options: JsonOption) => run((deps) => show(deps, setting, options)));
}

function show({ out, configuration }: Deps, named: string | undefined, { json }: JsonOption): Promise<number> {
  const { file, problems, env } = configuration;
  const settings = chosen(shownSettings(configuration), named);
  const [only] = settings;
  if (json) printJson(out, { kind: 'settings', file, lookedFor: configFilesLookedFor(env), settings, problems });
  else if (named !== undefined && settings.length === 1 && only !== undefined) printLines(out, settingDetails(only));
  else printLines(out, [...fileLines(configuration), ...settingLines(settings, createPaint(out.color))]);
  if (problems.length > 0 && !json) out.stderr(`${problems.map(problemLine).join('\n')}\n`);
  return Promise.resolve(problems.length > 0 ? EXIT.badInput : EXIT.ok);
}

function chosen(settings: readonly ShownSetting[], named: string | undefined): readonly ShownSetting[] {
  if (named === undefined) return settings;
  const found = settings.filter(
    ({ name, key }) => name === named || (key !== null && (key === named || key.startsWith(`${named}.`))),
  );
  if (found.length > 0) return found;
  const known = settings.flatMap(({ name, key }) => (key === null ? [name] : [name, key, key.split('.')[0] ?? '']));
  throw new AssistError('usage', `${named} is no setting.`, didYouMean(named, [...new Set(known)]));
}

function fileLines({ file, env }: Configuration): string[] {
  const besides = file === null && existsSync(CONFIG_NAME) ? [unread(resolve(CONFIG_NAME))] : [];
  if (file !== null) return [`Configuration file: ${file}; the environment wins.`];
  return [`No configuration file; looked for ${configFilesLookedFor(env).join(', ')}.`, ...besides];
}

function unread(file: string): string {
  return `${file} is not read: no file of a working folder is. \`export ASSIST_ROLLOUTS_CONFIG=${file}\` takes it.`;
}
