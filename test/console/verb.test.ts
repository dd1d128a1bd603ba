/** `console` and `console sign-in`, as they are typed: what keeps one from starting, and a person from console to key and back. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../bench/lib/ports.ts';
import { newActorKey } from '../../src/identity/key.ts';
import { cli } from '../cli/fixtures.ts';

const attestor = newActorKey('console');
const ana = newActorKey('ana');
/** Nothing listens there; the console starts all the same, and says on its pages what is away. */
const TEMPORAL_ADDRESS = '127.0.0.1:1';
let folder: string;
let env: Record<string, string>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assist-console-'));
  const file = async (name: string, text: string): Promise<string> => {
    await writeFile(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  const list = {
    operators: [{ name: 'ana', key: ana.key.publicKey, roles: ['operator'] }],
    attestors: [{ name: 'console', key: attestor.key.publicKey }],
  };
  env = {
    TEMPORAL_ADDRESS,
    OPERATORS_FILE: await file('operators.yaml', JSON.stringify(list)),
    ASSIST_ATTESTOR_KEY_FILE: await file('console-key.json', attestor.text),
    CONSOLE_SESSION_SECRET: 'Kq1p9sVbXw0Zc3LrTt8uYd',
  };
  await file('ana.json', ana.text);
  await file('stranger.json', newActorKey('console').text);
});
afterAll(() => rm(folder, { recursive: true }));

test.each<[string, () => Record<string, string>, string]>([
  ['nobody could sign in', () => ({ OPERATORS_FILE: '' }), 'OPERATORS_FILE: is not set'],
  ['it could act for nobody', () => ({ ASSIST_ATTESTOR_KEY_FILE: '' }), 'ASSIST_ATTESTOR_KEY: is not set'],
  [
    'no worker would take its word',
    () => ({ ASSIST_ATTESTOR_KEY_FILE: join(folder, 'stranger.json') }),
    'is not listed',
  ],
  ['nobody is told who may look', () => ({ CONSOLE_READERS: 'all' }), 'CONSOLE_READERS: is "all"'],
  ['its address is plain http', () => ({ CONSOLE_PUBLIC_URL: 'http://console.example.com' }), 'CONSOLE_PUBLIC_URL'],
  ['its address has a path', () => ({ CONSOLE_PUBLIC_URL: 'https://example.com/console' }), 'CONSOLE_PUBLIC_URL'],
  ['its secret is short', () => ({ CONSOLE_SESSION_SECRET: 'short' }), 'CONSOLE_SESSION_SECRET: has fewer than'],
])('it does not start where %s', async (_why, more, said) => {
  const { code, stderr, stdout } = await cli(['console', '--port', '0'], { env: { ...env, ...more() } });
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(said);
});

interface Running {
  readonly url: string;
  stop(): Promise<number>;
}

const stops: (() => Promise<number>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function start(more: Readonly<Record<string, string>> = {}): Promise<Running> {
  const stop = new AbortController();
  let ran: ReturnType<typeof cli> | undefined;
  const url = await new Promise<string>((resolve, reject) => {
    ran = cli(['console', '--port', '0', '--json'], {
      env: { ...env, ...more },
      signal: stop.signal,
      onStdout: (text) => resolve((JSON.parse(text) as { url: string }).url),
    });
    ran.then(({ stderr }) => reject(new Error(stderr)), reject);
  });
  const stopped = async (): Promise<number> => {
    stop.abort();
    return (await ran)?.code ?? 1;
  };
  stops.push(stopped);
  return { url, stop: stopped };
}

test('a person signs in with the link that their own machine prints, and their key stays there', async () => {
  const running = await start();
  const signIn = (more: Readonly<Record<string, string>>, ...args: readonly string[]) =>
    cli(['console', 'sign-in', '--url', running.url, '--json', ...args], { env: { ...env, ...more } });
  expect(await signIn({})).toMatchObject({ code: 2, stdout: expect.stringContaining('You have no key') as string });
  const { code, stdout } = await signIn({ ASSIST_OPERATOR_KEY_FILE: join(folder, 'ana.json') });
  const { link, as } = JSON.parse(stdout) as { link: string; as: string };
  expect([code, as]).toEqual([0, 'ana']);
  const secret = (JSON.parse(ana.text) as { d: string }).d;
  expect(link).not.toContain(secret);
  const { origin, hash } = new URL(link);
  const answer = await fetch(`${origin}/sign-in/key`, {
    method: 'POST',
    headers: { origin, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ proof: hash.slice('#proof='.length) }).toString(),
  });
  const cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  expect([answer.status, cookie.startsWith('assist-session=')]).toEqual([200, true]);
  expect((await fetch(`${origin}/plan`, { headers: { accept: 'text/html' } })).status).toBe(401);
  const page = await fetch(`${origin}/plan`, { headers: { accept: 'text/html', cookie } });
  expect([page.status, (await page.text()).includes('ana')]).toEqual([200, true]);
  expect(await running.stop()).toBe(0);
});

test('where anyone may look and nobody is listed, it starts, takes nobody in, and says that it is no place to sign in', async () => {
  const running = await start({ OPERATORS_FILE: '', ASSIST_ATTESTOR_KEY_FILE: '', CONSOLE_READERS: 'anyone' });
  const asked = await cli(['console', 'sign-in', '--url', running.url], {
    env: { ...env, ASSIST_OPERATOR_KEY_FILE: join(folder, 'ana.json') },
  });
  expect([asked.code, asked.stderr]).toEqual([4, expect.stringContaining('is no console at which people sign in')]);
  expect(await running.stop()).toBe(0);
});

test('its requests are measured, as those of the other processes', async () => {
  const METRICS_PORT = String(await freePort());
  const running = await start({ METRICS_PORT });
  for (const path of ['/health', '/health', '/sign-in', '/nowhere']) await fetch(`${running.url}${path}`);
  const text = await (await fetch(`http://127.0.0.1:${METRICS_PORT}/metrics`)).text();
  const counted = (status: string): string =>
    `assist_rollouts_http_request_duration_seconds_count{server="console",status="${status}"}`;
  expect(text).toContain(`${counted('2xx')} 3`);
  expect(text).toContain(`${counted('4xx')} 1`);
  expect(await running.stop()).toBe(0);
});

test.each([
  ['http://console.example.com', 2, 'is no https address'],
  ['http://127.0.0.1:1', 4, 'No console answers'],
])('no link is signed for %s', async (url, code, said) => {
  const ran = await cli(['console', 'sign-in', '--url', url], {
    env: { ...env, ASSIST_OPERATOR_KEY_FILE: join(folder, 'ana.json') },
  });
  expect([ran.code, ran.stdout]).toEqual([code, '']);
  expect(ran.stderr).toContain(said);
});
