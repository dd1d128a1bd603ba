/** The verbs, on a store in a folder as `dev` leaves it. */
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDatabase } from '../../src/store/open.ts';
import { cli, jsonLines } from '../cli/fixtures.ts';
import { NOON } from '../helpers/events.ts';
import { appendMany, useFolder } from './helpers.ts';

const file = useFolder();
const home = file('home');
const env = { ASSIST_ROLLOUTS_HOME: home };
const run = (...args: string[]) => cli(args, { env, now: () => NOON });

beforeAll(async () => {
  const db = await openDatabase({ kind: 'pglite', dataDir: join(home, 'database') });
  await appendMany(db, 0, 12);
  await db.close();
});

test('the log is signed, kept, exported and verified elsewhere by its public key alone; an edit is named', async () => {
  const { stdout: key } = await run('audit', 'key');
  expect(key).toMatch(/^assist-rollouts\.local\/[0-9a-f]{12}\+[0-9a-f]{8}\+\S{44}\n$/);
  expect(statSync(join(home, 'audit-key')).mode & 0o777).toBe(0o600);
  expect((await run('audit', 'key')).stdout).toBe(key);
  const signed = await run('audit', 'checkpoint', '--to', file('kept'));
  expect(signed).toMatchObject({ code: 0, stdout: readFileSync(file('kept'), 'utf8') });
  expect(await run('audit', 'export', '--to', file('export'))).toMatchObject({ code: 0 });
  const elsewhere = (...args: string[]) =>
    cli(['audit', 'verify', '--file', file('export'), '--checkpoint', file('kept'), ...args], {
      env: { ASSIST_ROLLOUTS_HOME: file('elsewhere') },
    });
  expect(await elsewhere('--key', key.trim())).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('is whole: 12 entries') as string,
  });
  expect(existsSync(join(file('elsewhere'), 'database'))).toBe(false);
  expect((await elsewhere()).code).toBe(7);
  writeFileSync(file('export'), readFileSync(file('export'), 'utf8').replace('kim', 'eve'));
  const found = await elsewhere('--key', key.trim(), '--json');
  expect(found.code).toBe(7);
  expect(jsonLines(found.stdout)).toMatchObject([
    { kind: 'auditVerdict', ok: false, findings: [{ kind: 'edited', leaf: 0, key: 'r1/0' }] },
  ]);
});

test('entries are listed on one line each, written with the status on record, shipped and kept through retention', async () => {
  const listed = await run('audit', 'list', '--limit', '5');
  expect(listed.stdout.trimEnd().split('\n')).toHaveLength(6);
  expect(jsonLines((await run('audit', 'list', '--rollout', 'r1', '--json')).stdout)).toMatchObject([
    { kind: 'audit', entries: [{ leaf: 0 }, { leaf: 3 }, { leaf: 6 }, { leaf: 9 }] },
  ]);
  const written = await run('audit', 'write', '--action-id', 'a1', '--agent', 'g1', '--metrics', '{"accepted":1}');
  expect(JSON.parse(written.stdout)).toEqual({
    timestamp: '2026-03-01T12:00:00.000Z',
    action_id: 'a1',
    agent_id: 'g1',
    metrics: { accepted: 1 },
    compliance_status: 'unknown',
    audit_source: 'agent_assist_configurator',
  });
  expect((await run('audit', 'ship', '--to', `file:${file('siem')}`, '--format', 'cef')).stdout).toMatch(
    /^13 entries and \d checkpoints/,
  );
  expect(jsonLines((await run('retention', '--older-than', '90d', '--dry-run', '--json')).stdout)).toMatchObject([
    { kind: 'retention', dryRun: true, events: 0 },
  ]);
  expect(await run('audit', 'verify')).toMatchObject({ code: 0 });
});

test.each([
  [['audit', 'ship', '--to', 'http://siem.example'], 'ship-destination-invalid'],
  [['audit', 'verify', '--file', '/nonexistent/x'], 'audit-file-unreadable'],
  [['audit', 'verify', '--key', 'nonsense', '--file', 'x'], 'audit-key-invalid'],
  [['audit', 'key', '--new', 'a.example'], 'usage'],
  [['audit', 'write', '--action-id', 'a', '--agent', 'b', '--metrics', '[]'], 'usage'],
  [['retention', '--older-than', 'ninety'], 'usage'],
])('%j is refused with %s', async (args, code) => {
  const { code: exit, stdout } = await run(...args, '--json');
  expect([exit, jsonLines(stdout)[0]?.['code']]).toEqual([2, code]);
});

test.each([
  'http://siem.example/in?token=hunter2',
  'https://me:hunter2@siem.example/in',
  'tcp://siem.example/?hunter2',
  'hunter2',
  'odd://siem.example/?hunter2',
  'http://:hunter2',
])('what a destination hides is not repeated: %s', async (to) => {
  const { code, stderr } = await run('audit', 'ship', '--to', to);
  expect([code, stderr.includes('hunter2')]).toEqual([2, false]);
});

test('what tells of agents and entries is for its owner alone; files that cannot be used are told in words', async () => {
  const modes = [join(home, 'database'), file('kept'), `${file('kept')}.leaves`, file('export'), file('siem')].map(
    (path) => (statSync(path).mode & 0o777).toString(8),
  );
  expect(modes).toEqual(['700', '600', '600', '600', '600']);
  writeFileSync(file('taken'), 'x');
  expect(await run('audit', 'key', '--new', 'a.example', '--to', file('taken'))).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(`${file('taken')} is there already, and is not overwritten.`) as string,
  });
  expect(
    jsonLines((await run('audit', 'key', '--new', 'a.example', '--to', file('taken'), '--json')).stdout),
  ).toMatchObject([{ code: 'file-unusable' }]);
  expect(await run('audit', 'export', '--to', home)).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/is a folder, where a file is expected/) as string,
  });
  expect(await run('audit', 'export', '--to', join(file('taken'), 'x'))).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/leads through a file/) as string,
  });
  expect(await run('audit', 'export', '--to', join(home, 'none', 'x'))).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/is not there/) as string,
  });
});

test('several machines on one database need one key, which is not made for them', async () => {
  const { code, stdout } = await cli(['audit', 'checkpoint', '--json'], {
    env: { DATABASE_URL: 'postgres://127.0.0.1:1/x', ASSIST_ROLLOUTS_HOME: file('other') },
  });
  expect([code, jsonLines(stdout)[0]?.['code']]).toEqual([2, 'audit-key-missing']);
  expect(existsSync(join(file('other'), 'audit-key'))).toBe(false);
});
