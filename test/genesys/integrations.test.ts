import { clientAnswering, callsOf } from './answering.ts';
import { errorBody } from './with-organisation.ts';

const TYPE = 'embedded-client-app-interaction-widget';

test('one is found by its very name and type, on whatever page; of two the lower id is first', async () => {
  const entities = [
    [
      { id: 'i-9', name: 'Ours', integrationType: { id: TYPE } },
      { id: 'i-0', name: 'Ours too', integrationType: { id: TYPE } },
      { id: 'i-1', name: 'Ours', integrationType: { id: 'another' } },
    ],
    [{ id: 'i-2', name: 'Ours' }],
  ];
  const { client, seen } = await clientAnswering((request) => {
    const page = Number(request.query.get('pageNumber'));
    return { body: { entities: entities[page - 1], pageNumber: page, pageCount: 2 } };
  });
  expect((await client.integrations.findByName(TYPE, 'Ours')).map(({ id }) => id)).toEqual(['i-2', 'i-9']);
  expect(seen.map(({ query }) => query.get('integrationType'))).toEqual([TYPE, TYPE]);
});

test('a configuration goes back whole, with its version and all that is not known here', async () => {
  const config = {
    id: 'i-1',
    selfUri: '/x',
    name: 'Ours',
    version: 7,
    properties: { url: 'u', of: 'others' },
    more: 1,
  };
  const { client, seen } = await clientAnswering(() => ({ body: config }));
  const read = await client.integrations.readConfig('i-1');
  await client.integrations.putConfig('i-1', { ...read, properties: { ...read.properties, url: 'v' } });
  expect(seen.at(-1)).toMatchObject({ method: 'PUT', path: '/api/v2/integrations/i-1/config/current' });
  expect(seen.at(-1)?.body).toEqual({
    name: 'Ours',
    version: 7,
    properties: { url: 'v', of: 'others' },
    more: 1,
    advanced: {},
    notes: '',
    credentials: {},
  });
});

test('another version than the current one is a conflict', async () => {
  const { client } = await clientAnswering(() => ({ status: 409, body: errorBody(409, 'version.conflict') }));
  await expect(client.integrations.putConfig('i-1', { version: 1 })).rejects.toMatchObject({
    kind: 'conflict',
    code: 'version.conflict',
  });
});

test('it is made by name and type, and switched by a patch', async () => {
  const { client, seen } = await clientAnswering(() => ({ body: { id: 'i-1' } }));
  await client.integrations.create(TYPE, 'Ours');
  await client.integrations.switchTo('i-1', 'ENABLED');
  await client.integrations.get('i-1');
  expect(callsOf(seen)).toEqual([
    'POST /api/v2/integrations',
    'PATCH /api/v2/integrations/i-1',
    'GET /api/v2/integrations/i-1',
  ]);
  expect(seen.slice(0, 2).map(({ body }) => body)).toEqual([
    { name: 'Ours', integrationType: { id: TYPE } },
    { intendedState: 'ENABLED' },
  ]);
});
