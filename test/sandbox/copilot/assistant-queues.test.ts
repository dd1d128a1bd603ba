/** Which assistant serves which queue and whom of its users: takeovers, conflicts, jobs, bulk changes. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SEEDED_ASSISTANTS } from '../../../src/sandbox/copilot/seeded-assistants.ts';
import { SEEDED } from '../../../src/sandbox/seeded-organisation.ts';
import { startSandbox } from '../../../src/sandbox/server.ts';
import { clientOf, closeAfterTest, givenSandbox } from '../helpers.ts';
import type { Client } from '../helpers.ts';

const ASSISTANTS = '/api/v2/assistants';
const { baseline, candidate } = SEEDED_ASSISTANTS;
const { billing, orders } = SEEDED.queues;
const NOWHERE = '00000000-0000-4000-8000-000000000000';
const queueOf = (assistantId: string, queueId: string): string => `${ASSISTANTS}/${assistantId}/queues/${queueId}`;
const served = (id: string, mediaTypes = ['Call', 'Message']): object => ({ id, mediaTypes });

async function servingOf({ call }: Client, queueId: string): Promise<unknown> {
  const { status, body } = await call('GET', `/api/v2/routing/queues/${queueId}/assistant?expand=assistant`);
  return status === 200 ? (body['assistant'] as { name: string }).name : status;
}

test('a PUT takes the queue from the assistant before without a word: 201, and 200 when it is repeated', async () => {
  const client = await givenSandbox();
  const { call } = client;
  expect(await servingOf(client, billing.id)).toBe(baseline.name);
  expect((await call('PUT', queueOf(candidate.id, billing.id), served(billing.id))).status).toBe(201);
  expect((await call('PUT', queueOf(candidate.id, billing.id), served(billing.id, ['Call']))).status).toBe(200);
  expect(await servingOf(client, billing.id)).toBe(candidate.name);
  expect((await call('GET', queueOf(baseline.id, billing.id))).status).toBe(404);
  expect((await call('GET', queueOf(candidate.id, billing.id))).body).toMatchObject({ mediaTypes: ['Call'] });
  expect((await call('PUT', queueOf(baseline.id, billing.id), served(billing.id))).status).toBe(201);
  expect(await servingOf(client, billing.id)).toBe(baseline.name);
});

test('PATCH gives many queues at once, or none when one of them does not exist', async () => {
  const client = await givenSandbox();
  const patch = (queues: object[]): Promise<{ status: number; body: object }> =>
    client.call('PATCH', `${ASSISTANTS}/${candidate.id}/queues`, queues);
  expect((await patch([served(billing.id), served(NOWHERE)])).status).toBe(404);
  expect(await servingOf(client, billing.id)).toBe(baseline.name);
  expect(await patch([served(billing.id), served(orders.id)])).toMatchObject({
    status: 200,
    body: { entities: [{ id: billing.id }, { id: orders.id }] },
  });
  expect([await servingOf(client, billing.id), await servingOf(client, orders.id)]).toEqual([
    candidate.name,
    candidate.name,
  ]);
});

test('of all queues, those asked for; the assistant is told only where it is asked for', async () => {
  const { call } = await givenSandbox();
  await call('PUT', queueOf(candidate.id, orders.id), served(orders.id));
  const ids = `${orders.id},${billing.id}`;
  const { body } = await call('GET', `${ASSISTANTS}/queues?queueIds=${ids}&expand=assistant`);
  const { entities } = body as unknown as { entities: { id: string; assistant?: { id: string } }[] };
  expect(new Map(entities.map(({ id, assistant }) => [id, assistant?.id]))).toEqual(
    new Map([
      [billing.id, baseline.id],
      [orders.id, candidate.id],
    ]),
  );
  const plain = await call('GET', `${ASSISTANTS}/queues?queueIds=${orders.id}`);
  expect(plain.body).toMatchObject({ entities: [{ selfUri: queueOf(candidate.id, orders.id) }] });
  expect((plain.body['entities'] as object[])[0]).not.toHaveProperty('assistant');
  const one = await call('GET', `${ASSISTANTS}/${baseline.id}/queues?pageSize=1`);
  expect(one.body).toMatchObject({ entities: [{ id: billing.id }], nextUri: expect.any(String) as string });
});

test('what is not its own an assistant cannot give up: 409 conflict, and nothing is removed', async () => {
  const client = await givenSandbox();
  const { call } = client;
  await call('PUT', queueOf(candidate.id, orders.id), served(orders.id));
  const remove = (ids: string): Promise<{ status: number; body: object }> =>
    call('DELETE', `${ASSISTANTS}/${baseline.id}/queues?queueIds=${ids}`);
  expect(await remove(`${billing.id},${orders.id}`)).toMatchObject({ status: 409, body: { code: 'conflict' } });
  expect(await servingOf(client, billing.id)).toBe(baseline.name);
  expect((await remove(billing.id)).status).toBe(204);
  expect(await servingOf(client, billing.id)).toBe(404);
  expect((await call('DELETE', queueOf(candidate.id, orders.id))).status).toBe(204);
  expect((await call('DELETE', queueOf(candidate.id, orders.id))).status).toBe(404);
});

test('a body of another queue, an unknown medium and an unknown assistant are refused', async () => {
  const { call } = await givenSandbox();
  expect((await call('PUT', queueOf(candidate.id, billing.id), served(orders.id))).status).toBe(400);
  expect((await call('PUT', queueOf(candidate.id, billing.id), served(billing.id, ['Fax']))).status).toBe(400);
  expect((await call('PUT', queueOf(NOWHERE, billing.id), served(billing.id))).status).toBe(404);
});

/** Billing of the baseline in manual mode, and two agents. */
async function givenManual(): Promise<Client & { users: string; agents: string[]; wait: (ms: number) => void }> {
  let now = Date.parse('2026-05-01T10:00:00Z');
  const client = await givenSandbox({ now: () => now, copilot: { jobMs: 1_000 } });
  const users = `${queueOf(baseline.id, billing.id)}/users`;
  const agents = client.sandbox.org.traffic.agentIds().slice(0, 2);
  await client.call('POST', `${users}/jobs`, { action: 'ManualAssignment' });
  now += 1_000;
  const wait = (ms: number): void => {
    now += ms;
  };
  return { ...client, users, agents: [...agents], wait };
}

const entities = (userIds: readonly string[]): object => ({ entities: userIds.map((id) => ({ id })) });

test('single users are for manual assignment; until the job is done the mode is the one before', async () => {
  const { call } = await givenSandbox({ copilot: { jobMs: 60_000 } });
  const users = `${queueOf(baseline.id, billing.id)}/users`;
  const job = await call('POST', `${users}/jobs`, { action: 'ManualAssignment' });
  expect(job).toMatchObject({ status: 202, body: { status: 'InProgress' } });
  expect((await call('POST', `${users}/query`, entities([]))).status).toBe(409);
});

test('users are assigned and taken off in bulk: 204, or a 200 that tells which ones failed', async () => {
  const { call, users, agents } = await givenManual();
  expect((await call('POST', `${users}/bulk/add`, entities(agents))).status).toBe(204);
  const partly = await call('POST', `${users}/bulk/add`, entities([agents[0] ?? '', NOWHERE]));
  expect(partly).toMatchObject({ status: 200, body: { errorCount: 1, errorIndexes: [1] } });
  expect((partly.body['results'] as object[])[1]).toHaveProperty('error.code');
  expect((await call('POST', `${users}/bulk/remove`, entities(agents.slice(0, 1)))).status).toBe(204);
  const { body } = await call('POST', `${users}/query?expand=assistant`, entities([...agents, NOWHERE]));
  expect(body).toMatchObject({ queue: { assistant: { name: baseline.name } }, users: [{ id: agents[1] }] });
  expect(body['users']).toHaveLength(1);
  const crowd = Array.from({ length: 101 }, () => NOWHERE);
  expect((await call('POST', `${users}/bulk/add`, entities(crowd))).status).toBe(400);
});

test('to automatic and back: manual mode begins with nobody', async () => {
  const { call, users, agents, wait } = await givenManual();
  await call('POST', `${users}/bulk/add`, entities(agents));
  await call('POST', `${users}/jobs`, { action: 'AutoAssignment' });
  wait(1_000);
  const { body: job } = await call('POST', `${users}/jobs`, { action: 'ManualAssignment' });
  wait(1_000);
  expect((await call('GET', `${users}/jobs/${String(job['id'])}`)).body).toMatchObject({ status: 'Succeeded' });
  expect((await call('POST', `${users}/query`, entities(agents))).body).toMatchObject({ users: [] });
});

test('a job fails whose queue went to another assistant meanwhile', async () => {
  const { call, users, wait } = await givenManual();
  const { body: job } = await call('POST', `${users}/jobs`, { action: 'AutoAssignment' });
  await call('PUT', queueOf(candidate.id, billing.id), served(billing.id));
  wait(1_000);
  expect((await call('GET', `${users}/jobs/${String(job['id'])}`)).body).toMatchObject({
    status: 'Failed',
    errorInfo: { code: expect.any(String) as string },
  });
});

test('a killed organisation comes back with its assistants, their queues and their users', async () => {
  const stateFile = path.join(mkdtempSync(path.join(tmpdir(), 'sandbox-')), 'state.json');
  const first = await startSandbox({ stateFile, copilot: { jobMs: 0 } });
  const before = await clientOf(first);
  const users = `${queueOf(candidate.id, orders.id)}/users`;
  const agents = first.org.traffic.agentIds().slice(0, 1);
  await before.call('PUT', queueOf(candidate.id, orders.id), served(orders.id));
  expect((await before.call('POST', `${users}/jobs`, { action: 'ManualAssignment' })).status).toBe(200);
  await before.call('POST', `${users}/bulk/add`, entities(agents));
  await first.close();
  const second = await startSandbox({ stateFile });
  closeAfterTest(() => second.close());
  const after = await clientOf(second);
  expect(await servingOf(after, orders.id)).toBe(candidate.name);
  expect((await after.call('POST', `${users}/query`, entities(agents))).body).toMatchObject({
    users: [{ id: agents[0] }],
  });
});

test.each([false, true])('a queue that was deleted; listed on with its assistant: %s', async (listsDeletedQueues) => {
  const client = await givenSandbox({ copilot: { listsDeletedQueues } });
  const { call } = client;
  const listed = async (): Promise<boolean> => {
    const { body } = await call('GET', `${ASSISTANTS}/queues?queueIds=${billing.id}`);
    return (body['entities'] as unknown[]).length > 0;
  };
  expect(await listed()).toBe(true);
  expect((await call('DELETE', `/api/v2/routing/queues/${billing.id}?forceDelete=true`)).status).toBe(200);
  expect(await listed()).toBe(listsDeletedQueues);
  for (const assistant of [baseline, candidate])
    expect((await call('PUT', queueOf(assistant.id, billing.id), served(billing.id))).status).toBe(404);
  expect((await call('GET', queueOf(baseline.id, billing.id))).status).toBe(404);
});
