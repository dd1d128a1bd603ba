import { ACTIONS, actionBody, askToken, call, clientOf, givenSandbox } from './helpers.ts';
import { ALL_SCOPES, DEFAULT_CLIENT } from '../../src/sandbox/options.ts';

describe('token endpoint', () => {
  test('client credentials become a bearer token that opens the API', async () => {
    const { sandbox } = await givenSandbox({ tokenLifetimeSeconds: 600 });
    const answer = await askToken(sandbox.url, 'sandbox-client', 'sandbox-secret');
    expect(answer).toMatchObject({ status: 200, body: { token_type: 'bearer', expires_in: 600 } });
    expect((await call(sandbox.url + ACTIONS, 'GET', String(answer.body['access_token']))).status).toBe(200);
  });

  test('credentials in the form are accepted too', async () => {
    const { sandbox } = await givenSandbox();
    const form = { grant_type: 'client_credentials', client_id: 'sandbox-client', client_secret: 'sandbox-secret' };
    const response = await fetch(`${sandbox.url}/oauth/token`, { method: 'POST', body: new URLSearchParams(form) });
    expect(response.status).toBe(200);
  });

  test.each([
    ['sandbox-client', 'wrong', 'authentication failed'],
    ['nobody', 'sandbox-secret', 'client not found'],
  ])('%s with secret %s is a 400 invalid_client: %s', async (id, secret, description) => {
    const { sandbox } = await givenSandbox();
    const answer = await askToken(sandbox.url, id, secret);
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual({ error: 'invalid_client', description, error_description: description });
    expect(answer.headers.get('ININ-Correlation-Id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('too many tokens are throttled with a 400, not a 429', async () => {
    const { sandbox } = await givenSandbox({ tokensPerMinute: 1 });
    const answer = await askToken(sandbox.url, 'sandbox-client', 'sandbox-secret');
    expect(answer).toMatchObject({
      status: 400,
      body: { error: 'invalid_request', description: expect.stringMatching(/^rate limit exceeded;/) },
    });
  });
});

describe('bearer token', () => {
  test('a call without one is told so', async () => {
    const { sandbox } = await givenSandbox();
    const { status, body, headers } = await call(sandbox.url + ACTIONS, 'GET', undefined);
    const contextId = headers.get('ININ-Correlation-Id');
    expect(status).toBe(401);
    expect(body).toEqual({
      message: 'No authentication bearer token specified in authorization header.',
      code: 'authentication.required',
      status: 401,
      contextId,
      details: [],
      errors: [],
    });
  });

  test('it expires', async () => {
    let now = Date.now();
    const { call: ask } = await givenSandbox({ tokenLifetimeSeconds: 300, now: () => now });
    now += 299_000;
    expect((await ask('GET', ACTIONS)).status).toBe(200);
    now += 1_000;
    expect(await ask('GET', ACTIONS)).toMatchObject({
      status: 401,
      body: { code: 'bad.credentials', message: 'Invalid login credentials.' },
    });
  });

  test('revoked tokens are refused, new ones are not', async () => {
    const { sandbox, call: ask } = await givenSandbox();
    expect((await ask('DELETE', '/sandbox/tokens')).status).toBe(204);
    expect((await ask('GET', ACTIONS)).status).toBe(401);
    const renewed = await clientOf(sandbox);
    expect((await renewed.call('GET', ACTIONS)).status).toBe(200);
  });
});

describe('rights', () => {
  test('a missing scope is a 403 that names it in body and header', async () => {
    const scopes = ALL_SCOPES.filter((scope) => scope !== 'agentassist:action:write');
    const { call: ask } = await givenSandbox({ clients: [{ id: 'sandbox-client', secret: 'sandbox-secret', scopes }] });
    expect((await ask('GET', ACTIONS)).status).toBe(200);
    const { status, body, headers } = await ask('POST', ACTIONS, actionBody('1.5.0', 0));
    expect(status).toBe(403);
    expect(body).toMatchObject({
      code: 'app.not.authorized.for.scope',
      message: 'App not authorized to use scope [agentassist:action:write]',
    });
    expect(headers.get('WWW-Authenticate')).toBe('Bearer error="insufficient_scope", scope="agentassist:action:write"');
  });

  test('a missing permission is a 403 that names it', async () => {
    const client = {
      id: 'sandbox-client',
      secret: 'sandbox-secret',
      scopes: ALL_SCOPES,
      permissions: ['agentassist:action:view'],
    };
    const { call: ask } = await givenSandbox({ clients: [client] });
    expect((await ask('GET', ACTIONS)).status).toBe(200);
    expect(await ask('POST', ACTIONS, actionBody('1.5.0', 0))).toMatchObject({
      status: 403,
      body: {
        code: 'missing.permissions',
        message:
          'Unable to perform the requested action. You are missing the following permission(s): agentassist:action:add',
      },
    });
  });
});

describe('rate limit', () => {
  test('answers count down the quota; beyond it comes a 429 with Retry-After in whole seconds; the next window is open', async () => {
    let now = Date.now();
    const { sandbox, call: ask } = await givenSandbox({ rateLimitPerMinute: 2, now: () => now });
    const first = await ask('GET', ACTIONS);
    expect(['count', 'allowed', 'reset'].map((name) => first.headers.get(`inin-ratelimit-${name}`))).toEqual([
      '1',
      '2',
      '60',
    ]);
    now += 17_500;
    expect((await ask('GET', ACTIONS)).headers.get('inin-ratelimit-count')).toBe('2');
    const refused = await ask('GET', ACTIONS);
    expect(refused.status).toBe(429);
    expect(refused.headers.get('Retry-After')).toBe('43');
    expect(refused.body).toMatchObject({
      message: 'Rate limit exceeded the maximum. Retry the request in [43] seconds',
      code: 'too.many.requests.retry.after',
      status: 429,
    });
    const other = await clientOf(sandbox);
    expect((await other.call('GET', ACTIONS)).status).toBe(200);
    now += 42_500;
    expect((await ask('GET', ACTIONS)).status).toBe(200);
  });
});

test('calls are counted by the client that made them, refused ones too', async () => {
  const client = await givenSandbox({
    rateLimitPerMinute: 2,
    clients: [DEFAULT_CLIENT, { id: 'other', secret: 'other', scopes: ALL_SCOPES }],
  });
  const other = await clientOf(client.sandbox, 'other', 'other');
  for (let i = 0; i < 3; i++) await client.call('GET', ACTIONS);
  await other.call('GET', ACTIONS);
  expect((await client.call('GET', '/sandbox/health')).body).toMatchObject({
    calls: { 'sandbox-client': 3, other: 1 },
  });
});
