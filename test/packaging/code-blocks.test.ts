/** Every block of code of the pages, and every command within their text, is one that this release takes. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Ajv from 'ajv';
import type { ValidateFunction } from 'ajv';
import { parse } from 'yaml';
import { parseOperators } from '../../src/domain/identity/operators-schema.ts';
import { planJsonSchema } from '../../src/domain/plan/json-schema.ts';
import { parseOrganisations } from '../../src/domain/waves/organisations.ts';
import { parseWaves } from '../../src/domain/waves/written.ts';
import { lintFiles } from '../../src/lint/lint.ts';
import { runsOf, wordsOf } from '../helpers/command-line.ts';
import { blocksOf, commandsOf, pages } from '../helpers/pages.ts';
import { ROOT } from '../helpers/sources.ts';

/** What readers put their own in place of. */
const PLACEHOLDERS: readonly (readonly [RegExp, string])[] = [
  [/<uuid>/g, '6f2f7b7e-3a51-4c0e-9c57-0b6c1d1f4a01'],
  [/<the public key>/g, 'Cr9vjN1AYHnHL0T2Wd3QhXq4mK2sVb7eZy8uTg5fRwI'],
];
const WAVES = { apiVersion: 'assist-rollouts/waves-v1', name: 'a-name', plan: 'plan.yaml' };

const ofPages = () =>
  pages().flatMap(({ path, text }) => blocksOf(text).map(({ language, code }) => ({ path, language, code })));

test('the commands of every page are taken by the program', async () => {
  const shown = pages().flatMap(({ path, text }) => commandsOf(text).map((line) => ({ path, line })));
  expect(shown.length).toBeGreaterThan(50);
  const refused: object[] = [];
  for (const { path, line } of shown) {
    const runs = await runsOf(wordsOf(line)).catch((error: unknown) => String(error));
    if (runs !== 1) refused.push({ path, line, runs });
  }
  expect(refused).toEqual([]);
});

test('the JSON of every page is JSON', () => {
  const shown = ofPages().filter(({ language }) => language === 'json');
  expect(shown.length).toBeGreaterThan(4);
  for (const { code } of shown) expect(typeof JSON.parse(code)).toBe('object');
});

test('the YAML of every page is what its reader takes', async () => {
  const shown = ofPages().filter(({ language }) => language === 'yaml');
  expect(shown.length).toBeGreaterThan(10);
  const refused: object[] = [];
  for (const { path, code } of shown) {
    const troubles = await troublesOf(PLACEHOLDERS.reduce((text, [from, to]) => text.replaceAll(from, to), code));
    if (troubles.length > 0) refused.push({ path, code: code.slice(0, 80), troubles });
  }
  expect(refused).toEqual([]);
});

test('a wrong block is found', async () => {
  await expect(troublesOf('steps: [ { bakes: { for: 1h } } ]')).resolves.not.toEqual([]);
  await expect(troublesOf('operators: [ { nam: ana } ]')).resolves.not.toEqual([]);
  await expect(troublesOf('nothing: known')).resolves.not.toEqual([]);
  await expect(troublesOf('apiVersion: assist-rollouts/v1')).resolves.not.toEqual([]);
});

const schemaAt = (file: string): object => JSON.parse(readFileSync(join(ROOT, file), 'utf8')) as object;
const OPERATORS = ['operators', 'issuers', 'attestors', 'groups'];

/** By the fields at its top, as a person tells what file it is of. */
async function troublesOf(code: string): Promise<readonly unknown[]> {
  const value = parse(code) as Readonly<Record<string, unknown>>;
  const fields = Object.keys(value);
  if (value['apiVersion'] === 'assist-rollouts/v1') return lintProblems(code);
  if (fields.includes('waves')) return problemsIn(parseWaves({ ...WAVES, ...value }));
  if (fields.includes('organisations')) return problemsIn(parseOrganisations(value));
  if (fields.some((field) => OPERATORS.includes(field))) return problemsIn(parseOperators(value));
  const ajv = new Ajv({ allErrors: true, strict: false }).addSchema(planJsonSchema(), 'plan');
  const isPart = fields.every((field) => field in (planJsonSchema().properties ?? {}));
  if (!isPart) return errorsOf(ajv.compile(schemaAt('schema/config.schema.json')), value);
  return fields.flatMap((field) => errorsOf(ajv.compile({ $ref: `plan#/properties/${field}` }), value[field]));
}

function errorsOf(validate: ValidateFunction, value: unknown): readonly object[] {
  validate(value);
  return validate.errors ?? [];
}

function problemsIn(parsed: { readonly ok: true } | { readonly ok: false; readonly problems: readonly object[] }) {
  return parsed.ok ? [] : parsed.problems;
}

async function lintProblems(code: string): Promise<readonly object[]> {
  const folder = mkdtempSync(join(tmpdir(), 'assist-page-'));
  try {
    const file = join(folder, 'plan.yaml');
    writeFileSync(file, code);
    const [result] = await lintFiles([file]);
    return result?.problems.filter(({ severity }) => severity === 'error') ?? [];
  } finally {
    rmSync(folder, { recursive: true });
  }
}
