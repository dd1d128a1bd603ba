import { givenSandbox } from './helpers.ts';
import type { Client } from './helpers.ts';

const INTEGRATIONS = '/api/v2/integrations';
const WIDGET = 'embedded-client-app-interaction-widget';

async function givenWidget(client: Client, name = 'Assist Rollouts'): Promise<string> {
  const { status, body } = await client.call('POST', INTEGRATIONS, { name, integrationType: { id: WIDGET } });
  expect(status).toBe(200);
  return String(body['id']);
}

function stateOf(body: Readonly<Record<string, unknown>>): unknown {
  return (body['reportedState'] as { code: string }).code;
}

test('an integration begins disabled; a switch takes its time, either way', async () => {
  let nowMs = Date.parse('2026-01-01T00:00:00Z');
  const client = await givenSandbox({ integrations: { switchMs: 500 }, now: () => nowMs });
  const at = `${INTEGRATIONS}/${await givenWidget(client)}`;
  const states: unknown[] = [stateOf((await client.call('GET', at)).body)];
  for (const intendedState of ['ENABLED', 'DISABLED']) {
    states.push(stateOf((await client.call('PATCH', at, { intendedState })).body));
    nowMs += 500;
    states.push(stateOf((await client.call('GET', at)).body));
  }
  expect(states).toEqual(['INACTIVE', 'ACTIVATING', 'ACTIVE', 'DEACTIVATING', 'INACTIVE']);
});

test('a configuration written to another than the current version is refused, and the current one stays', async () => {
  const client = await givenSandbox();
  const at = `${INTEGRATIONS}/${await givenWidget(client)}/config/current`;
  const { body: read } = await client.call('GET', at);
  const mine = { ...read, properties: { url: 'https://panel.example/mine' } };
  const theirs = { ...read, properties: { url: 'https://panel.example/theirs' } };
  expect((await client.call('PUT', at, theirs)).body).toMatchObject({ version: 2 });
  const late = await client.call('PUT', at, mine);
  expect(late.status).toBe(409);
  expect(late.body).toMatchObject({ code: 'version.conflict' });
  expect((await client.call('GET', at)).body).toMatchObject({ version: 2, properties: theirs.properties });
});

test('a kind of communication that the platform refuses is refused', async () => {
  const client = await givenSandbox();
  const at = `${INTEGRATIONS}/${await givenWidget(client)}/config/current`;
  const { body: read } = await client.call('GET', at);
  const write = (communicationTypeFilter: string) =>
    client.call('PUT', at, { ...read, properties: { communicationTypeFilter } });
  expect((await write('call, message')).body).toMatchObject({ status: 400, message: 'Input validation error' });
  expect((await write('call, webmessaging')).status).toBe(200);
});

test('lists by type, ids and state, page by page; so many of a type and no more', async () => {
  const client = await givenSandbox({ integrations: { maxOfAType: 3 } });
  const ids = [await givenWidget(client, 'a'), await givenWidget(client, 'b'), await givenWidget(client, 'c')];
  const more = await client.call('POST', INTEGRATIONS, { name: 'd', integrationType: { id: WIDGET } });
  expect(more.body).toMatchObject({ status: 400, code: 'max.integrations.reached' });
  const page = await client.call('GET', `${INTEGRATIONS}?integrationType=${WIDGET}&pageSize=2&pageNumber=2`);
  expect(page.body).toMatchObject({ total: 3, pageCount: 2, entities: [{ id: ids[2] }] });
  const two = await client.call('GET', `${INTEGRATIONS}?ids=${ids[0]},${ids[2]}`);
  expect(two.body).toMatchObject({ total: 2 });
  expect((await client.call('GET', `${INTEGRATIONS}?reportedState=active`)).body).toMatchObject({ total: 0 });
  expect((await client.call('DELETE', `${INTEGRATIONS}/${ids[0]}`)).body).toMatchObject({ id: ids[0] });
  expect((await client.call('GET', `${INTEGRATIONS}/${ids[0]}`)).status).toBe(404);
});

test('types tell what a configuration may hold', async () => {
  const client = await givenSandbox();
  const types = await client.call('GET', `${INTEGRATIONS}/types`);
  expect(types.body).toMatchObject({ entities: [{ id: 'embedded-client-app' }, { id: WIDGET }] });
  const schema = await client.call('GET', `${INTEGRATIONS}/types/${WIDGET}/configschemas/properties`);
  expect(schema.body).toMatchObject({ type: 'object', properties: { queueIdFilterList: { type: 'array' } } });
});

test('an integration survives a restart', async () => {
  const stateFile = `${process.env['TMPDIR'] ?? '/tmp'}/integrations-${process.pid}-${Date.now()}.json`;
  const first = await givenSandbox({ stateFile });
  const id = await givenWidget(first);
  const second = await givenSandbox({ stateFile });
  expect((await second.call('GET', `${INTEGRATIONS}/${id}`)).body).toMatchObject({ id, name: 'Assist Rollouts' });
});
