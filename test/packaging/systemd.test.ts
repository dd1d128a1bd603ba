/**
 * The units for plain hosts: held against what our processes read, and against systemd's own checks where this machine
 * has them. No manager runs here, so none is started.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROCESS_NEEDS } from '../../src/config/needs.ts';
import { VARIABLES } from '../../src/config/variables.ts';
import { ROOT } from '../helpers/sources.ts';

const UNITS = join(ROOT, 'deploy/systemd');
const PROGRAM = '/opt/assist-rollouts/bin/assist-rollouts';
const services = readdirSync(UNITS).filter((file) => /^assist-rollouts-.*\.service$/.test(file));
const valuesOf = (text: string, key: string): string[] =>
  [...text.matchAll(new RegExp(`^${key}=(.+)$`, 'gm'))].map((match) => match[1] ?? '');
const read = (file: string): string => readFileSync(join(UNITS, file), 'utf8');

/** As an operator installs them, with programs that are there. */
const installed = mkdtempSync(join(tmpdir(), 'units-'));
beforeAll(() => {
  cpSync(UNITS, installed, { recursive: true });
  for (const file of readdirSync(installed).filter((name) => name.endsWith('.service')))
    writeFileSync(
      join(installed, file),
      read(file)
        .replaceAll(PROGRAM, join(ROOT, 'bin/assist-rollouts'))
        .replaceAll('/opt/temporal/server', process.execPath),
    );
  mkdirSync(join(installed, 'empty'));
});
afterAll(() => rmSync(installed, { recursive: true, force: true }));

test('every process of the production table has a unit, which starts its verb as machines read it', () => {
  const verbs = services.map((file) => valuesOf(read(file), 'ExecStart'));
  expect(verbs.flat().toSorted()).toEqual(
    [...Object.keys(PROCESS_NEEDS).filter((verb) => verb !== 'forward'), 'console', 'database setup']
      .map((verb) => `${PROGRAM} ${verb} --json`)
      .toSorted(),
  );
});

test.each(services)('%s gives its process what it cannot do without, and every secret as a credential', (file) => {
  const text = read(file);
  const set = valuesOf(text, 'Environment').flatMap((line) => line.split(' ').map((one) => one.split('=')[0] ?? ''));
  const files = valuesOf(text, 'Environment').flatMap((line) =>
    [...line.matchAll(/=%d\/(\S+)/g)].map((match) => match[1] ?? ''),
  );
  const credentials = valuesOf(text, 'LoadCredential').map((line) => line.split(':')[0] ?? '');
  expect(files.toSorted()).toEqual(credentials.toSorted());
  expect(set.filter((name) => !name.startsWith('TEMPORAL_TLS') && !(name.replace(/_FILE$/, '') in VARIABLES))).toEqual(
    [],
  );
  // Settings that are no secrets stand in the file of the host: docs/hosts.md.
  const verb = / (\w+)/.exec(valuesOf(text, 'ExecStart')[0] ?? '')?.[1] ?? '';
  const needs: readonly string[] = Object.entries(PROCESS_NEEDS).find(([name]) => name === verb)?.[1] ?? [];
  const secretOf: Readonly<Record<string, string>> = {
    genesys: 'GENESYS_CLIENT_SECRET_FILE',
    database: 'DATABASE_URL_FILE',
    signingSecrets: 'EVENTS_SIGNING_SECRETS_FILE',
    panel: 'PANEL_SESSION_SECRET_FILE',
    api: 'ASSIST_ATTESTOR_KEY_FILE',
  };
  const lacking = needs.map((need) => secretOf[need]).filter((name) => name !== undefined && !set.includes(name));
  expect(lacking).toEqual([]);
});

test('each process has a role of the database of its own, and none that runs all day is the owner', () => {
  const roles = services.map((file) => [file, /secrets\/(\w+)-database-url/.exec(read(file))?.[1]]);
  expect(Object.fromEntries(roles)).toEqual({
    'assist-rollouts-api.service': undefined,
    'assist-rollouts-console.service': 'console',
    'assist-rollouts-database.service': 'owner',
    'assist-rollouts-events.service': 'events',
    'assist-rollouts-panel.service': 'panel',
    'assist-rollouts-responder.service': 'events',
    'assist-rollouts-worker@.service': 'worker',
  });
});

test('whoever asks the certificate of a process asks one that deploy/certificates.sh makes', () => {
  const script = readFileSync(join(ROOT, 'deploy/certificates.sh'), 'utf8');
  const made = /for client in ([^;]+);/.exec(script)?.[1]?.split(' ') ?? [];
  const asked = services.flatMap((file) =>
    [...read(file).matchAll(/certificates\/([\w-]+)\/tls\.key/g)].map((m) => m[1]),
  );
  expect(asked.length).toBeGreaterThan(2);
  expect(asked.filter((name) => !made.includes(name ?? ''))).toEqual([]);
});

const analyze = (...args: readonly string[]) =>
  spawnSync('systemd-analyze', args, { encoding: 'utf8', env: { ...process.env, SYSTEMD_UNIT_PATH: `${installed}:` } });

/** Where there is none, what is below says so and tests nothing. */
const hasSystemd = analyze('--version').status === 0;
const whereSystemdIs = (work: () => void) => (): void => {
  if (hasSystemd) work();
  else process.stderr.write('systemd-analyze is not here: the units were not verified by it\n');
};

test(
  'systemd takes every unit, with what all of them share, and has nothing to say',
  whereSystemdIs(() => {
    const units = [...services, 'assist-rollouts.target', 'temporal.service'].map((file) =>
      join(installed, file.replace('@.', '@1.')),
    );
    cpSync(join(installed, 'assist-rollouts-worker@.service'), join(installed, 'assist-rollouts-worker@1.service'));
    const { status, stderr } = analyze('verify', ...units);
    expect([status, stderr]).toEqual([0, '']);
    writeFileSync(join(installed, 'wrong.service'), '[Service]\nExecStart=/nonexistent\nRestrat=always\n');
    expect(analyze('verify', join(installed, 'wrong.service')).stderr).toMatch(/Restrat/);
  }),
);

test(
  'what a process could do beyond its work is taken away: systemd counts an exposure of 1.5 of 10 at most',
  whereSystemdIs(() => {
    for (const file of [...services, 'temporal.service']) {
      const { stdout, status } = analyze('security', '--offline=true', '--threshold=15', join(installed, file));
      expect([file, status, /Overall exposure.*/.exec(stdout)?.[0]]).toEqual([file, 0, expect.any(String)]);
    }
    writeFileSync(join(installed, 'bare.service'), `[Service]\nExecStart=${process.execPath}\n`);
    expect(analyze('security', '--offline=true', '--threshold=15', join(installed, 'bare.service')).status).not.toBe(0);
  }),
);
