/** `doctor` as it is typed, where next to nothing is there: every look is taken, and nothing is changed. */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import stringWidth from 'string-width';
import { AREAS } from '../../src/doctor/finding.ts';
import type { Finding } from '../../src/doctor/finding.ts';
import { cli, jsonLines } from '../cli/fixtures.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assist-doctor-all-'));
});
afterAll(() => rm(folder, { recursive: true }));

const NOBODY = { TEMPORAL_ADDRESS: '127.0.0.1:1', DATABASE_URL: 'postgres://a@127.0.0.1:1/x' };

test('where nothing answers each area is told of all the same, within 80 columns, and nothing is made', async () => {
  const file = join(folder, 'assist-rollouts.yaml');
  await writeFile(file, 'events: { prot: 1 }\nrules: { calendarFile: calendar.yaml }\n');
  await writeFile(join(folder, 'calendar.yaml'), 'windows: [\n');
  const env = {
    ...NOBODY,
    ASSIST_ROLLOUTS_CONFIG: file,
    ASSIST_ROLLOUTS_HOME: join(folder, 'home'),
    EVENTS_PUBLC_URL: 'x',
    AUDIT_SIGNING_KEY: 'no key',
  };
  const { code, stdout } = await cli(['doctor', '--json'], { env });
  expect(code).toBe(6);
  const [{ findings }] = jsonLines(stdout) as [{ findings: Finding[] }];
  expect([...new Set(findings.map(({ area }) => area))].sort()).toEqual(Object.keys(AREAS).sort());
  const levelOf = (area: string, check: string) =>
    findings.find((finding) => finding.area === area && finding.check === check)?.level;
  expect([
    levelOf('configuration', 'settings'),
    levelOf('configuration', 'EVENTS_PUBLC_URL'),
    levelOf('configuration', 'CALENDAR_FILE'),
    levelOf('temporal', 'reachable'),
    levelOf('temporal', 'search attributes'),
    levelOf('workers', 'task queue rollouts'),
    levelOf('database', 'reachable'),
    levelOf('database', 'tables'),
    levelOf('organisation', 'token'),
    levelOf('keys', 'AUDIT_SIGNING_KEY'),
    levelOf('machine', 'Node'),
  ]).toEqual([
    'error',
    'warning',
    'error',
    'error',
    'notChecked',
    'notChecked',
    'error',
    'notChecked',
    'notChecked',
    'error',
    'ok',
  ]);
  for (const { level, wayOut, check } of findings)
    if (level === 'error' || level === 'warning') expect([check, wayOut]).toEqual([check, expect.stringMatching(/\S/)]);
  expect((await readdir(folder)).sort()).toEqual(['assist-rollouts.yaml', 'calendar.yaml']);

  const shown = await cli(['doctor', '--only', 'configuration', 'keys', 'machine'], { env });
  const paths = (line: string) => line.replaceAll(folder, '');
  expect(shown.stdout.split('\n').filter((line) => stringWidth(paths(line)) > 80)).toEqual([]);
  expect(shown.stdout).toContain('events.prot: is no setting');
});

test('whoever acts through an api process is not told that their machine has no Temporal', async () => {
  const { code, stdout } = await cli(['doctor', '--json', '--only', 'temporal', 'workers', 'keys'], {
    env: { ASSIST_API_URL: 'https://api.example', XDG_CONFIG_HOME: folder },
  });
  const [{ findings }] = jsonLines(stdout) as [{ findings: Finding[] }];
  expect(findings.filter(({ level }) => level === 'error')).toEqual([]);
  expect(findings.find(({ check }) => check === 'signed in')).toMatchObject({ level: 'warning', seen: 'nobody is' });
  expect(code).toBe(0);
});

test('an area that there is not is refused', async () => {
  const { code, stderr } = await cli(['doctor', '--only', 'kitchen']);
  expect([code, stderr]).toEqual([2, expect.stringContaining('Allowed choices are configuration')]);
});
