/** What is written of the table of variables: the page's tables, and the schema that editors read. */
import { FILE_KEYS } from '../../src/config/file-keys.ts';
import { PLATFORM } from '../../src/config/variables/platform.ts';
import { RULES } from '../../src/config/variables/rules.ts';
import { SERVICES } from '../../src/config/variables/services.ts';
import { TELEMETRY } from '../../src/config/variables/telemetry.ts';
import type { Variable } from '../../src/config/variable.ts';

const SECTIONS: readonly (readonly [string, Readonly<Record<string, Variable>>])[] = [
  ['What everything runs on', PLATFORM],
  ['Services', SERVICES],
  ['Metrics and traces', TELEMETRY],
  ['Rules, people, records', RULES],
];

/** Between the markers of docs/configuration.md. */
export function variableTables(): string {
  return SECTIONS.map(([title, table]) => `### ${title}\n\n${tableOf(table)}`).join('\n\n');
}

function tableOf(table: Readonly<Record<string, Variable>>): string {
  const rows = Object.entries(table).map(([name, { key, meaning, unset, default: value, inFile }]) => {
    const names = inFile === null ? `\`${name}\`` : `\`${name}\`, \`${name}_FILE\``;
    const keys = key === null ? '–' : inFile === 'secret' ? `\`${key}File\`` : `\`${key}\``;
    const both = inFile === 'open' ? `${keys}, \`${key}File\`` : keys;
    return `| ${names} | ${both} | ${meaning} | ${value === null ? unset : `\`${value}\``} |`;
  });
  return ['| variable | in the file | meaning | where it is not set |', '| --- | --- | --- | --- |', ...rows].join(
    '\n',
  );
}

type Schema = Record<string, unknown> & { properties?: Record<string, Schema> };

export function configSchema(): Schema {
  const root = group('Settings of Assist Rollouts. What the environment sets wins.');
  for (const { key, variable, shape, meaning } of FILE_KEYS) {
    const path = key.split('.');
    const last = path.pop() ?? '';
    let at = root;
    for (const part of path) at = (at.properties ??= {})[part] ??= group();
    (at.properties ??= {})[last] = { ...shape.json, description: `${plain(meaning)} (${variable})` };
  }
  return { $schema: 'http://json-schema.org/draft-07/schema#', title: 'Assist Rollouts configuration', ...root };
}

function group(description?: string): Schema {
  return {
    ...(description === undefined ? {} : { description }),
    type: ['object', 'null'],
    additionalProperties: false,
    properties: {},
  };
}

/** Of Markdown: the words of a link, and no marks. */
function plain(markdown: string): string {
  return markdown.replaceAll(/\[([^\]]+)\]\([^)]*\)/g, '$1').replaceAll('`', '');
}
