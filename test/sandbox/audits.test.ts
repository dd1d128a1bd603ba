/** The audit log tells what was really written here, and by whom. */
import { SEEDED } from '../../src/sandbox/seeded-organisation.ts';
import { givenSandbox } from './helpers.ts';
import type { Client } from './helpers.ts';

const REALTIME = '/api/v2/audits/query/realtime';
const INTERVAL = `${new Date(Date.now() - 3_600_000).toISOString()}/${new Date(Date.now() + 3_600_000).toISOString()}`;

async function givenWidget({ call }: Client): Promise<string> {
  const integrationType = { id: 'embedded-client-app-interaction-widget' };
  return String((await call('POST', '/api/v2/integrations', { name: 'Panel', integrationType })).body['id']);
}

const told = (body: Readonly<Record<string, unknown>>): unknown[] =>
  (body['entities'] as { entityType: string; action: string; entity: { id: string } }[]).map(
    ({ entityType, action, entity }) => [entityType, action, entity.id],
  );

test('writes are in it, reads and refused writes are not; the latest first', async () => {
  const client = await givenSandbox();
  const { call } = client;
  const id = await givenWidget(client);
  await call('GET', `/api/v2/integrations/${id}`);
  await call('PATCH', `/api/v2/integrations/${id}`, { intendedState: 'ENABLED' });
  expect((await call('PATCH', `/api/v2/integrations/${id}`, { intendedState: 'ON' })).status).toBe(400);
  await call('PUT', `/api/v2/routing/queues/${SEEDED.queues.orders.id}`, { name: 'Orders' });
  await call('DELETE', `/api/v2/integrations/${id}`);
  const { body } = await call('POST', REALTIME, { interval: INTERVAL });
  expect(told(body)).toEqual([
    ['Integration', 'Delete', id],
    ['Queue', 'Update', SEEDED.queues.orders.id],
    ['Integration', 'Update', id],
    ['Integration', 'Create', id],
  ]);
  expect(body['total']).toBe(4);
  expect((body['entities'] as object[])[0]).toMatchObject({ client: { id: 'sandbox-client' }, status: 'SUCCESS' });
});

test('filters, order and pages', async () => {
  const client = await givenSandbox();
  const { call } = client;
  const [a, b] = [await givenWidget(client), await givenWidget(client)];
  await call('PATCH', `/api/v2/integrations/${a}`, { intendedState: 'ENABLED' });
  const search = async (more: object) => told((await call('POST', REALTIME, { interval: INTERVAL, ...more })).body);
  const ofA = [{ property: 'EntityId', value: a }];
  const sort = [{ name: 'Timestamp', sortOrder: 'ascending' }];
  expect(await search({ filters: ofA, sort })).toEqual([
    ['Integration', 'Create', a],
    ['Integration', 'Update', a],
  ]);
  expect(await search({ serviceName: 'Assistants' })).toEqual([]);
  expect(await search({ sort, pageSize: 1, pageNumber: 2 })).toEqual([['Integration', 'Create', b]]);
  const tooOld = `2020-01-01T00:00:00Z/${new Date().toISOString()}`;
  expect((await call('POST', REALTIME, { interval: tooOld })).status).toBe(400);
});

test('a query of the whole log takes its time, then gives its results by a cursor', async () => {
  let nowMs = Date.now();
  const client = await givenSandbox({ auditQueryMs: 500, now: () => nowMs });
  const { call } = client;
  for (let n = 0; n < 3; n += 1) await givenWidget(client);
  const begun = await call('POST', '/api/v2/audits/query', { interval: INTERVAL });
  expect(begun).toMatchObject({ status: 202, body: { state: 'Queued' } });
  const at = `/api/v2/audits/query/${String(begun.body['id'])}`;
  expect(await call('GET', at)).toMatchObject({ status: 202, body: { state: 'Running' } });
  expect((await call('GET', `${at}/results`)).status).toBe(409);
  nowMs += 500;
  expect(await call('GET', at)).toMatchObject({ status: 200, body: { state: 'Succeeded' } });
  const first = await call('GET', `${at}/results?pageSize=2`);
  const second = await call('GET', `${at}/results?pageSize=2&cursor=${String(first.body['cursor'])}`);
  expect([...told(first.body), ...told(second.body)]).toHaveLength(3);
  expect(second.body['cursor']).toBeUndefined();
});
