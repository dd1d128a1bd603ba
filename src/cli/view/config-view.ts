/** Settings for a terminal: each group of the configuration file under its name. */
import type { ShownSetting } from '../../config/shown.ts';
import type { Paint } from './paint.ts';

const NAME_COLUMNS = 26;

export function settingLines(settings: readonly ShownSetting[], paint: Paint): string[] {
  const groupOf = ({ key }: ShownSetting) => key?.split('.')[0] ?? 'terminal';
  return [...new Set(settings.map(groupOf))].flatMap((title) => {
    const members = settings.filter((setting) => groupOf(setting) === title);
    const unset = members.filter(({ from }) => from === 'unset').map(({ name }) => name);
    return [
      '',
      paint('bold', title),
      ...members.filter(({ from }) => from !== 'unset').map((setting) => lineOf(setting, paint)),
      ...(unset.length === 0 ? [] : [paint('dim', `  not set: ${unset.join(', ')}`)]),
    ];
  });
}

function lineOf(setting: ShownSetting, paint: Paint): string {
  return `  ${setting.name.padEnd(NAME_COLUMNS)} ${setting.value}  ${paint('dim', originOf(setting))}`;
}

/** One setting with all that is known of it. */
export function settingDetails(setting: ShownSetting): string[] {
  const { name, key, value, meaning, unset } = setting;
  return [
    `${name}: ${value ?? 'not set'}`,
    `  from: ${originOf(setting)}`,
    ...(key === null ? [] : [`  in the file: ${setting.isSecret ? `${key}File` : key}`]),
    `  meaning: ${plain(meaning)}`,
    ...(unset === '' ? [] : [`  where it is not set: ${plain(unset)}`]),
  ];
}

function originOf({ from, place, heldIn, variable, isOverruled }: ShownSetting): string {
  const held = heldIn === null ? '' : `, in ${heldIn} by ${variable}`;
  const over = isOverruled ? '; the configuration file says otherwise' : '';
  switch (from) {
    case 'environment':
      return `environment${held}${over}`;
    case 'file':
      return `${place?.file.split(/[\\/]/).at(-1)}:${place?.line}${held}`;
    case 'profile':
      return "profile of Temporal's configuration";
    case 'default':
      return 'default';
    case 'unset':
      return 'set nowhere';
  }
}

/** Of Markdown. */
function plain(markdown: string): string {
  return markdown.replaceAll(/\[[^\]]+\]\(([^)#]+)[^)]*\)/g, 'docs/$1').replaceAll('`', '');
}
