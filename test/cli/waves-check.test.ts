/** `waves check` of members in other organisations. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { newActorKey } from '../../src/identity/key.ts';
import { cli } from './fixtures.ts';

const folder = mkdtempSync(join(tmpdir(), 'waves-check-'));
const file = join(folder, 'waves.yaml');
const list = join(folder, 'organisations.yaml');

beforeAll(() => {
  const plan = relative(folder, join(__dirname, '../../examples/refund-assist-1.5.0.yaml'));
  const members = ['eu', 'us'].map((organisation) => ({ action: 'RefundAssist', organisation, plan }));
  const waves = { apiVersion: 'assist-rollouts/waves-v1', name: 'refund', waves: [{ name: 'all', members }] };
  writeFileSync(file, JSON.stringify(waves));
  writeFileSync(join(folder, 'key.json'), newActorKey('waves-of-us').text);
});

test('without a list nobody is asked, and that is said', async () => {
  const { code, stdout } = await cli(['waves', 'check', file]);
  expect(code).toBe(0);
  expect(stdout).toContain('eu: RefundAssist: not asked, for ORGANISATIONS_FILE is not set here');
});

test('one that does not answer, and one that is not in the list', async () => {
  const eu = { address: '127.0.0.1:1', namespace: 'eu', key: 'key.json' };
  writeFileSync(list, JSON.stringify({ organisations: { eu } }));
  const { code, stdout } = await cli(['waves', 'check', file], { env: { ORGANISATIONS_FILE: list } });
  expect(code).toBe(4);
  expect(stdout).toContain('eu: RefundAssist: Cannot reach Temporal at 127.0.0.1:1');
  expect(stdout).toMatch(/us: RefundAssist: .* has no organisation called "us"/);
});

test('a list that is wrong is refused at its place', async () => {
  writeFileSync(list, 'organisations:\n  eu: { address: temporal.eu }\n');
  const { code, stderr } = await cli(['waves', 'check', file], { env: { ORGANISATIONS_FILE: list } });
  expect(code).toBe(2);
  expect(stderr).toContain('The list of organisations');
  expect(stderr).toContain('organisations.yaml:2:18  plan-value  Here stands "temporal.eu"; expected host and port');
  expect(stderr).toContain('"namespace" is missing');
});
