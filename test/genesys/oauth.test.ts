import { inspect } from 'node:util';
import { GenesysError } from '../../src/genesys/errors.ts';
import { createTokenSource } from '../../src/genesys/oauth.ts';
import type { TokenSource } from '../../src/genesys/oauth.ts';
import { createTransport } from '../../src/genesys/transport.ts';
import { PATIENCE_MS } from '../helpers/patience.ts';
import { startScriptedServer } from '../helpers/scripted-server.ts';
import type { Reply, ScriptedServer } from '../helpers/scripted-server.ts';

const SECRET = 'very-secret-secret';
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

interface Scene {
  readonly server: ScriptedServer;
  readonly tokens: TokenSource;
  nowMs: number;
}

async function sceneWith(reply: (asked: number) => Reply): Promise<Scene> {
  let asked = 0;
  const server = await startScriptedServer(() => reply((asked += 1)));
  const transport = createTransport(PATIENCE_MS);
  closers.push(
    () => transport.close(),
    () => server.close(),
  );
  const clock = { nowMs: 0 };
  const tokens = createTokenSource({
    transport,
    loginUrl: server.url,
    clientId: 'the-client',
    clientSecret: SECRET,
    now: () => clock.nowMs,
  });
  return Object.assign(clock, { server, tokens });
}

const token = (n: number, expiresIn = 86_400): Reply => ({
  body: { access_token: `token-${n}`, token_type: 'bearer', expires_in: expiresIn },
});

async function failureOf(promise: Promise<unknown>): Promise<GenesysError> {
  const error = await promise.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  expect(error).toBeInstanceOf(GenesysError);
  return error as GenesysError;
}

test('asks by the client credentials grant, with the credentials in the Basic header and not in the body', async () => {
  const { server, tokens } = await sceneWith((n) => token(n));
  expect(await tokens.get()).toBe('token-1');
  const [request] = server.asked('POST', '/oauth/token');
  expect(request?.headers.authorization).toBe(`Basic ${Buffer.from(`the-client:${SECRET}`).toString('base64')}`);
  expect(request?.headers['content-type']).toContain('application/x-www-form-urlencoded');
  expect(request?.text).toBe('grant_type=client_credentials');
});

test('keeps a token until 60 s before its end', async () => {
  const scene = await sceneWith((n) => token(n, 3600));
  await scene.tokens.get();
  scene.nowMs = 3_539_999;
  expect(await scene.tokens.get()).toBe('token-1');
  scene.nowMs = 3_540_000;
  expect(await scene.tokens.get()).toBe('token-2');
});

test('keeps a token of a short life until a tenth of it is left', async () => {
  const scene = await sceneWith((n) => token(n, 10));
  await scene.tokens.get();
  scene.nowMs = 8_999;
  expect(await scene.tokens.get()).toBe('token-1');
  scene.nowMs = 9_000;
  expect(await scene.tokens.get()).toBe('token-2');
});

test('one request is in flight for 50 callers', async () => {
  const { server, tokens } = await sceneWith((n) => token(n));
  const all = await Promise.all(Array.from({ length: 50 }, () => tokens.get()));
  expect(new Set(all)).toEqual(new Set(['token-1']));
  expect(server.requests).toHaveLength(1);
});

test('a token that was refused is forgotten, but never a newer one', async () => {
  const { server, tokens } = await sceneWith((n) => token(n));
  await tokens.get();
  tokens.invalidate('token-1');
  expect(await tokens.get()).toBe('token-2');
  tokens.invalidate('token-1');
  expect(await tokens.get()).toBe('token-2');
  expect(server.requests).toHaveLength(2);
});

test('a failed request is not remembered: the next caller asks anew', async () => {
  const { tokens } = await sceneWith((n) => (n === 1 ? { status: 503 } : token(n)));
  expect((await failureOf(tokens.get())).kind).toBe('unavailable');
  expect(await tokens.get()).toBe('token-2');
});

test.each([400, 401])('a bad client (%i) is told apart, with its way out and without the secret', async (status) => {
  const said = `authentication failed for ${SECRET}`;
  const { tokens } = await sceneWith(() => ({
    status,
    body: { error: 'invalid_client', description: said, error_description: said },
  }));
  const error = await failureOf(tokens.get());
  expect(error).toMatchObject({ kind: 'badClient', status, code: 'invalid_client' });
  expect(error.message).toContain('GENESYS_CLIENT_SECRET');
  expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(SECRET);
});

test('throttling of the token endpoint is a 400 with a text, and means waiting', async () => {
  const said = 'rate limit exceeded; too many tokens';
  const { tokens } = await sceneWith(() => ({ status: 400, body: { error: 'invalid_request', description: said } }));
  expect(await failureOf(tokens.get())).toMatchObject({ kind: 'rateLimited', status: 400 });
});

test('a throttled endpoint is left alone for as long as it says, whoever asks for a token', async () => {
  const { server, tokens } = await sceneWith((asked) =>
    asked === 1
      ? { status: 429, headers: { 'retry-after': '1' }, body: { message: 'too many' } }
      : { body: { access_token: 'token-2', expires_in: 60 } },
  );
  const first = await failureOf(tokens.get());
  expect(first).toMatchObject({ kind: 'rateLimited', retryAfterMs: 1_000 });
  expect([await failureOf(tokens.get()), server.requests.length]).toEqual([first, 1]);
  let token: string | null = null;
  for (const end = Date.now() + PATIENCE_MS; token === null && Date.now() < end;) {
    token = await tokens.get().catch(() => null);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect([token, server.requests.length]).toEqual(['token-2', 2]);
});

test('an answer without a token is a bad answer, not a token', async () => {
  const { tokens } = await sceneWith(() => ({ body: { token: 'x' } }));
  expect((await failureOf(tokens.get())).kind).toBe('badAnswer');
});

test('neither a dropped connection nor a timeout shows the credentials', async () => {
  const { tokens } = await sceneWith(() => 'drop');
  const error = await failureOf(tokens.get());
  expect(error.kind).toBe('network');
  const shown = inspect(error, { depth: 10, showHidden: true });
  expect(shown).not.toContain(SECRET);
  expect(shown).not.toContain(Buffer.from(`the-client:${SECRET}`).toString('base64'));
});
