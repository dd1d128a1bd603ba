import { ACTIONS, EXPORTS, actionBody, call, exportBody, givenSandbox } from './helpers.ts';
import type { Client } from './helpers.ts';
import { SEEDED_ACTION_ID, SEEDED_BASELINE } from '../../src/sandbox/seeded-organisation.ts';

test('the organisation begins with one baseline that serves everybody', async () => {
  const { call: ask } = await givenSandbox();
  const { body } = await ask('GET', ACTIONS);
  expect(body).toMatchObject({
    total: 1,
    pageNumber: 1,
    pageSize: 25,
    pageCount: 1,
    entities: [{ id: SEEDED_ACTION_ID, ...SEEDED_BASELINE }],
  });
  expect(body).not.toHaveProperty('nextUri');
});

test('an action can be created, read, replaced as a whole and deleted', async () => {
  const { call: ask } = await givenSandbox();
  const created = await ask('POST', ACTIONS, { ...actionBody('1.5.0', 0), description: 'new' });
  expect(created.status).toBe(200);
  const path = String(created.body['selfUri']);
  expect(path).toBe(`${ACTIONS}/${String(created.body['id'])}`);
  expect((await ask('GET', path)).body).toEqual(created.body);

  const replaced = await ask('PUT', path, { ...actionBody('1.5.0', 25), description: undefined });
  expect(replaced.body).toMatchObject({
    id: created.body['id'],
    dateCreated: created.body['dateCreated'],
    metadata: { traffic_split: 25 },
  });
  expect(replaced.body).not.toHaveProperty('description');
  expect((await ask('GET', path)).body).toEqual(replaced.body);

  expect((await ask('DELETE', path)).status).toBe(204);
  expect(await ask('GET', path)).toMatchObject({ status: 404, body: { code: 'not.found' } });
  expect((await ask('PUT', path, actionBody('1.5.0', 25))).status).toBe(404);
});

test('a name is given once: a second POST and a renaming PUT are 409 request.conflict', async () => {
  const { call: ask } = await givenSandbox();
  expect(await ask('POST', ACTIONS, SEEDED_BASELINE)).toMatchObject({
    status: 409,
    body: { code: 'request.conflict' },
  });
  const other = await ask('POST', ACTIONS, actionBody('1.5.0', 0));
  expect((await ask('PUT', String(other.body['selfUri']), SEEDED_BASELINE)).status).toBe(409);
  expect((await ask('GET', ACTIONS)).body['total']).toBe(2);
});

test('a listing comes in pages and nextUri leads through all of them', async () => {
  const { call: ask } = await givenSandbox();
  for (let i = 0; i < 7; i++) await ask('POST', ACTIONS, actionBody(`2.0.${i}`, 0));
  const names = await namesByNextUri({ call: ask }, `${ACTIONS}?name=RefundAssist%20v2&pageSize=3`);
  expect(names).toEqual([0, 1, 2, 3, 4, 5, 6].map((i) => `RefundAssist v2.0.${i}`));
  const last = await ask('GET', `${ACTIONS}?name=RefundAssist%20v2&pageSize=3&pageNumber=3`);
  expect(last.body).toMatchObject({ total: 7, pageCount: 3, pageNumber: 3 });
  expect((await ask('GET', `${ACTIONS}?name=Other`)).body).toMatchObject({ total: 0, pageCount: 0, entities: [] });
});

test.each(['pageSize=0', 'pageSize=501', 'pageNumber=x'])('a page of %s is refused', async (query) => {
  const { call: ask } = await givenSandbox();
  expect(await ask('GET', `${ACTIONS}?${query}`)).toMatchObject({
    status: 400,
    body: { code: 'invalid.query.param.value' },
  });
});

test('a bad document is a 400 that names every wrong field at once', async () => {
  const { call: ask } = await givenSandbox();
  const bad = { ...actionBody('1.5.0', 120), enabled: 'yes', content: { type: 'html' } };
  const { status, body } = await ask('POST', ACTIONS, bad);
  expect(status).toBe(400);
  expect(body['code']).toBe('constraint.validation');
  const fields = (body['details'] as { errorCode: string; fieldName: string }[]).map(({ fieldName }) => fieldName);
  expect(fields.toSorted()).toEqual(['content.html', 'enabled', 'metadata.traffic_split']);
});

test('a trigger on a queue that does not exist is a 400', async () => {
  const { call: ask } = await givenSandbox();
  const id = '11111111-2222-4333-8444-555555555555';
  const trigger = { ...SEEDED_BASELINE.trigger, conditions: [{ type: 'queue', id }] };
  const { status, body } = await ask('POST', ACTIONS, { ...actionBody('1.5.0', 0), trigger });
  expect(status).toBe(400);
  expect(body).toMatchObject({ details: [{ errorCode: 'invalid.id', fieldName: 'trigger.conditions.0.id' }] });
});

test.each([
  ['not JSON', 'application/json', '{', 400, 'bad.request'],
  ['another type', 'text/plain', '{}', 415, 'unsupported.media.type'],
  ['too much', 'application/json', JSON.stringify('x'.repeat(512_000)), 413, 'request.entity.too.large'],
])('a body that is %s is refused', async (_, type, body, status, code) => {
  const { sandbox, token } = await givenSandbox();
  const headers = { authorization: `Bearer ${token}`, 'content-type': type };
  const response = await fetch(sandbox.url + ACTIONS, { method: 'POST', headers, body });
  expect(response.status).toBe(status);
  expect(await response.json()).toMatchObject({ code });
});

test('an export keeps its signing secret to itself, over a replacement that does not send one too', async () => {
  const { sandbox, call: ask } = await givenSandbox();
  const signingSecret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
  const url = 'http://127.0.0.1:9/webhook';
  const created = await ask('POST', EXPORTS, exportBody(url, { destination: { type: 'webhook', url, signingSecret } }));
  expect(created.body['destination']).toEqual({ type: 'webhook', url });
  const replaced = await ask('PUT', String(created.body['selfUri']), { ...created.body, enabled: false });
  expect(replaced).toMatchObject({ status: 200, body: { enabled: false, destination: { type: 'webhook', url } } });
  expect(sandbox.org.exports.all()[0]?.destination.signingSecret).toBe(signingSecret);
  expect(JSON.stringify((await ask('GET', EXPORTS)).body)).not.toContain('whsec_');
});

test('an export needs a webhook, types, and a secret that is one', async () => {
  const { call: ask } = await givenSandbox();
  const destination = { type: 'webhook', url: 'ftp://x', signingSecret: 'short' };
  const { body } = await ask('POST', EXPORTS, exportBody('', { destination, eventTypes: [] }));
  const fields = (body['details'] as { fieldName: string }[]).map(({ fieldName }) => fieldName);
  expect(fields.toSorted()).toEqual(['destination.signingSecret', 'destination.url', 'eventTypes']);
});

test('an unknown path is a 404 in the shape of every error', async () => {
  const { sandbox } = await givenSandbox();
  const { status, body } = await call(`${sandbox.url}/nowhere`, 'GET', undefined);
  expect(status).toBe(404);
  expect(body).toMatchObject({ code: 'not.found', status: 404, details: [], errors: [] });
});

async function namesByNextUri({ call: ask }: Pick<Client, 'call'>, start: string): Promise<string[]> {
  const names: string[] = [];
  let path: string | undefined = start;
  while (path !== undefined) {
    const { body }: { body: Readonly<Record<string, unknown>> } = await ask('GET', path);
    names.push(...(body['entities'] as { name: string }[]).map(({ name }) => name));
    path = body['nextUri'] as string | undefined;
  }
  return names;
}
