import { inspect } from 'node:util';
import { GenesysError } from '../../src/genesys/errors.ts';
import type { GenesysErrorKind } from '../../src/genesys/errors.ts';
import type { GenesysClient, GenesysClientOptions } from '../../src/genesys/client.ts';
import { startScriptedServer } from '../helpers/scripted-server.ts';
import type { Reply, ScriptedServer, SeenRequest } from '../helpers/scripted-server.ts';
import { CLIENT, clientOf, errorBody } from './with-organisation.ts';

const ACTION = { id: 'a-1', name: 'RefundAssist v1.0.0', enabled: true };
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

interface Scene {
  readonly server: ScriptedServer;
  readonly client: GenesysClient;
  /** Tokens given out so far: `token-1`, `token-2`, ... */
  tokens: number;
}

async function sceneWith(
  reply: (request: SeenRequest, scene: Scene) => Reply,
  options: Partial<GenesysClientOptions> = {},
): Promise<Scene> {
  const counter = { tokens: 0 };
  const server = await startScriptedServer((request) => {
    if (request.path !== '/oauth/token') return reply(request, scene);
    counter.tokens += 1;
    return { body: { access_token: `token-${counter.tokens}-unseen`, expires_in: 3600 } };
  });
  const client = clientOf(server.url, options);
  closers.push(
    () => client.close(),
    () => server.close(),
  );
  const scene: Scene = Object.assign(counter, { server, client });
  return scene;
}

async function failureOf(promise: Promise<unknown>): Promise<GenesysError> {
  const error = await promise.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  expect(error).toBeInstanceOf(GenesysError);
  return error as GenesysError;
}

const get = (client: GenesysClient): Promise<unknown> => client.actions.get('a-1');
const bearerOf = (request: SeenRequest): string => request.headers.authorization ?? '';

describe('the token', () => {
  test('is sent as bearer, and asked for once for many calls', async () => {
    const { client, server } = await sceneWith(() => ({ body: ACTION }));
    await Promise.all(Array.from({ length: 20 }, () => get(client)));
    expect(server.asked('POST', '/oauth/token')).toHaveLength(1);
    expect(server.asked('GET', '/api/v2/agentassist/actions/a-1').map(bearerOf)).toEqual(
      Array(20).fill('Bearer token-1-unseen'),
    );
  });

  test('that is refused with 401 is refreshed once and the call repeated once, unseen by the caller', async () => {
    const { client, server } = await sceneWith((request) =>
      bearerOf(request) === 'Bearer token-1-unseen'
        ? { status: 401, body: errorBody(401, 'bad.credentials') }
        : { body: ACTION },
    );
    expect(await get(client)).toMatchObject({ value: ACTION });
    expect(server.requests.map((request) => request.path)).toEqual([
      '/oauth/token',
      '/api/v2/agentassist/actions/a-1',
      '/oauth/token',
      '/api/v2/agentassist/actions/a-1',
    ]);
  });

  test('that dies under 50 calls at once is refreshed once', async () => {
    const { client, server } = await sceneWith((request) =>
      bearerOf(request) === 'Bearer token-1-unseen'
        ? { status: 401, body: errorBody(401, 'bad.credentials') }
        : { body: ACTION },
    );
    await Promise.all(Array.from({ length: 50 }, () => get(client)));
    expect(server.asked('POST', '/oauth/token')).toHaveLength(2);
  });

  test('that is refused again after the refresh ends the call: no third try', async () => {
    const { client, server } = await sceneWith(() => ({ status: 401, body: errorBody(401, 'bad.credentials') }));
    expect((await failureOf(get(client))).kind).toBe('unauthorized');
    expect(server.asked('GET', '/api/v2/agentassist/actions/a-1')).toHaveLength(2);
  });

  test('never stands in an error, even when the server repeats it', async () => {
    const echo = (request: SeenRequest): Reply => ({
      status: 400,
      body: errorBody(400, 'bad.request', { message: `bad header ${bearerOf(request)}` }),
    });
    const scenes = [
      await sceneWith(echo),
      await sceneWith(() => 'drop'),
      await sceneWith(() => 'hang', { requestTimeoutMs: 300 }),
      await sceneWith(() => ({ body: 'no json' })),
    ];
    for (const { client } of scenes) {
      const shown = inspect(await failureOf(get(client)), { depth: 12, showHidden: true });
      expect(shown).not.toContain('token-1-unseen');
      expect(shown).not.toContain(CLIENT.clientSecret);
    }
  });

  test('never stands in the log', async () => {
    const lines: string[] = [];
    const logger = {
      debug: (fields: object, message: string) => lines.push(inspect({ fields, message }, { depth: 9 })),
    };
    const { client } = await sceneWith(() => ({ body: ACTION, headers: { 'ININ-Correlation-Id': 'corr-7' } }), {
      logger,
    });
    await get(client);
    expect(lines.join('\n')).toContain('corr-7');
    expect(lines.join('\n')).not.toContain('token-1-unseen');
  });
});

describe('a refusal', () => {
  const kinds: readonly (readonly [number, GenesysErrorKind])[] = [
    [400, 'badRequest'],
    [403, 'forbidden'],
    [404, 'notFound'],
    [408, 'timeout'],
    [409, 'conflict'],
    [413, 'badRequest'],
    [415, 'badRequest'],
    [429, 'rateLimited'],
    [500, 'unavailable'],
    [501, 'badRequest'],
    [502, 'unavailable'],
    [503, 'unavailable'],
    [504, 'unavailable'],
    [302, 'badAnswer'],
  ];
  test.each(kinds)('with %i is of kind %s, after one request', async (status, kind) => {
    const { client, server } = await sceneWith(() => ({
      status,
      body: errorBody(status, 'some.code'),
      headers: { 'ININ-Correlation-Id': 'corr-1' },
    }));
    const error = await failureOf(get(client));
    expect(error).toMatchObject({ kind, status, code: 'some.code', correlationId: 'corr-1' });
    expect(error.message).toContain('GET /api/v2/agentassist/actions/a-1');
    expect(error.message).toContain('corr-1');
    expect(server.asked('GET', '/api/v2/agentassist/actions/a-1')).toHaveLength(1);
  });

  test('of a proxy that knows nothing of our shapes still has its status', async () => {
    const { client } = await sceneWith(() => ({ status: 502, body: '<html>Bad gateway</html>' }));
    expect(await failureOf(get(client))).toMatchObject({ kind: 'unavailable', status: 502, correlationId: undefined });
  });

  test('takes the correlation id from the body when no header has it', async () => {
    const { client } = await sceneWith(() => ({ status: 500, body: errorBody(500, 'internal.server.error') }));
    expect((await failureOf(get(client))).correlationId).toBe('context-internal.server.error');
  });

  test('for a missing scope names it from the body and from WWW-Authenticate, each once', async () => {
    const { client } = await sceneWith(() => ({
      status: 403,
      headers: {
        'WWW-Authenticate': 'Bearer error="insufficient_scope", scope="agentassist:action:write event:export:read"',
      },
      body: errorBody(403, 'app.not.authorized.for.scope', {
        message: 'App not authorized to use scope [agentassist:action:write]',
      }),
    }));
    const error = await failureOf(get(client));
    expect(error.missing).toEqual(['agentassist:action:write', 'event:export:read']);
    expect(error.message).toContain('Give the OAuth client agentassist:action:write, event:export:read');
  });

  test.each([
    [
      'You are missing the following permission(s): [assistants:assistant:add, assistants:queue:*]',
      ['assistants:assistant:add', 'assistants:queue:*'],
    ],
    ['You are missing the following permission(s): assistants:assistant:add', ['assistants:assistant:add']],
    [
      'You must have at least one of the following permissions assigned: [a:b:view, c:d:edit]',
      ['a:b:view', 'c:d:edit'],
    ],
    ['Not today', []],
  ])('for missing permissions names them: %s', async (message, missing) => {
    const { client } = await sceneWith(() => ({
      status: 403,
      body: errorBody(403, 'missing.permissions', { message }),
    }));
    expect((await failureOf(get(client))).missing).toEqual(missing);
  });

  test('of an address that may not ask is about permission, not about the token', async () => {
    const { client } = await sceneWith(() => ({ status: 401, body: errorBody(401, 'ip.not.authorized') }));
    expect((await failureOf(get(client))).kind).toBe('forbidden');
  });

  test('of a body tells each field', async () => {
    const details = [{ errorCode: 'invalid.id', fieldName: 'trigger.conditions.0.id' }, { errorCode: 'too.long' }];
    const { client } = await sceneWith(() => ({
      status: 400,
      body: errorBody(400, 'constraint.validation', { details }),
    }));
    const error = await failureOf(get(client));
    expect(error.fieldErrors).toEqual([
      { field: 'trigger.conditions.0.id', code: 'invalid.id' },
      { field: 'body', code: 'too.long' },
    ]);
    expect(error.message).toContain('trigger.conditions.0.id (invalid.id)');
  });
});

describe('Retry-After', () => {
  const limited: Reply = {
    status: 429,
    headers: { 'Retry-After': '42' },
    body: errorBody(429, 'too.many.requests.retry.after'),
  };

  test('is told to the caller, and no call of this client is sent before it is over', async () => {
    const clock = { nowMs: 0 };
    const { client, server } = await sceneWith(
      (_request, scene) => (scene.server.requests.length <= 2 ? limited : { body: ACTION }),
      { now: () => clock.nowMs },
    );
    expect(await failureOf(get(client))).toMatchObject({ kind: 'rateLimited', retryAfterMs: 42_000 });
    clock.nowMs = 1000;
    expect(await failureOf(get(client))).toMatchObject({ kind: 'rateLimited', retryAfterMs: 41_000 });
    expect(server.asked('GET', '/api/v2/agentassist/actions/a-1')).toHaveLength(1);
    clock.nowMs = 42_000;
    expect(await get(client)).toMatchObject({ value: ACTION });
  });

  test('of a day is taken for a mistake: ten minutes at most', async () => {
    const { client } = await sceneWith(() => ({ ...(limited as object), headers: { 'Retry-After': '86400' } }));
    expect((await failureOf(get(client))).retryAfterMs).toBe(600_000);
  });
});

describe('no answer, or not the right one', () => {
  test('a dropped connection is a network failure, asked once', async () => {
    const { client, server } = await sceneWith(() => 'drop');
    expect(await failureOf(get(client))).toMatchObject({ kind: 'network', code: 'ECONNRESET' });
    expect(server.asked('GET', '/api/v2/agentassist/actions/a-1')).toHaveLength(1);
  });

  test('a server that is not there is a network failure', async () => {
    const { client, server } = await sceneWith(() => 'drop');
    await server.close();
    const failure = await failureOf(get(client));
    expect(failure).toMatchObject({ kind: 'network', code: 'ECONNREFUSED' });
    expect(String(failure)).toContain('(ECONNREFUSED). Nothing was sent');
  });

  test('an answer that does not come is a timeout', async () => {
    const { client } = await sceneWith(() => 'hang', { requestTimeoutMs: 300 });
    const error = await failureOf(get(client));
    expect(error.kind).toBe('timeout');
    expect(error.message).toContain('300 ms');
  });

  test.each([
    ['text', 'hello'],
    ['another shape', { id: 7 }],
    ['nothing', undefined],
  ])('%s in place of an action is a bad answer', async (_what, body) => {
    const { client } = await sceneWith(() => ({ body, headers: { 'ININ-Correlation-Id': 'corr-9' } }));
    const error = await failureOf(get(client));
    expect(error).toMatchObject({ kind: 'badAnswer', correlationId: 'corr-9' });
  });
});

test('base addresses may end in a slash or a path', async () => {
  const { server } = await sceneWith(() => ({ body: ACTION }));
  const client = clientOf(server.url, { apiUrl: `${server.url}/gateway/`, loginUrl: `${server.url}/` });
  closers.unshift(() => client.close());
  await get(client);
  expect(server.requests.map((request) => request.path)).toEqual([
    '/oauth/token',
    '/gateway/api/v2/agentassist/actions/a-1',
  ]);
});

test('an id cannot reach another path', async () => {
  const { client, server } = await sceneWith(() => ({ body: ACTION }));
  await client.actions.get('../../tokens/me?x=1');
  expect(server.requests.at(-1)?.path).toBe('/api/v2/agentassist/actions/..%2F..%2Ftokens%2Fme%3Fx%3D1');
});

test('a write of work that is not waited for any more is not sent; what only reads is', async () => {
  const outlived = (): Promise<void> => Promise.reject(new Error('not waited for any more'));
  const { client, server } = await sceneWith(() => ({ body: ACTION }), { confirmCurrent: outlived });
  const read = await client.actions.get('a-1');
  await expect(client.actions.update(read)).rejects.toThrow('not waited for any more');
  expect(server.asked('PUT', '/api/v2/agentassist/actions/a-1')).toEqual([]);
});
