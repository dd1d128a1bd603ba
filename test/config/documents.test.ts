/** One table of variables, and all that is written of it. After a change: `WRITE_SCHEMA=1 npx jest test/config/documents` */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import { parse } from 'yaml';
import { readConfiguration } from '../../src/config/configuration.ts';
import { FILE_KEYS } from '../../src/config/file-keys.ts';
import { VARIABLES, VARIABLE_LIST } from '../../src/config/variables.ts';
import { configSchema, variableTables } from '../helpers/config-docs.ts';
import { ROOT, readSources } from '../helpers/sources.ts';

const PAGE = join(ROOT, 'docs/configuration.md');
const SCHEMA = join(ROOT, 'schema/config.schema.json');
const EXAMPLE = join(ROOT, 'examples/assist-rollouts.yaml');
const read = (file: string): string => readFileSync(file, 'utf8');
const [BEGIN, END] = ['<!-- variables -->\n\n', '\n\n<!-- end of variables -->'];

/** Of the operating system or of a terminal, and where the file itself is. */
const NOT_SETTINGS = ['HOME', 'PATH', 'TERM', 'USER', 'LOGNAME', 'APPDATA', 'LOCALAPPDATA'];
/** What a code host tells its jobs. */
const OF_A_CI = /^(?:GITHUB|GITLAB|CI)_/;
const OF_THE_PROGRAM = ['XDG_DATA_HOME', 'XDG_CONFIG_HOME', 'XDG_CACHE_HOME', 'ASSIST_ROLLOUTS_PROGRAM'];

test('docs/configuration.md has the table', () => {
  const page = read(PAGE);
  const [before = '', rest = ''] = page.split(BEGIN);
  const after = rest.slice(rest.indexOf(END));
  const current = `${before}${BEGIN}${variableTables()}${after}`;
  if (process.env['WRITE_SCHEMA'] === '1') writeFileSync(PAGE, current);
  expect(read(PAGE)).toBe(current);
});

test('schema/config.schema.json is current', () => {
  const current = `${JSON.stringify(configSchema(), null, 2)}\n`;
  if (process.env['WRITE_SCHEMA'] === '1') writeFileSync(SCHEMA, current);
  expect(read(SCHEMA)).toBe(current);
});

test('whatever is read from the environment stands in the table', () => {
  const named = readSources('src').flatMap(({ text }) => [...text.matchAll(/\benv\['([A-Z_]+)'\]/g)]);
  const names = new Set(named.map((match) => match[1] ?? ''));
  const known = (name: string) => name in VARIABLES || name.replace(/_FILE$/, '') in VARIABLES;
  const unknown = [...names].filter(
    (name) => !known(name) && !OF_A_CI.test(name) && ![...NOT_SETTINGS, ...OF_THE_PROGRAM].includes(name),
  );
  expect(names.size).toBeGreaterThan(20);
  expect(unknown).toEqual([]);
});

test('each place in the file is of one variable, and none stands within another', () => {
  const keys = FILE_KEYS.map(({ key }) => key);
  expect(new Set(keys).size).toBe(keys.length);
  expect(keys.filter((key) => keys.some((other) => other.startsWith(`${key}.`)))).toEqual([]);
});

test('every default is one that is taken', () => {
  for (const [name, { default: value, schema }] of VARIABLE_LIST)
    if (value !== null) expect([name, schema.safeParse(value).success]).toEqual([name, true]);
});

test('the example is what an editor finds nothing wrong with, it names the schema, and is read without a problem', async () => {
  const text = read(EXAMPLE);
  const named = /^# yaml-language-server: \$schema=(\S+)$/m.exec(text)?.[1] ?? '';
  expect(join(EXAMPLE, '..', named)).toBe(SCHEMA);
  const validate = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(configSchema());
  validate(parse(text));
  expect(validate.errors).toBeNull();
  expect(validate({ events: { prot: 1 } })).toBe(false);
  const { problems, places } = await readConfiguration({ ASSIST_ROLLOUTS_CONFIG: EXAMPLE });
  expect(problems).toEqual([]);
  expect(places.size).toBeGreaterThan(10);
});
