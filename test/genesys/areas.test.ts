import { all, callsOf, clientAnswering } from './answering.ts';
import { errorBody } from './with-organisation.ts';

const DAY_MS = 24 * 60 * 60_000;
const SPAN = { fromMs: 0, toMs: DAY_MS };
const INTERVAL = '1970-01-01T00:00:00.000Z/1970-01-02T00:00:00.000Z';

describe('settings', () => {
  test('our token is told with the clock of the platform', async () => {
    const body = { organization: { id: 'o-1', name: 'Acme' }, OAuthClient: { id: 'x', name: 'Rollouts' } };
    const { client } = await clientAnswering(() => ({ body, headers: { date: 'Sun, 01 Mar 2026 10:00:00 GMT' } }));
    expect(await client.organisation.token()).toMatchObject({
      value: body,
      sentAt: Date.parse('2026-03-01T10:00:00Z'),
    });
  });

  test('our token is verified by a HEAD, and one that was revoked is renewed once', async () => {
    const { client, seen } = await clientAnswering(() =>
      seen.length === 1 ? { status: 401 } : { status: 200, body: '' },
    );
    await client.organisation.checkToken();
    expect(callsOf(seen)).toEqual(Array(2).fill('HEAD /api/v2/tokens/me'));
  });

  test('a HEAD that is refused has no body, and still a kind', async () => {
    const { client } = await clientAnswering(() => ({ status: 403, body: errorBody(403, 'missing.permissions') }));
    await expect(client.organisation.checkToken()).rejects.toMatchObject({ kind: 'forbidden', status: 403 });
  });

  test('grants are told by permission', async () => {
    const policies = [
      { domain: 'routing', entityName: 'queue', actions: ['view', 'edit'] },
      { domain: 'assistants', entityName: '*', actions: ['*'] },
    ];
    const { client, seen } = await clientAnswering(() => ({
      body: { grants: [{ role: { name: 'R', policies } }, {}] },
    }));
    expect(await client.organisation.grants()).toEqual([
      { role: 'R', permissions: ['routing:queue:view', 'routing:queue:edit', 'assistants:*:*'] },
      { role: '', permissions: [] },
    ]);
    expect(callsOf(seen)).toEqual(['GET /api/v2/authorization/subjects/me']);
  });

  test('limits are told by key, topics with their transports', async () => {
    const topic = { id: 'v2.conversations.{id}.transcription', transports: ['All'] };
    const { client, seen } = await clientAnswering(({ path }) => ({
      body: { entities: path.includes('limits') ? [{ key: 'rate', namespace: 'platform.api', value: 300 }] : [topic] },
    }));
    expect((await client.organisation.limits('platform.api')).get('rate')).toBe(300);
    expect(await client.organisation.topics()).toEqual([topic]);
    expect(callsOf(seen)).toEqual([
      'GET /api/v2/organizations/limits/namespaces/platform.api',
      'GET /api/v2/notifications/availabletopics?expand=transports&expand=requiresPermissions',
    ]);
  });

  test('transcription and copilot features are told as they are', async () => {
    const settings = { transcription: 'EnabledGlobally', lowLatencyTranscriptionEnabled: true, more: 1 };
    const { client, seen } = await clientAnswering(({ path }) => ({ body: path.includes('copilot') ? [1] : settings }));
    expect(await client.organisation.transcription()).toEqual(settings);
    expect(await client.organisation.copilotFeatures('de-DE')).toEqual([1]);
    expect(callsOf(seen)[1]).toBe('GET /api/v2/assistants/copilot/featuresupport?language=de-DE');
  });
});

describe('people', () => {
  test('members of a queue come from pages that tell neither total nor count', async () => {
    const { client, seen } = await clientAnswering(({ query, path }) => {
      const page = Number(query.get('pageNumber'));
      return { body: { entities: [{ id: `u-${page}` }], ...(page < 3 ? { nextUri: path } : {}) } };
    });
    expect((await all(client.people.membersOf('q-1'))).map(({ id }) => id)).toEqual(['u-1', 'u-2', 'u-3']);
    expect(seen[0]?.path).toBe('/api/v2/routing/queues/q-1/members');
  });

  test('queues by name, and groups', async () => {
    const { client, seen } = await clientAnswering(() => ({ body: { entities: [{ id: 'x' }], pageCount: 1 } }));
    expect(await all(client.people.queues('Billing*'))).toEqual([{ id: 'x' }]);
    expect(await all(client.people.groups())).toEqual([{ id: 'x' }]);
    expect(callsOf(seen)).toEqual([
      'GET /api/v2/routing/queues?name=Billing*&pageNumber=1&pageSize=100',
      'GET /api/v2/groups?pageNumber=1&pageSize=100',
    ]);
  });
});

describe('one conversation', () => {
  test('is told as it stands, and with its details', async () => {
    const { client, seen } = await clientAnswering(({ path }) => ({
      body: path.includes('analytics') ? { conversationId: 'c-1' } : { id: 'c-1', participants: [] },
    }));
    expect(await client.conversations.get('c-1')).toEqual({ id: 'c-1', participants: [] });
    expect(await client.conversations.detailsOf('c-1')).toEqual({ conversationId: 'c-1' });
    expect(callsOf(seen)).toEqual(['GET /api/v2/conversations/c-1', 'GET /api/v2/analytics/conversations/c-1/details']);
  });

  test('that there is not is null; a refusal is none of that', async () => {
    const { client } = await clientAnswering(({ path }) =>
      path.includes('analytics')
        ? { status: 403, body: errorBody(403, 'missing.permissions') }
        : { status: 404, body: errorBody(404, 'not.found') },
    );
    expect(await client.conversations.get('c-1')).toBeNull();
    await expect(client.conversations.detailsOf('c-1')).rejects.toMatchObject({ kind: 'forbidden' });
  });
});

describe('aggregates', () => {
  test('are asked for by group and told flat; a figure that is not told is null', async () => {
    const metrics = [
      { metric: 'tHandle', stats: { count: 4, sum: 1200 } },
      { metric: 'oWaiting', qualifier: 'x' },
    ];
    const { client, seen } = await clientAnswering(() => ({
      body: { results: [{ group: { queueId: 'q-1' }, data: [{ interval: 'a/b', metrics }] }, { data: [] }, {}] },
    }));
    const query = { ...SPAN, metrics: ['tHandle'], groupBy: ['queueId'], granularity: 'P1D', filter: { type: 'and' } };
    expect(await client.aggregates.conversations(query)).toEqual([
      {
        group: { queueId: 'q-1' },
        interval: 'a/b',
        metrics: [
          { metric: 'tHandle', qualifier: null, count: 4, sum: 1200, min: null, max: null },
          { metric: 'oWaiting', qualifier: 'x', count: null, sum: null, min: null, max: null },
        ],
      },
    ]);
    expect(seen[0]?.body).toEqual({
      interval: INTERVAL,
      metrics: ['tHandle'],
      groupBy: ['queueId'],
      granularity: 'P1D',
      filter: { type: 'and' },
    });
  });

  test('of agent copilots are another resource; without results there are none', async () => {
    const { client, seen } = await clientAnswering(() => ({ body: {} }));
    expect(await client.aggregates.agentCopilots({ ...SPAN, metrics: ['nDistinctSuggestions'] })).toEqual([]);
    expect(callsOf(seen)).toEqual(['POST /api/v2/analytics/agentcopilots/aggregates/query']);
  });
});

describe('audits', () => {
  const QUERY = { ...SPAN, service: 'Integrations', filters: [{ property: 'EntityId', value: 'i-1' }] };
  const BODY = {
    interval: INTERVAL,
    serviceName: 'Integrations',
    filters: [{ property: 'EntityId', value: 'i-1' }],
    sort: [{ name: 'Timestamp', sortOrder: 'descending' }],
  };

  test('of the last days come page by page', async () => {
    const { client, seen } = await clientAnswering(({ body }) => ({
      body: { entities: [{ id: `e-${(body as { pageNumber: number }).pageNumber}` }], pageCount: 2 },
    }));
    expect(await all(client.audits.recent(QUERY))).toEqual([{ id: 'e-1' }, { id: 'e-2' }]);
    expect(seen[1]?.body).toEqual({ ...BODY, pageNumber: 2, pageSize: 100 });
  });

  test('of any time are gathered first, then read by cursor', async () => {
    const { client, seen } = await clientAnswering(({ method, path, query }) => {
      if (method === 'POST') return { status: 202, body: { id: 't-1', state: 'Queued' } };
      if (!path.endsWith('/results')) return { status: 202, body: { id: 't-1', state: 'Running' } };
      return { body: query.has('cursor') ? { entities: [{ id: 'e-2' }] } : { entities: [{ id: 'e-1' }], cursor: 'n' } };
    });
    const id = await client.audits.start(QUERY);
    expect(seen[0]?.body).toEqual(BODY);
    expect(await client.audits.state(id)).toBe('Running');
    expect(await all(client.audits.results(id))).toEqual([{ id: 'e-1' }, { id: 'e-2' }]);
    expect(callsOf(seen).slice(2)).toEqual([
      'GET /api/v2/audits/query/t-1/results?pageSize=100',
      'GET /api/v2/audits/query/t-1/results?pageSize=100&cursor=n',
    ]);
  });

  test('that come round in a circle are an error', async () => {
    const { client, seen } = await clientAnswering(() => ({ body: { entities: [{ id: 'e' }], cursor: 'same' } }));
    await expect(all(client.audits.results('t-1'))).rejects.toMatchObject({ kind: 'badAnswer' });
    expect(seen).toHaveLength(2);
  });
});
