import { createHash, randomBytes } from 'node:crypto';
import { PANEL_CLIENT } from '../../src/sandbox/options.ts';
import { call, givenSandbox, until } from './helpers.ts';
import type { Client } from './helpers.ts';

const PAGE = 'http://127.0.0.1:8460/panel';
const VERIFIER = randomBytes(32).toString('base64url');

function authorizeUrl(url: string, more: Readonly<Record<string, string>> = {}): string {
  const query = new URLSearchParams({
    client_id: PANEL_CLIENT.id,
    redirect_uri: PAGE,
    response_type: 'code',
    code_challenge: createHash('sha256').update(VERIFIER).digest('base64url'),
    code_challenge_method: 'S256',
    ...more,
  });
  return `${url}/oauth/authorize?${query.toString()}`;
}

async function redirected(url: string, cookie = ''): Promise<{ to: URL; cookie: string }> {
  const response = await fetch(url, { redirect: 'manual', headers: { cookie } });
  expect(response.status).toBe(302);
  return { to: new URL(response.headers.get('location') ?? ''), cookie: response.headers.get('set-cookie') ?? '' };
}

async function exchange(url: string, code: string | null, more: Readonly<Record<string, string>> = {}) {
  const form = { grant_type: 'authorization_code', client_id: PANEL_CLIENT.id, redirect_uri: PAGE };
  const body = new URLSearchParams({ ...form, code: code ?? '', code_verifier: VERIFIER, ...more });
  const response = await fetch(`${url}/oauth/token`, { method: 'POST', body });
  return { status: response.status, body: (await response.json()) as Readonly<Record<string, unknown>> };
}

async function givenAgent(client: Client): Promise<string> {
  const { body } = await client.call('GET', '/api/v2/users?pageSize=1');
  return (body['entities'] as { id: string }[])[0]?.id ?? '';
}

test('an agent picks who they are, and the code becomes a token of theirs', async () => {
  const client = await givenSandbox();
  const { url } = client.sandbox;
  const agent = await givenAgent(client);
  const page = await (await fetch(authorizeUrl(url))).text();
  expect(page).toContain(agent);
  const { to, cookie } = await redirected(authorizeUrl(url, { agent, state: 'mine' }));
  expect(to.href.startsWith(`${PAGE}?code=`)).toBe(true);
  expect(to.searchParams.get('state')).toBe('mine');
  const { body } = await exchange(url, to.searchParams.get('code'));
  expect(body).toMatchObject({ token_type: 'bearer' });
  const me = await call(`${url}/api/v2/users/me`, 'GET', String(body['access_token']));
  expect(me.body).toMatchObject({ id: agent });
  // Who is logged in is not asked again.
  expect((await redirected(authorizeUrl(url), cookie)).to.searchParams.get('code')).not.toBeNull();
});

test('a code is good once, and only with its verifier and its address', async () => {
  const client = await givenSandbox();
  const { url } = client.sandbox;
  const agent = await givenAgent(client);
  const code = async () => (await redirected(authorizeUrl(url, { agent }))).to.searchParams.get('code');
  const bad = { status: 400, body: { error: 'invalid_grant' } };
  expect(await exchange(url, await code(), { code_verifier: 'x'.repeat(43) })).toMatchObject(bad);
  expect(await exchange(url, await code(), { redirect_uri: `${PAGE}/other` })).toMatchObject(bad);
  const once = await code();
  expect((await exchange(url, once)).status).toBe(200);
  expect(await exchange(url, once)).toMatchObject(bad);
});

test('nobody is sent to a page that is not the client’s, and a client has its own grant only', async () => {
  const client = await givenSandbox();
  const { url } = client.sandbox;
  const foreign = await fetch(authorizeUrl(url, { redirect_uri: 'https://evil.example/' }), { redirect: 'manual' });
  expect(foreign.status).toBe(400);
  const other = await fetch(authorizeUrl(url, { client_id: 'sandbox-client' }), { redirect: 'manual' });
  expect(other.status).toBe(400);
  const form = { grant_type: 'client_credentials', client_id: PANEL_CLIENT.id, client_secret: '' };
  const response = await fetch(`${url}/oauth/token`, { method: 'POST', body: new URLSearchParams(form) });
  expect(await response.json()).toMatchObject({ error: 'unauthorized_client' });
  const { to } = await redirected(authorizeUrl(url, { code_challenge_method: 'plain' }));
  expect(to.searchParams.get('error')).toBe('invalid_request');
});

test('an agent sees the conversations that they are on while these run', async () => {
  const traffic = { cardsPerSecond: 50, agents: 1, lingerMs: 60_000 };
  const client = await givenSandbox({ traffic });
  const { org, url } = client.sandbox;
  const agent = await givenAgent(client);
  const token = org.oauth.tokenOfAgent(PANEL_CLIENT.id, agent);
  await until(() => org.conversations.runningOf(agent, Date.now()).length > 0);
  const mine = await call(`${url}/api/v2/conversations`, 'GET', token);
  const [first] = mine.body['entities'] as { participants: { purpose: string; userId?: string }[] }[];
  expect(first?.participants.find(({ purpose }) => purpose === 'agent')?.userId).toBe(agent);
  expect(first?.participants.map(({ purpose }) => purpose)).toEqual(['customer', 'acd', 'agent']);
  const none = await client.call('GET', '/api/v2/conversations');
  expect(none.body).toMatchObject({ status: 400, code: 'not.a.user' });
});

test('the scopes of the client bind an agent, and permissions too', async () => {
  const client = await givenSandbox();
  const { org, url } = client.sandbox;
  const token = org.oauth.tokenOfAgent(PANEL_CLIENT.id, await givenAgent(client));
  const users = await call(`${url}/api/v2/users`, 'GET', token);
  expect(users.body).toMatchObject({ status: 403, code: 'app.not.authorized.for.scope' });
  expect(users.body['message']).toBe('App not authorized to use scope [users:readonly, users]');
});

test('a page of another origin may ask', async () => {
  const { sandbox } = await givenSandbox();
  const headers = { origin: 'http://127.0.0.1:1', 'access-control-request-method': 'GET' };
  const preflight = await fetch(`${sandbox.url}/api/v2/users/me`, { method: 'OPTIONS', headers });
  expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
});
