import { storeEvents } from '../helpers/store-events.ts';
import { describeEachStore } from '../helpers/database.ts';
import { NOON, eventOf, iso } from '../helpers/events.ts';
import { startScriptedServer } from '../helpers/scripted-server.ts';
import type { ScriptedServer } from '../helpers/scripted-server.ts';
import { clearAll, destination, eventIds, openForwarding, store, until } from './helpers.ts';
import type { TestForwarding } from './helpers.ts';

describeEachStore('metrics for the coaching platform', (db) => {
  let server: ScriptedServer;
  let forwarding: TestForwarding;
  beforeAll(async () => {
    forwarding = await openForwarding();
  });
  afterAll(() => forwarding.close());
  beforeEach(async () => {
    await clearAll(db());
    server = await startScriptedServer(() => ({}));
  });
  afterEach(async () => {
    await forwarding.end();
    await server.close();
  });
  const metrics = () =>
    server.requests.flatMap(({ body }) => (body as { metrics?: Record<string, unknown>[] }).metrics ?? []);
  const start = async (more: object = {}) => {
    await forwarding.start(db(), [destination(server.url, { metrics: true, ...more })], {
      metricsEveryMs: 20,
      metricsGraceMs: 0,
    });
  };

  const card = (
    name: string,
    outcome: 'accepted' | 'dismissed',
    atMs: number,
    latencyMs: number,
    more: object = {},
  ) => [
    eventOf(name, 'triggered', atMs, { triggeredAt: iso(NOON + atMs), ...more }),
    eventOf(name, outcome, atMs + 9_000, {
      triggeredAt: iso(NOON + atMs),
      renderedAt: iso(NOON + atMs + latencyMs),
      ...more,
    }),
  ];

  test('one snapshot for each agent, action version and minute, from the cards and not from the events', async () => {
    await start();
    const events = [
      ...card('c1', 'accepted', 0, 100),
      ...card('c2', 'dismissed', 1_000, 300),
      eventOf('c3', 'triggered', 2_000, { triggeredAt: iso(NOON + 2_000) }),
      ...card('c4', 'accepted', 3_000, -50),
      ...card('c5', 'accepted', 61_000, 200),
      ...card('c6', 'accepted', 0, 700, { agentId: 'agent-2', version: '1.6.0', actionId: 'action-b' }),
    ];
    // No card was triggered later than it arrived.
    await storeEvents(db(), events, { source: 'genesys', receivedAt: new Date(NOON + 120_000) });
    await until(() => metrics().length >= 3, 'three snapshots');
    expect(metrics()).toEqual([
      {
        agentId: 'agent-1',
        actionId: 'action-a',
        actionName: 'RefundAssist v1.5.0',
        version: '1.5.0',
        windowStart: iso(NOON),
        windowEnd: iso(NOON + 60_000),
        triggered: 4,
        rendered: 3,
        accepted: 2,
        dismissed: 1,
        unanswered: 1,
        skewed: 1,
        deliveryLatencyMs: { count: 2, mean: 200, p50: 100, p95: 300, max: 300 },
        revision: expect.any(Number),
      },
      expect.objectContaining({
        agentId: 'agent-2',
        version: '1.6.0',
        triggered: 1,
        accepted: 1,
        deliveryLatencyMs: { count: 1, mean: 700, p50: 700, p95: 700, max: 700 },
      }),
      expect.objectContaining({ agentId: 'agent-1', windowStart: iso(NOON + 60_000), triggered: 1 }),
    ]);
  });

  test('an event that comes late is followed by a whole new snapshot with a larger revision; a duplicate by none', async () => {
    await start();
    await store(db(), eventOf('c1', 'triggered', 0));
    await until(() => metrics().length === 1, 'the first snapshot');
    await store(db(), eventOf('c1', 'triggered', 0), eventOf('c1', 'accepted', 5_000, { renderedAt: iso(NOON + 40) }));
    await until(() => metrics().length === 2, 'the second snapshot');
    const [first, second] = metrics();
    expect([first, second]).toMatchObject([
      { accepted: 0, deliveryLatencyMs: null },
      { triggered: 1, accepted: 1, deliveryLatencyMs: { count: 1, max: 40 } },
    ]);
    expect(Number(second?.['revision'])).toBeGreaterThan(Number(first?.['revision']));
  });

  test('a destination that wants metrics alone gets no events', async () => {
    await start({ events: false });
    await store(db(), ...card('c1', 'accepted', 0, 100));
    await until(() => metrics().length === 1, 'a snapshot');
    expect(eventIds(server.requests)).toEqual([]);
  });
});
