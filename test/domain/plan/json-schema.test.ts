import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import { parse } from 'yaml';
import { knownFieldsAt, planJsonSchema } from '../../../src/domain/plan/json-schema.ts';

const ROOT = join(__dirname, '../../..');
const FILE = join(ROOT, 'schema/plan.schema.json');
const EXAMPLES = [
  'refund-assist-1.5.0.yaml',
  'refund-assist-1.6.0.yaml',
  'refund-assist-1.7.0.yaml',
  'returns-assist-1.0.0.yaml',
  'refund-assist-pilot-1.5.0.yaml',
  'templates/refund-assist-1.8.0.yaml',
  'demo/1.5.0.yaml',
  'demo/1.6.0.yaml',
  'demo/panel-1.5.0.yaml',
  'demo/panel-1.6.0.yaml',
  'demo/panel-pilot-1.5.0.yaml',
];

const validate = new Ajv({ allErrors: true }).compile(planJsonSchema());

/** After a change of the plan's schema: `WRITE_SCHEMA=1 npx jest test/domain/plan/json-schema` */
test('schema/plan.schema.json is current', () => {
  const current = `${JSON.stringify(planJsonSchema(), null, 2)}\n`;
  if (process.env['WRITE_SCHEMA'] === '1') writeFileSync(FILE, current);
  expect(readFileSync(FILE, 'utf8')).toBe(current);
});

test.each(EXAMPLES)('an editor finds nothing wrong with examples/%s, and finds the schema that it names', (name) => {
  const file = join(ROOT, 'examples', name);
  const text = readFileSync(file, 'utf8');
  validate(parse(text));
  expect(validate.errors).toBeNull();
  const named = /^# yaml-language-server: \$schema=(\S+)$/m.exec(text)?.[1] ?? '';
  expect(join(file, '..', named)).toBe(FILE);
});

test('an editor marks an unknown field, a step that says two things, a split of 120 and a bad duration', () => {
  const raw = parse(readFileSync(join(ROOT, 'examples/demo/1.5.0.yaml'), 'utf8')) as Record<string, unknown>;
  const steps = [{ setSplit: 120 }, { setSplit: 5, bake: { for: 'half an hour' } }];
  expect(validate({ ...raw, steps, wait: true })).toBe(false);
  expect(validate.errors?.map((error) => error.instancePath).sort()).toEqual([
    '',
    '/steps/0/setSplit',
    '/steps/0/setSplit',
    '/steps/0/setSplit',
    '/steps/1',
    '/steps/1/bake/for',
  ]);
});

test('the fields known at a path are those of the schema there', () => {
  expect(knownFieldsAt(['steps', 3])).toEqual(['setSplit', 'bake', 'approve', 'hook', 'notify', 'ladder']);
  expect(knownFieldsAt(['policies', 'onNoData'])).toEqual(['after', 'do']);
  expect(knownFieldsAt(['nowhere', 'at', 'all'])).toEqual([]);
});
