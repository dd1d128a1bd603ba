/** `/api/v2/routing`: what the API description says of queues and skills. */
import { SEEDED } from '../../src/sandbox/seeded-organisation.ts';
import { givenSandbox, until } from './helpers.ts';

const QUEUES = '/api/v2/routing/queues';
const SKILLS = '/api/v2/routing/skills';
const BILLING = SEEDED.queues.billing;
const NOWHERE = '00000000-0000-4000-8000-000000000000';

const namesIn = (body: Readonly<Record<string, unknown>>): string[] =>
  (body['entities'] as { name: string }[]).map(({ name }) => name);

test('queues and skills of the first day, sorted by name, page by page', async () => {
  const { call } = await givenSandbox();
  expect(namesIn((await call('GET', QUEUES)).body)).toEqual(['Billing', 'Orders', 'Support']);
  expect(namesIn((await call('GET', SKILLS)).body)).toEqual(['Refunds', 'Retention', 'Technical']);
  const { body } = await call(
    'GET',
    `${QUEUES}?pageSize=2&id=${BILLING.id}&id=${SEEDED.queues.orders.id}&id=${SEEDED.queues.support.id}`,
  );
  expect(body).toMatchObject({ total: 3, pageCount: 2, pageNumber: 1, entities: [BILLING, SEEDED.queues.orders] });
  const next = await call('GET', String(body['nextUri']));
  expect(next.body).toMatchObject({ total: 3, entities: [SEEDED.queues.support] });
  expect(next.body['nextUri']).toBeUndefined();
});

test.each<[string, string[]]>([
  [`${QUEUES}?name=Billing`, ['Billing']],
  [`${QUEUES}?name=Bill`, []],
  [`${QUEUES}?name=Bill*`, ['Billing']],
  [`${QUEUES}?name=*or*`, ['Support']],
  [`${QUEUES}?name=*ers`, ['Orders']],
  [`${SKILLS}?name=Re`, ['Refunds', 'Retention']],
  [`${QUEUES}?id=${BILLING.id}&id=${NOWHERE}`, ['Billing']],
  [`${SKILLS}?id=${SEEDED.skills.technical.id}`, ['Technical']],
  // As the official JavaScript SDK joins what may come more than once.
  [`${QUEUES}?id=${BILLING.id},${SEEDED.queues.support.id}`, ['Billing', 'Support']],
  [`${SKILLS}?id=${SEEDED.skills.technical.id},${NOWHERE}`, ['Technical']],
  [`${QUEUES}?sortOrder=desc`, ['Support', 'Orders', 'Billing']],
])('GET %s finds %j', async (path, names) => {
  const { call } = await givenSandbox();
  expect(namesIn((await call('GET', path)).body)).toEqual(names);
});

test('one by its id; another form of id, and one that is not there, are refused with the codes of the description', async () => {
  const { call } = await givenSandbox();
  expect((await call('GET', `${QUEUES}/${BILLING.id}`)).body).toMatchObject({
    ...BILLING,
    selfUri: `${QUEUES}/${BILLING.id}`,
    division: { id: expect.any(String) as string },
  });
  expect((await call('GET', `${SKILLS}/${SEEDED.skills.refunds.id}`)).body).toMatchObject({
    ...SEEDED.skills.refunds,
    state: 'active',
  });
  expect(await call('GET', `${QUEUES}/${NOWHERE}`)).toMatchObject({ status: 404, body: { code: 'not.found' } });
  expect(await call('GET', `${SKILLS}/${NOWHERE}`)).toMatchObject({
    status: 404,
    body: { code: 'skillsservice.skillnotfound' },
  });
  expect(await call('GET', `${QUEUES}/billing`)).toMatchObject({ status: 400, body: { code: 'invalid.id' } });
  expect(await call('GET', `${QUEUES}?id=${BILLING.id}&id=billing`)).toMatchObject({
    status: 400,
    body: { code: 'invalid.id' },
  });
  for (const path of [`${QUEUES}?pageSize=501`, `${QUEUES}/${BILLING.id}/members?pageSize=101`])
    expect(await call('GET', path)).toMatchObject({ status: 400, body: { code: 'invalid.query.param.value' } });
  expect((await call('GET', `${QUEUES}?pageSize=500`)).status).toBe(200);
});

test('without the permission: 403 for queues, and for a skill only where it has a division', async () => {
  const client = { id: 'sandbox-client', secret: 'sandbox-secret', scopes: ['routing:readonly'], permissions: [] };
  const divided = { id: NOWHERE, name: 'Divided', divisionId: NOWHERE };
  const { call } = await givenSandbox({ clients: [client], moreSkills: [divided] });
  expect(await call('GET', QUEUES)).toMatchObject({
    status: 403,
    body: { code: 'missing.permissions', message: expect.stringContaining('routing:queue:view') as string },
  });
  expect(namesIn((await call('GET', SKILLS)).body)).toEqual(['Refunds', 'Retention', 'Technical']);
  expect(await call('GET', `${SKILLS}/${NOWHERE}`)).toMatchObject({
    status: 403,
    body: { code: 'missing.permissions' },
  });
});

test('a trigger may name a queue that was added', async () => {
  const queue = { id: NOWHERE, name: 'Added' };
  const { sandbox } = await givenSandbox({ moreQueues: [queue] });
  const [seeded] = sandbox.org.actions.all();
  const body = {
    ...seeded,
    name: 'Other v1.0.0',
    trigger: { ...seeded?.trigger, conditions: [{ type: 'queue', id: NOWHERE }] },
  };
  expect(sandbox.org.actions.create(body).trigger.conditions).toEqual([{ type: 'queue', id: NOWHERE }]);
});

test('a queue is made, renamed, kept over a restart, and deleted', async () => {
  const stateFile = `${process.env['TMPDIR'] ?? '/tmp'}/queues-${process.pid}-${Date.now()}.json`;
  const { call } = await givenSandbox({ stateFile });
  const { body: made } = await call('POST', QUEUES, { name: 'Returns', enableTranscription: true });
  expect(made).toMatchObject({ name: 'Returns', enableTranscription: true, memberCount: 0 });
  expect(await call('POST', QUEUES, { name: 'Returns' })).toMatchObject({
    status: 400,
    body: { code: 'duplicate.name' },
  });
  const path = `${QUEUES}/${String(made['id'])}`;
  await call('PUT', path, { ...made, name: 'Refund desk', memberCount: 99 });
  const again = await givenSandbox({ stateFile });
  expect((await again.call('GET', path)).body).toMatchObject({ name: 'Refund desk', memberCount: 0 });
  expect((await again.call('DELETE', path)).status).toBe(200);
  expect((await again.call('GET', path)).status).toBe(404);
});

test('a queue with conversations is deleted by force only', async () => {
  const { call, sandbox } = await givenSandbox({ traffic: { cardsPerSecond: 100, lingerMs: 60_000 } });
  await until(() => sandbox.org.conversations.all().some(({ queueId }) => queueId === BILLING.id));
  expect(await call('DELETE', `${QUEUES}/${BILLING.id}`)).toMatchObject({
    status: 400,
    body: { code: 'active.queue' },
  });
  expect((await call('DELETE', `${QUEUES}/${BILLING.id}?forceDelete=true`)).status).toBe(200);
});

test('members of a queue are listed without a total, and added and removed', async () => {
  const { call } = await givenSandbox({ traffic: { running: false, agents: 3 } });
  const { body: first } = await call('GET', `${QUEUES}/${BILLING.id}/members?pageSize=2`);
  expect(first['total']).toBeUndefined();
  const { body: second } = await call('GET', String(first['nextUri']));
  const members = [...(first['entities'] as { id: string }[]), ...(second['entities'] as { id: string }[])];
  expect(new Set(members.map(({ id }) => id)).size).toBe(3);
  expect(second['nextUri']).toBeUndefined();
  const one = members.slice(0, 1).map(({ id }) => ({ id }));
  const countOf = async () => (await call('GET', `${QUEUES}/${BILLING.id}`)).body['memberCount'];
  await call('POST', `${QUEUES}/${BILLING.id}/members?delete=true`, one);
  expect(await countOf()).toBe(2);
  await call('POST', `${QUEUES}/${BILLING.id}/members`, one);
  await call('POST', `${QUEUES}/${BILLING.id}/members`, one);
  expect(await countOf()).toBe(3);
  expect(await call('POST', `${QUEUES}/${BILLING.id}/members`, [{ id: NOWHERE }])).toMatchObject({
    status: 404,
    body: { code: 'resource.not.found' },
  });
});
