import { DETAILS, givenSandbox } from './helpers.ts';
import type { Client } from './helpers.ts';
import { SEEDED } from '../../src/sandbox/seeded-organisation.ts';

const START = Date.parse('2026-03-02T10:00:00.000Z');
const INTERVAL = '2026-03-02T09:00:00.000Z/2026-03-02T11:00:00.000Z';

/** Half a minute of traffic has been. */
async function givenConversations(): Promise<Client & { readonly total: number }> {
  let now = START;
  const client = await givenSandbox({ traffic: { cardsPerSecond: 50 }, now: () => now });
  for (; now < START + 30_000; now += 500) client.sandbox.org.tick();
  await client.call('POST', '/sandbox/traffic', { running: false });
  return { ...client, total: client.sandbox.org.conversations.all().length };
}

interface Found {
  readonly conversationId: string;
  readonly conversationStart: string;
  readonly participants: readonly {
    purpose: string;
    userId?: string;
    sessions: readonly { segments: readonly { queueId: string }[] }[];
  }[];
}

function found(body: Readonly<Record<string, unknown>>): readonly Found[] {
  return body['conversations'] as readonly Found[];
}

test('pages hold every conversation once, in order, and totalHits counts them all', async () => {
  const { call: ask, total } = await givenConversations();
  expect(total).toBeGreaterThan(150);
  const seen: Found[] = [];
  for (let pageNumber = 1; seen.length < total; pageNumber++) {
    const { status, body } = await ask('POST', DETAILS, { interval: INTERVAL, paging: { pageSize: 100, pageNumber } });
    expect([status, body['totalHits']]).toEqual([200, total]);
    expect(found(body).length).toBe(Math.min(100, total - seen.length));
    seen.push(...found(body));
  }
  expect(new Set(seen.map(({ conversationId }) => conversationId)).size).toBe(total);
  const starts = seen.map(({ conversationStart }) => conversationStart);
  expect(starts).toEqual(starts.toSorted());
});

test('a page has 25 by default, and the order can be turned', async () => {
  const { call: ask } = await givenConversations();
  const { body } = await ask('POST', DETAILS, { interval: INTERVAL, order: 'desc', orderBy: 'conversationStart' });
  const starts = found(body).map(({ conversationStart }) => conversationStart);
  expect(starts.length).toBe(25);
  expect(starts).toEqual(starts.toSorted().toReversed());
});

test('filters narrow by queue and by conversation', async () => {
  const { call: ask, total } = await givenConversations();
  const is = (dimension: string, value: string): object => ({
    type: 'or',
    predicates: [{ type: 'dimension', dimension, operator: 'matches', value }],
  });
  const queueId = SEEDED.queues.orders.id;
  const { body } = await ask('POST', DETAILS, { interval: INTERVAL, segmentFilters: [is('queueId', queueId)] });
  expect(body['totalHits']).toBeGreaterThan(0);
  expect(body['totalHits']).toBeLessThan(total / 2);
  for (const { participants } of found(body)) expect(participants[1]?.sessions[0]?.segments[0]?.queueId).toBe(queueId);
  const one = found(body)[0]?.conversationId ?? '';
  const single = await ask('POST', DETAILS, {
    interval: INTERVAL,
    conversationFilters: [is('conversationId', one)],
    segmentFilters: [is('queueId', queueId)],
  });
  expect(single.body).toMatchObject({ totalHits: 1, conversations: [{ conversationId: one }] });
  const none = await ask('POST', DETAILS, {
    interval: INTERVAL,
    conversationFilters: [is('conversationId', one)],
    segmentFilters: [is('queueId', SEEDED.queues.support.id)],
  });
  expect(none.body).toMatchObject({ totalHits: 0, conversations: [] });
});

test('conversations outside the interval are not found', async () => {
  const { call: ask } = await givenConversations();
  const interval = '2026-03-01T09:00:00Z/2026-03-02T09:00:00Z';
  expect((await ask('POST', DETAILS, { interval })).body).toMatchObject({ totalHits: 0 });
});

test('what began on a day that the interval does not touch is left out, though it goes on', async () => {
  const midnight = Date.parse('2026-03-03T00:00:00.000Z');
  let now = midnight - 5_000;
  const { sandbox, call: ask } = await givenSandbox({ traffic: { cardsPerSecond: 20 }, now: () => now });
  for (; now < midnight; now += 500) sandbox.org.tick();
  await ask('POST', '/sandbox/traffic', { running: false });
  const running = sandbox.org.conversations.all().filter(({ endMs }) => endMs >= midnight).length;
  expect(running).toBeGreaterThan(0);
  const hitsFrom = async (from: string): Promise<unknown> =>
    (await ask('POST', DETAILS, { interval: `${from}/2026-03-03T01:00:00.000Z` })).body['totalHits'];
  expect(await hitsFrom('2026-03-03T00:00:00.000Z')).toBe(0);
  expect(await hitsFrom('2026-03-02T23:59:59.999Z')).toBe(running);
});

test.each([
  ['longer than 7 days', { interval: '2026-03-01T00:00:00Z/2026-03-08T00:00:00.001Z' }, 'bad.request'],
  ['backwards', { interval: '2026-03-02T00:00:00Z/2026-03-01T00:00:00Z' }, 'constraint.validation'],
  [
    "the tutorial's old body",
    { dateFrom: '2024-01-01T00:00:00Z', dateTo: '2024-12-31T23:59:59Z', filterType: 'AND' },
    'constraint.validation',
  ],
  ['too large a page', { interval: INTERVAL, paging: { pageSize: 101, pageNumber: 1 } }, 'constraint.validation'],
  [
    'an unknown dimension',
    { interval: INTERVAL, segmentFilters: [{ type: 'or', predicates: [{ dimension: 'mood', value: 'x' }] }] },
    'constraint.validation',
  ],
])('a query that is %s is refused', async (_, body, code) => {
  const { call: ask } = await givenSandbox();
  expect(await ask('POST', DETAILS, body)).toMatchObject({ status: 400, body: { code } });
});

test('exactly 7 days are allowed', async () => {
  const { call: ask } = await givenSandbox();
  expect((await ask('POST', DETAILS, { interval: '2026-03-01T00:00:00Z/2026-03-08T00:00:00Z' })).status).toBe(200);
});

test('only the latest conversations are remembered', async () => {
  let now = START;
  const { sandbox } = await givenSandbox({
    rememberedConversations: 10,
    traffic: { cardsPerSecond: 50 },
    now: () => now,
  });
  for (; now < START + 10_000; now += 500) sandbox.org.tick();
  const starts = sandbox.org.conversations.all().map(({ startMs }) => startMs);
  expect(starts.length).toBe(10);
  expect(Math.min(...starts)).toBeGreaterThan(START + 8_000);
});
