import { ALL_SCOPES, DEFAULT_CLIENT } from '../../src/sandbox/options.ts';
import { ACTIONS, actionBody, askToken, givenSandbox } from './helpers.ts';

const FAULTS = '/sandbox/faults';

test('an ordered status befalls so many matching requests, and no others', async () => {
  const { call: ask } = await givenSandbox();
  await ask('POST', FAULTS, { match: { method: 'GET', pathPrefix: ACTIONS }, times: 2, status: 503 });
  expect((await ask('POST', ACTIONS, actionBody('1.5.0', 0))).status).toBe(200);
  expect(await ask('GET', ACTIONS)).toMatchObject({ status: 503, body: { code: 'service.unavailable' } });
  expect((await ask('GET', FAULTS)).body).toMatchObject({ faults: [{ times: 1 }] });
  expect((await ask('GET', ACTIONS)).status).toBe(503);
  expect((await ask('GET', ACTIONS)).status).toBe(200);
});

test('a fault of one client spares the others', async () => {
  const other = { id: 'other', secret: 'other-secret', scopes: ALL_SCOPES };
  const { sandbox, call: ask } = await givenSandbox({ clients: [DEFAULT_CLIENT, other] });
  await ask('POST', FAULTS, { match: { client: 'other' }, status: 500 });
  expect((await ask('GET', ACTIONS)).status).toBe(200);
  const token = await askToken(sandbox.url, 'other', 'other-secret');
  const refused = await fetch(`${sandbox.url}${ACTIONS}`, {
    headers: { authorization: `Bearer ${String(token.body['access_token'])}` },
  });
  expect(refused.status).toBe(500);
});

test('an ordered 429 carries the Retry-After that was asked', async () => {
  const { call: ask } = await givenSandbox();
  await ask('POST', FAULTS, { status: 429, retryAfterSeconds: 7 });
  const { status, headers, body } = await ask('GET', ACTIONS);
  expect([status, headers.get('Retry-After'), body['code']]).toEqual([429, '7', 'too.many.requests.retry.after']);
});

test('an answer dropped after the work: the connection breaks and the action exists', async () => {
  const { call: ask } = await givenSandbox();
  await ask('POST', FAULTS, { match: { method: 'POST', pathPrefix: ACTIONS }, dropAnswer: 'afterWork' });
  await expect(ask('POST', ACTIONS, actionBody('1.5.0', 0))).rejects.toThrow('fetch failed');
  expect((await ask('GET', `${ACTIONS}?name=RefundAssist%20v1.5.0`)).body['total']).toBe(1);
});

test('an answer dropped before the work: the connection breaks and nothing happened', async () => {
  const { call: ask } = await givenSandbox();
  await ask('POST', FAULTS, { match: { method: 'POST', pathPrefix: ACTIONS }, dropAnswer: 'beforeWork' });
  await expect(ask('POST', ACTIONS, actionBody('1.5.0', 0))).rejects.toThrow('fetch failed');
  expect((await ask('GET', `${ACTIONS}?name=RefundAssist%20v1.5.0`)).body['total']).toBe(0);
});

test('a delay holds the answer back', async () => {
  const { call: ask } = await givenSandbox();
  await ask('POST', FAULTS, { delayMs: 300 });
  const before = performance.now();
  expect((await ask('GET', ACTIONS)).status).toBe(200);
  expect(performance.now() - before).toBeGreaterThan(290);
});

test('faults reach the token endpoint in its own shape', async () => {
  const { sandbox, call: ask } = await givenSandbox();
  await ask('POST', FAULTS, { match: { pathPrefix: '/oauth' }, status: 400 });
  const answer = await askToken(sandbox.url, 'sandbox-client', 'sandbox-secret');
  expect(answer).toMatchObject({
    status: 400,
    body: { error: 'invalid_request', description: expect.stringMatching(/^rate limit exceeded;/) },
  });
  expect((await askToken(sandbox.url, 'sandbox-client', 'sandbox-secret')).status).toBe(200);
});

test('faults can be called off, and one that makes no sense is refused', async () => {
  const { call: ask } = await givenSandbox();
  await ask('POST', FAULTS, { times: 100, status: 500 });
  expect((await ask('DELETE', FAULTS)).status).toBe(204);
  expect((await ask('GET', ACTIONS)).status).toBe(200);
  expect(await ask('POST', FAULTS, { status: 200 })).toMatchObject({
    status: 400,
    body: { details: [{ fieldName: 'status' }] },
  });
});
