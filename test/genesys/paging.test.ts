import { spansOf } from '../../src/genesys/conversations.ts';
import type { DetailsQuery } from '../../src/genesys/conversations.ts';
import type { SeenRequest } from '../helpers/scripted-server.ts';
import type { GenesysClient } from '../../src/genesys/client.ts';
import { all, clientAnswering, closeAfter } from './answering.ts';
import { startOrganisation } from './with-organisation.ts';

const DAY_MS = 24 * 60 * 60_000;
const START = Date.parse('2026-03-01T12:00:00Z');

describe('actions by name', () => {
  test('come from all three pages, each once', async () => {
    const organisation = await startOrganisation('agentassist/actions');
    closeAfter(() => organisation.close());
    const names = Array.from({ length: 250 }, (_, i) => `RefundAssist v1.0.${i}`);
    names.forEach((name, i) => organisation.documents.set(`a-${i}`, { id: `a-${i}`, name, enabled: false }));
    organisation.documents.set('other', { id: 'other', name: 'Upsell v1.0.0', enabled: true });
    const found = await all(organisation.client.actions.listByName('RefundAssist v'));
    expect(found.map((action) => action.name)).toEqual(names);
    const pages = organisation.server
      .asked('GET', '/api/v2/agentassist/actions')
      .map((request) => request.query.get('pageNumber'));
    expect(pages).toEqual(['1', '2', '3']);
  });

  test('a document that a shift of the pages tells twice is one', async () => {
    const { client } = await clientAnswering((request) => ({
      body: {
        entities: [1, 2].map((n) => ({
          id: `a-${Number(request.query.get('pageNumber')) + n}`,
          name: 'n',
          enabled: true,
        })),
        pageCount: 3,
      },
    }));
    expect((await all(client.actions.listByName('n'))).map((action) => action.id)).toEqual([
      'a-2',
      'a-3',
      'a-4',
      'a-5',
    ]);
  });

  test('a listing without a page count ends where no next page is named', async () => {
    const { client, seen } = await clientAnswering((request) => ({
      body: {
        entities: [{ id: `a-${request.query.get('pageNumber')}`, name: 'n', enabled: true }],
        ...(request.query.get('pageNumber') === '3' ? {} : { nextUri: '/next' }),
      },
    }));
    expect((await all(client.actions.listByName('n'))).map((action) => action.id)).toEqual(['a-1', 'a-2', 'a-3']);
    expect(seen).toHaveLength(3);
  });

  test('a listing that never ends is given up', async () => {
    const { client, seen } = await clientAnswering(() => ({
      body: { entities: [{ id: 'a', name: 'n', enabled: true }], pageCount: 1e9 },
    }));
    await expect(all(client.actions.listByName('n'))).rejects.toMatchObject({ kind: 'badAnswer' });
    expect(seen).toHaveLength(200);
  });

  test('a reader who has enough asks for no further page', async () => {
    const { client, seen } = await clientAnswering(() => ({
      body: { entities: [{ id: 'a', name: 'n', enabled: true }], pageCount: 9 },
    }));
    for await (const action of client.actions.listByName('n')) {
      expect(action.id).toBe('a');
      break;
    }
    expect(seen).toHaveLength(1);
  });
});

describe('details of conversations', () => {
  const pageOf = (request: SeenRequest): { pageNumber: number; pageSize: number } =>
    (request.body as { paging: { pageNumber: number; pageSize: number } }).paging;
  const ids = async (client: GenesysClient, query: DetailsQuery): Promise<string[]> =>
    (await all(client.conversations.details(query))).map((conversation) => conversation.conversationId);

  test('a span is split where it is longer than 7 days, without gap or overlap', () => {
    expect(spansOf({ fromMs: START, toMs: START + 7 * DAY_MS })).toEqual([{ fromMs: START, toMs: START + 7 * DAY_MS }]);
    expect(spansOf({ fromMs: START, toMs: START + 15 * DAY_MS })).toEqual([
      { fromMs: START, toMs: START + 7 * DAY_MS },
      { fromMs: START + 7 * DAY_MS, toMs: START + 14 * DAY_MS },
      { fromMs: START + 14 * DAY_MS, toMs: START + 15 * DAY_MS },
    ]);
    expect(spansOf({ fromMs: START, toMs: START })).toEqual([]);
  });

  test('all pages of all spans are read, and what two spans tell of is told once', async () => {
    const { client, seen } = await clientAnswering((request) => {
      const { pageNumber, pageSize } = pageOf(request);
      const first = (request.body as { interval: string }).interval.startsWith('2026-03-01');
      const every = first ? Array.from({ length: 250 }, (_, i) => `c-${i}`) : ['c-249', 'c-late'];
      const conversations = every
        .slice((pageNumber - 1) * pageSize, pageNumber * pageSize)
        .map((conversationId) => ({ conversationId }));
      return { body: { conversations, totalHits: every.length } };
    });
    const found = await ids(client, { fromMs: START, toMs: START + 9 * DAY_MS });
    expect(found).toEqual([...Array.from({ length: 250 }, (_, i) => `c-${i}`), 'c-late']);
    expect(
      seen.map((request) => [(request.body as { interval: string }).interval, pageOf(request).pageNumber]),
    ).toEqual([
      ['2026-03-01T12:00:00.000Z/2026-03-08T12:00:00.000Z', 1],
      ['2026-03-01T12:00:00.000Z/2026-03-08T12:00:00.000Z', 2],
      ['2026-03-01T12:00:00.000Z/2026-03-08T12:00:00.000Z', 3],
      ['2026-03-08T12:00:00.000Z/2026-03-10T12:00:00.000Z', 1],
    ]);
  });

  test('the body has the shape of the public API: filters as given, in the order of their start', async () => {
    const { client, seen } = await clientAnswering(() => ({ body: {} }));
    const segmentFilters = [{ type: 'and', predicates: [{ type: 'dimension', dimension: 'queueId', value: 'q-1' }] }];
    expect(await ids(client, { fromMs: START, toMs: START + DAY_MS, segmentFilters })).toEqual([]);
    expect(seen[0]).toMatchObject({ method: 'POST', path: '/api/v2/analytics/conversations/details/query' });
    expect(seen[0]?.body).toEqual({
      interval: '2026-03-01T12:00:00.000Z/2026-03-02T12:00:00.000Z',
      order: 'asc',
      orderBy: 'conversationStart',
      paging: { pageSize: 100, pageNumber: 1 },
      segmentFilters,
    });
  });

  test('in the first hours of a day what began on the day before is asked for too, unless it is over', async () => {
    const intervals: string[] = [];
    const { client } = await clientAnswering((request) => {
      intervals.push((request.body as { interval: string }).interval);
      const conversations = [
        { conversationId: 'over', conversationEnd: '2026-03-02T00:04:59.999Z' },
        { conversationId: 'ended in it', conversationEnd: '2026-03-02T00:05:00.000Z' },
        { conversationId: 'goes on' },
      ];
      return { body: { conversations, totalHits: 3 } };
    });
    const midnight = Date.parse('2026-03-02T00:00:00Z');
    const fromMs = midnight + 5 * 60_000;
    expect(await ids(client, { fromMs, toMs: fromMs + 1 })).toEqual(['ended in it', 'goes on']);
    const later = midnight + DAY_MS / 6;
    expect(await ids(client, { fromMs: later, toMs: later + 1 })).toEqual(['goes on']);
    expect([...new Set(intervals)]).toEqual([
      '2026-03-01T23:59:59.999Z/2026-03-02T00:05:00.001Z',
      '2026-03-02T04:00:00.000Z/2026-03-02T04:00:00.001Z',
    ]);
  });
});
