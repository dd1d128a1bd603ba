import { join } from 'node:path';
import Ajv from 'ajv';
import type { LintResult } from '../../src/lint/lint.ts';
import { sarifLog } from '../../src/lint/sarif.ts';

/**
 * The parts of the SARIF 2.1.0 schema that a log of ours has, with what is required of them (sections 3.13 to 3.30).
 */
const text = {
  type: 'object',
  required: ['text'],
  additionalProperties: false,
  properties: { text: { type: 'string', minLength: 1 } },
};
const region = {
  type: 'object',
  required: ['startLine'],
  additionalProperties: false,
  properties: { startLine: { type: 'integer', minimum: 1 }, startColumn: { type: 'integer', minimum: 1 } },
};
const location = {
  type: 'object',
  required: ['physicalLocation'],
  additionalProperties: false,
  properties: {
    physicalLocation: {
      type: 'object',
      required: ['artifactLocation'],
      properties: {
        artifactLocation: { type: 'object', required: ['uri'], properties: { uri: { type: 'string', minLength: 1 } } },
        region,
      },
    },
  },
};
const result = {
  type: 'object',
  required: ['message'],
  additionalProperties: false,
  properties: {
    ruleId: { type: 'string' },
    ruleIndex: { type: 'integer', minimum: -1 },
    level: { enum: ['none', 'note', 'warning', 'error'] },
    message: text,
    locations: { type: 'array', items: location },
  },
};
const driver = {
  type: 'object',
  required: ['name'],
  additionalProperties: false,
  properties: {
    name: { type: 'string' },
    version: { type: 'string' },
    properties: { type: 'object' },
    rules: {
      type: 'array',
      uniqueItems: true,
      items: {
        type: 'object',
        required: ['id'],
        additionalProperties: false,
        properties: { id: { type: 'string' }, help: text },
      },
    },
  },
};
const run = {
  type: 'object',
  required: ['tool'],
  additionalProperties: false,
  properties: {
    tool: { type: 'object', required: ['driver'], additionalProperties: false, properties: { driver } },
    columnKind: { enum: ['utf16CodeUnits', 'unicodeCodePoints'] },
    results: { type: 'array', items: result },
  },
};
const schema = {
  type: 'object',
  required: ['version', 'runs'],
  additionalProperties: false,
  properties: { $schema: { type: 'string' }, version: { const: '2.1.0' }, runs: { type: 'array', items: run } },
};

const RESULTS: readonly LintResult[] = [
  { file: 'plans/good.yaml', ok: true, problems: [] },
  {
    file: 'plans/bad one.yaml',
    ok: false,
    problems: [
      {
        code: 'plan-split',
        severity: 'error',
        path: 'steps.0',
        message: 'Too much.',
        remedy: 'Less.',
        file: 'plans/bad one.yaml',
        line: 10,
        column: 15,
      },
      {
        code: 'a11y-alt',
        severity: 'warning',
        path: 'action.html',
        message: 'No text.',
        remedy: 'Write one.',
        file: join('/work', 'cards', 'a.html'),
        line: 2,
        column: 3,
      },
      {
        code: 'plan-split',
        severity: 'error',
        path: '',
        message: 'Again.',
        remedy: 'Less.',
        file: '/elsewhere/b.html',
      },
    ],
  },
];

const log = sarifLog(RESULTS, { version: '1.2.3', dataVersion: '8.1.9', folder: '/work' });

test('the log has the shape of SARIF 2.1.0', () => {
  const validate = new Ajv({ strict: true, strictRequired: false }).compile(schema);
  validate(JSON.parse(JSON.stringify(log)));
  expect(validate.errors).toBeNull();
  expect(validate({ ...log, version: '2.0.0' })).toBe(false);
});

test('each problem is a result at its place, of a rule that is listed once', () => {
  const [run] = log.runs;
  const rules = run?.tool.driver.rules?.map(({ id }) => id) ?? [];
  expect(rules).toEqual(['a11y-alt', 'plan-split']);
  expect(run?.results?.map(({ ruleId, ruleIndex, level }) => [ruleId, rules[ruleIndex ?? -1], level])).toEqual([
    ['plan-split', 'plan-split', 'error'],
    ['a11y-alt', 'a11y-alt', 'warning'],
    ['plan-split', 'plan-split', 'error'],
  ]);
  expect(run?.results?.map(({ locations }) => locations?.[0]?.physicalLocation)).toEqual([
    { artifactLocation: { uri: 'plans/bad%20one.yaml' }, region: { startLine: 10, startColumn: 15 } },
    { artifactLocation: { uri: 'cards/a.html' }, region: { startLine: 2, startColumn: 3 } },
    { artifactLocation: { uri: 'file:///elsewhere/b.html' }, region: { startLine: 1, startColumn: 1 } },
  ]);
});
