/** How looks are taken, and those that need no server: addresses, certificates, files, room, builds, clocks. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildName, buildOf, differenceOf } from '../../src/doctor/build.ts';
import { clockSeen } from '../../src/doctor/clock.ts';
import type { Finding } from '../../src/doctor/finding.ts';
import { loginSeen } from '../../src/doctor/keys.ts';
import { fileChecks, nodeSeen, roomSeen } from '../../src/doctor/machine.ts';
import { networkChecks } from '../../src/doctor/network.ts';
import { runChecks } from '../../src/doctor/run-checks.ts';
import type { Check } from '../../src/doctor/run-checks.ts';
import { createBoundedFetch } from '../../src/http/bounded-fetch.ts';
import { PATIENCE_MS } from '../helpers/patience.ts';
import { startScriptedServer } from '../helpers/scripted-server.ts';
import type { Reply } from '../helpers/scripted-server.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assist-doctor-'));
});
afterAll(() => rm(folder, { recursive: true }));

const NOW = Date.parse('2026-03-01T10:00:00Z');

test('each look is taken, in its order, whatever becomes of the others', async () => {
  const check = (name: string, look: Check['look'], limitMs = PATIENCE_MS): Check => ({
    area: 'machine',
    name,
    expected: 'x',
    look,
    limitMs,
  });
  const found = await runChecks([
    check('hangs', () => new Promise(() => undefined), 50),
    check('fails', () => Promise.reject(new Error('broken'))),
    check('late and two', async () => {
      await new Promise((resolve) => setImmediate(resolve));
      return [
        { check: 'one', level: 'ok', seen: '1' },
        { check: 'two', level: 'ok', seen: '2' },
      ];
    }),
  ]);
  expect(found.map(({ check: name, level, seen }) => [name, level, seen])).toEqual([
    ['hangs', 'notChecked', 'no answer within 0.05 s'],
    ['fails', 'notChecked', 'broken'],
    ['one', 'ok', '1'],
    ['two', 'ok', '2'],
  ]);
});

describe('addresses', () => {
  const fetch = createBoundedFetch({ timeoutMs: PATIENCE_MS, maxBytes: 10_000, agentFor: () => undefined });
  const look = (url: string, now = NOW): Promise<Finding[]> =>
    runChecks(
      networkChecks([{ name: 'EVENTS_PUBLIC_URL', url, health: '/healthz', process: 'events' }], {
        fetch,
        now: () => now,
      }),
    );

  test.each<[Reply, string, string]>([
    [{ body: { status: 'ok' } }, 'ok', 'answers from here'],
    [{ status: 404, body: {} }, 'warning', 'status 404'],
    [{ status: 503, body: {} }, 'error', 'status 503'],
    [{ body: 'a parked domain' }, 'warning', 'status 200'],
    ['drop', 'warning', 'does not answer from here'],
  ])('%j is %s', async (reply, level, seen) => {
    const server = await startScriptedServer(() => reply);
    try {
      const [found] = await look(`${server.url}/base/`);
      expect(found).toMatchObject({ level, seen: expect.stringContaining(seen) as string });
      expect(server.requests.map(({ method, path }) => `${method} ${path}`)).toEqual(['GET /base/healthz']);
    } finally {
      await server.close();
    }
  });

  test('a certificate that ends soon is told before it has, and one that nobody vouches for is an error', async () => {
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const making =
      'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj /CN=events.example';
    execFileSync('openssl', [...making.split(' '), '-keyout', key, '-out', cert], { stdio: 'ignore' });
    const answer = { key: readFileSync(key), cert: readFileSync(cert) };
    const server = https.createServer(answer, (_, response) => void response.end('{}'));
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      const at = async (days: number) => (await look(url, Date.now() + days * 86_400_000))[1];
      expect(await at(0)).toMatchObject({
        level: 'ok',
        seen: expect.stringMatching(/^events.example, good for (29|30) days$/) as string,
      });
      expect(await at(20)).toMatchObject({ level: 'warning' });
      expect(await at(40)).toMatchObject({ level: 'error', seen: expect.stringContaining('which ended') as string });
      expect((await look(url))[0]).toMatchObject({
        level: 'error',
        seen: expect.stringContaining('SELF_SIGNED') as string,
      });
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => void server.close(resolve));
    }
  });
});

test.each<[number, boolean, string]>([
  [0o600, true, 'ok'],
  [0o640, true, 'ok'],
  [0o644, true, 'warning'],
  [0o644, false, 'ok'],
  [0o666, false, 'warning'],
])('a file of mode %o (private: %s) is %s', async (mode, isPrivate, level) => {
  const path = join(folder, 'file');
  await writeFile(path, 'x');
  await chmod(path, mode);
  const [found] = await runChecks(fileChecks('keys', [{ name: 'key', path, isPrivate }]));
  expect(found).toMatchObject({ area: 'keys', check: 'key', level });
  if (level === 'warning') expect(found?.wayOut).toBe(`chmod ${isPrivate ? 'o-rwx' : 'o-w'} ${path}`);
});

test('a file that is not there is an error, but for one that is to be made', async () => {
  const path = join(folder, 'none', 'of', 'them');
  const look = async (isWritten: boolean) =>
    (await runChecks(fileChecks('machine', [{ name: 'x', path, isPrivate: true, isWritten }])))[0];
  expect(await look(false)).toMatchObject({ level: 'error', seen: `${path} is not there` });
  expect(await look(true)).toMatchObject({ level: 'ok', seen: `${folder} can be written` });
});

test.each([
  [5 * 1024 ** 3, 'ok'],
  [1024 ** 3 - 1, 'warning'],
  [1024 ** 2, 'error'],
])('%d free bytes are %s', (free, level) => {
  expect(roomSeen('room', '/x', free)).toMatchObject({ level });
});

test.each([
  ['20.19.5', 'error'],
  ['20.20.0', 'ok'],
  ['22.1.0', 'ok'],
])('Node %s is %s', (version, level) => expect(nodeSeen(version)).toMatchObject({ level }));

test.each([
  [0, 'ok', 'as it’s'],
  [-31_000, 'warning', '31 s behind it’s'],
  [301_000, 'error', '301 s ahead of it’s'],
])('a clock that is %d ms off is %s', (off, level, seen) => {
  expect(clockSeen('clock', 'it', off)).toMatchObject({ level, seen });
});

test.each([
  [null, 'warning', 'nobody is'],
  [{ expiresAtMs: NOW + 600_000, refreshToken: null }, 'ok', 'for 10 m more'],
  [{ expiresAtMs: NOW - 600_000, refreshToken: 'r' }, 'ok', 'the token is renewed at the next act'],
  [{ expiresAtMs: NOW - 600_000, refreshToken: null }, 'warning', 'the token ended 10 m ago'],
])('a login of %j is %s', (login, level, seen) => {
  expect(loginSeen(login, 'https://api', NOW)).toMatchObject({ level, seen });
});

test('a worker is known by what it calls itself, and compared by version, then by code', () => {
  const own = { version: '0.10.0', code: 'aaaa1111' };
  expect(buildOf(`12@host ${buildName(own)}`)).toEqual(own);
  expect(buildOf('12@host')).toBeNull();
  expect(differenceOf(own, own)).toBeNull();
  expect(differenceOf({ ...own, version: '0.9.0' }, own)).toBe('older than this program: 0.9.0, not 0.10.0');
  expect(differenceOf({ ...own, version: '0.11.0' }, own)).toContain('newer');
  expect(differenceOf({ ...own, code: 'bbbb2222' }, own)).toBe('another build of 0.10.0 than this program');
});
