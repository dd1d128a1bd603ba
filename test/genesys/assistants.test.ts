import { all, callsOf, clientAnswering } from './answering.ts';
import { errorBody } from './with-organisation.ts';

const QUEUE = { id: 'q-1', mediaTypes: ['Call'], dateCreated: '2026-03-01T10:00:00Z', selfUri: '/api/v2/x' };
const users = (count: number, from = 0): string[] => Array.from({ length: count }, (_, i) => `u-${from + i}`);
const idsIn = (body: unknown): string[] => (body as { entities: { id: string }[] }).entities.map(({ id }) => id);

describe('a listing by cursor', () => {
  const pages = (next: Readonly<Record<string, string>>) =>
    clientAnswering((request) => {
      const at = request.query.get('after') ?? '1';
      return { body: { entities: [{ id: `a-${at}` }, { id: 'a-1' }], ...(next[at] ? { nextUri: next[at] } : {}) } };
    });

  test.each([
    ['relative', '/api/v2/assistants?expand=copilot&after=2&pageSize=100'],
    ['absolute', 'https://api.mypurecloud.de/api/v2/assistants?after=2#top'],
  ])('goes on after the cursor of an address that is %s, and tells each once', async (_kind, nextUri) => {
    const { client, seen } = await pages({ '1': nextUri });
    expect((await all(client.assistants.list())).map(({ id }) => id)).toEqual(['a-1', 'a-2']);
    expect(seen.map(({ query }) => query.get('after'))).toEqual([null, '2']);
  });

  test('keeps a cursor with special characters as it is', async () => {
    const { client, seen } = await pages({ '1': '/api/v2/assistants?after=a%2Bb%3D%3D' });
    await all(client.assistants.list());
    expect(seen[1]?.query.get('after')).toBe('a+b==');
  });

  test('that comes back to a page that was read is an error, not an end and not for ever', async () => {
    const { client, seen } = await pages({ '1': '/x?after=2', '2': '/x?after=3', '3': '/x?after=2' });
    await expect(all(client.assistants.list())).rejects.toMatchObject({ kind: 'badAnswer' });
    expect(seen).toHaveLength(3);
  });

  test('that never ends is given up', async () => {
    const { client, seen } = await clientAnswering((request) => ({
      body: { entities: [], nextUri: `/x?after=${Number(request.query.get('after') ?? 0) + 1}` },
    }));
    await expect(all(client.assistants.list())).rejects.toMatchObject({ kind: 'badAnswer' });
    expect(seen).toHaveLength(200);
  });

  test('ends where the next address has no cursor', async () => {
    const { client } = await pages({ '1': '/api/v2/assistants?before=7' });
    expect(await all(client.assistants.list())).toHaveLength(1);
  });
});

describe('an assistant', () => {
  test('is told with its copilot and whatever else it holds', async () => {
    const copilot = { enabled: true, liveOnQueue: true, defaultLanguage: 'en-US', ruleEngineConfig: { rules: [] } };
    const { client, seen } = await clientAnswering(() => ({ body: { id: 'a-1', name: 'A', more: 1, copilot } }));
    expect(await client.assistants.get('a-1')).toEqual({ id: 'a-1', name: 'A', more: 1, copilot });
    expect(callsOf(seen)).toEqual(['GET /api/v2/assistants/a-1?expand=copilot']);
  });

  test('of a queue that has none is null', async () => {
    const { client } = await clientAnswering(() => ({ status: 404, body: errorBody(404, 'not.found') }));
    expect(await client.assistants.ofQueue('q-1')).toBeNull();
  });

  test('is put on a queue without what is read only', async () => {
    const { client, seen } = await clientAnswering(() => ({ status: 201, body: QUEUE }));
    expect(await client.assistants.putQueue('a-1', QUEUE)).toEqual(QUEUE);
    expect(callsOf(seen)).toEqual(['PUT /api/v2/assistants/a-1/queues/q-1']);
    expect(seen[0]?.body).toEqual({ id: 'q-1', mediaTypes: ['Call'] });
  });

  test('is put on many queues at once', async () => {
    const { client, seen } = await clientAnswering(() => ({ body: { entities: [QUEUE] } }));
    await client.assistants.patchQueues('a-1', [QUEUE, { id: 'q-2', mediaTypes: ['Message'] }]);
    expect(callsOf(seen)).toEqual(['PATCH /api/v2/assistants/a-1/queues']);
    expect(seen[0]?.body).toEqual([
      { id: 'q-1', mediaTypes: ['Call'] },
      { id: 'q-2', mediaTypes: ['Message'] },
    ]);
  });

  test('that is taken from a queue which it does not serve is no error', async () => {
    const { client } = await clientAnswering(() => ({ status: 404, body: errorBody(404, 'not.found') }));
    await expect(client.assistants.removeQueue('a-1', 'q-1')).resolves.toBeUndefined();
  });

  test('of 120 queues is asked for in three calls, and queues that were not asked for are left out', async () => {
    const { client, seen } = await clientAnswering((request) => ({
      body: {
        entities: [...(request.query.get('queueIds') ?? '').split(','), 'other'].map((id) => ({ ...QUEUE, id })),
      },
    }));
    const ids = users(120);
    expect((await client.assistants.queuesAmong([...ids, ...ids])).map(({ id }) => id)).toEqual(ids);
    expect(seen).toHaveLength(3);
  });
});

describe('the agents of a queue', () => {
  test('are added 100 at a time, each once; no body says that all were taken', async () => {
    const { client, seen } = await clientAnswering(() => ({ status: 204, body: '' }));
    expect(await client.assistants.addUsers('a-1', 'q-1', [...users(150), 'u-0'])).toEqual([]);
    expect(callsOf(seen)).toEqual(Array(2).fill('POST /api/v2/assistants/a-1/queues/q-1/users/bulk/add'));
    expect(seen.map(({ body }) => idsIn(body).length)).toEqual([100, 50]);
  });

  test('who were refused in a 200 are told by name, from both calls', async () => {
    const error = { code: 'user.not.in.queue', message: 'not a member' };
    const { client } = await clientAnswering((request) => {
      const ids = idsIn(request.body);
      const refused = ids.findIndex((id) => id === 'u-7' || id === 'u-120');
      const results = ids.map((id, index) => (index === refused ? { error } : { entity: { id } }));
      return { body: { results, errorCount: 1, errorIndexes: [refused] } };
    });
    expect(await client.assistants.removeUsers('a-1', 'q-1', users(150))).toEqual([
      { userId: 'u-7', ...error },
      { userId: 'u-120', ...error },
    ]);
  });

  test.each([
    ['only by index', { errorCount: 1, errorIndexes: [1] }],
    ['only by result', { errorCount: 1, results: [{ entity: {} }, { error: {} }] }],
  ])('who were refused are told %s', async (_how, body) => {
    const { client } = await clientAnswering(() => ({ body }));
    expect(await client.assistants.addUsers('a-1', 'q-1', users(2))).toMatchObject([
      { userId: 'u-1', code: 'unknown' },
    ]);
  });

  test.each([
    ['more failures than names', { errorCount: 2, errorIndexes: [1], results: [] }],
    ['a name that was not asked', { errorCount: 1, errorIndexes: [9] }],
  ])('an answer of %s is a bad answer, never a success', async (_what, body) => {
    const { client } = await clientAnswering(() => ({ body }));
    await expect(client.assistants.addUsers('a-1', 'q-1', users(2))).rejects.toMatchObject({ kind: 'badAnswer' });
  });

  test('who have the assistant are asked for 100 at a time', async () => {
    const { client, seen } = await clientAnswering((request) => ({
      body: {
        queue: QUEUE,
        users: idsIn(request.body)
          .filter((id) => id.endsWith('0'))
          .map((id) => ({ id })),
      },
    }));
    const found = await client.assistants.usersAmong('a-1', 'q-1', users(101));
    expect([...found]).toEqual([
      'u-0',
      'u-10',
      'u-20',
      'u-30',
      'u-40',
      'u-50',
      'u-60',
      'u-70',
      'u-80',
      'u-90',
      'u-100',
    ]);
    expect(callsOf(seen)).toEqual(Array(2).fill('POST /api/v2/assistants/a-1/queues/q-1/users/query'));
  });

  test('are assigned by a job, which tells why it failed', async () => {
    const errorInfo = { code: 'some.code', message: 'some words' };
    const { client, seen } = await clientAnswering((request) => ({
      status: request.method === 'POST' ? 202 : 200,
      body:
        request.method === 'POST' ? { id: 'j-1', status: 'InProgress' } : { id: 'j-1', status: 'Failed', errorInfo },
    }));
    const job = await client.assistants.startAssignment('a-1', 'q-1', 'ManualAssignment');
    expect(job).toEqual({ id: 'j-1', status: 'InProgress', reason: null });
    expect(seen[0]?.body).toEqual({ action: 'ManualAssignment' });
    expect(await client.assistants.assignmentJob('a-1', 'q-1', job.id)).toEqual({
      id: 'j-1',
      status: 'Failed',
      reason: 'some.code: some words',
    });
    expect(callsOf(seen)[1]).toBe('GET /api/v2/assistants/a-1/queues/q-1/users/jobs/j-1');
  });
});
