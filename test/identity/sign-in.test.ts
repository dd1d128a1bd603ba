/** Signing in by the device grant, what is kept of it, and how long it lasts. */
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loginFile, tokenFor } from '../../src/compose/api-client.ts';
import { createBoundedFetch } from '../../src/http/bounded-fetch.ts';
import { signIn } from '../../src/identity/sign-in.ts';
import type { Tokens } from '../../src/identity/sign-in.ts';
import { changeLogin, readLogin } from '../../src/identity/token-file.ts';
import { CLIENT, startIdentityProvider } from '../helpers/identity-provider.ts';
import type { IdentityProvider } from '../helpers/identity-provider.ts';
import { PATIENCE_MS } from '../helpers/patience.ts';

const API = 'https://rollouts.example.com';
const fetch = createBoundedFetch({ timeoutMs: PATIENCE_MS, maxBytes: 64 * 1024, agentFor: () => undefined });
let provider: IdentityProvider;
let home: string;

beforeAll(async () => {
  provider = await startIdentityProvider();
  home = await mkdtemp(join(tmpdir(), 'assist-login-'));
});
afterAll(async () => {
  await provider.close();
  await rm(home, { recursive: true });
});

const place = () => ({ issuer: provider.issuer, clientId: CLIENT, scopes: ['openid'], token: 'id' as const });
const env = () => ({ XDG_CONFIG_HOME: home });
const fileOf = () => loginFile(env());

/** Signs in; the person at the browser confirms as `as`, or refuses. */
function begin(as: object | null, signal = new AbortController().signal): Promise<Tokens> {
  return signIn(place(), {
    fetch,
    now: Date.now,
    signal,
    onCode: ({ code }) => provider.confirm(code, as as never),
  });
}

async function keep(tokens: Tokens): Promise<void> {
  const { token, ...rest } = tokens;
  const { issuer, clientId, scopes } = place();
  await changeLogin(fileOf(), API, async () => ({ issuer, clientId, scopes, kind: 'id', token, ...rest }));
}

const ask = (more: object = {}) => tokenFor({ ...env(), ...more }, API, { fetch, now: Date.now });

test('a person confirms the code at the browser, and what is kept is theirs alone', async () => {
  const tokens = await begin({ sub: 'u-ana' });
  expect(JSON.parse(Buffer.from(tokens.token.split('.')[1] ?? '', 'base64url').toString())).toMatchObject({
    sub: 'u-ana',
  });
  expect(tokens.expiresAtMs - Date.now()).toBeGreaterThan(200_000);
  await keep(tokens);
  expect((await stat(fileOf())).mode & 0o777).toBe(0o600);
  expect(await ask()).toBe(tokens.token);
});

test('one who refuses, and one who leaves, is not signed in', async () => {
  await expect(begin(null)).rejects.toMatchObject({
    code: 'login-failed',
    message: expect.stringContaining('refused') as string,
  });
  const stop = new AbortController();
  stop.abort();
  await expect(begin({ sub: 'u' }, stop.signal)).rejects.toMatchObject({ code: 'login-failed' });
  provider.broken = { status: 500 };
  await expect(begin({ sub: 'u' })).rejects.toMatchObject({
    message: expect.stringContaining(provider.issuer) as string,
  });
  provider.broken = null;
});

test('a token that is about to end is refreshed once, however many ask at the same time', async () => {
  provider.lifeSeconds = 30;
  await keep(await begin({ sub: 'u-ana' }));
  provider.lifeSeconds = 900;
  const tokens = await Promise.all([ask(), ask(), ask()]);
  expect(provider.refreshed).toHaveLength(1);
  expect(new Set(tokens).size).toBe(1);
  // The one that replaced it is kept, and one that the provider does not take any more is forgotten.
  await changeLogin(fileOf(), API, async (now) => now && { ...now, expiresAtMs: 0 });
  expect(await ask()).not.toBe('');
  expect(provider.refreshed).toHaveLength(2);
  await changeLogin(fileOf(), API, async (now) => now && { ...now, expiresAtMs: 0, refreshToken: 'stolen' });
  await expect(ask()).rejects.toMatchObject({
    code: 'login-missing',
    message: expect.stringContaining('any more') as string,
  });
  expect(await readLogin(fileOf(), API)).toBeNull();
});

test('who is not signed in is told how; what is damaged is nobody’s; a CI gives its own token', async () => {
  await changeLogin(fileOf(), API, async () => null);
  await expect(ask()).rejects.toMatchObject({ code: 'login-missing', message: `You are not signed in at ${API}.` });
  await writeFile(fileOf(), '{"half');
  await expect(ask()).rejects.toMatchObject({ code: 'login-missing' });
  expect(await ask({ ASSIST_TOKEN: ' a.b.c\n' })).toBe('a.b.c');
  expect(await readFile(fileOf(), 'utf8')).toBe('{"half');
});
