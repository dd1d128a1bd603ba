import { startHeartbeat } from '../../src/activities/heartbeat.ts';
import { getDeadLetter, listDeadLetters, returnToOutbox } from '../../src/store/dead-letters.ts';
import { readBacklog } from '../../src/store/outbox.ts';
import type { ForwardSettings } from '../../src/forward/settings.ts';
import type { Forwarding } from '../../src/worker/forwarding.ts';
import { forwardWorkflowId } from '../../src/workflows/messages.ts';
import { describeEachStore } from '../helpers/database.ts';
import { NOON, eventOf, iso } from '../helpers/events.ts';
import { sign } from '../helpers/push.ts';
import { startScriptedServer } from '../helpers/scripted-server.ts';
import type { Reply, ScriptedServer, SeenRequest } from '../helpers/scripted-server.ts';
import {
  SECRET,
  backlogOf,
  clearAll,
  destination,
  eventIds,
  openForwarding,
  pending,
  store,
  until,
} from './helpers.ts';
import type { TestForwarding } from './helpers.ts';

jest.mock('../../src/activities/heartbeat.ts', () => {
  const real = jest.requireActual<{ startHeartbeat: typeof startHeartbeat }>('../../src/activities/heartbeat.ts');
  return { ...real, startHeartbeat: jest.fn(real.startHeartbeat) };
});

describeEachStore('forwarder', (db) => {
  let server: ScriptedServer;
  let reply: (request: SeenRequest) => Reply | Promise<Reply>;
  let first = 0;
  let forwarding: TestForwarding;
  const seen = (): SeenRequest[] => server.requests.slice(first);
  const forward = (
    destinations = [destination(server.url)],
    settings: Partial<ForwardSettings> = {},
    identity?: string,
  ): Promise<Forwarding> => forwarding.start(db(), destinations, settings, identity);
  /** Who sends to the one destination. */
  const sender = async (): Promise<'first' | 'second'> => {
    const [row] = await db().query<{ sender: string }>('select sender from destinations');
    return row?.sender.startsWith('first ') ? 'first' : 'second';
  };
  const emptied = () => until(async () => (await pending(db())) === 0, 'the outbox to be empty');

  beforeAll(async () => {
    server = await startScriptedServer((request) => reply(request));
    forwarding = await openForwarding();
  });
  afterAll(async () => {
    await server.close();
    await forwarding.close();
  });
  beforeEach(async () => {
    reply = () => ({});
    first = server.requests.length;
    await clearAll(db());
  });
  afterEach(() => forwarding.end());

  test('every event arrives as it was stored, signed as the specification says, and leaves the outbox', async () => {
    await forward();
    await store(db(), eventOf('c1', 'triggered', 0), eventOf('c1', 'accepted', 9, { renderedAt: iso(NOON + 5) }));
    await emptied();
    const [request] = seen();
    const id = String(request?.headers['webhook-id']);
    expect(request?.headers['webhook-signature']).toBe(
      sign(SECRET, id, String(request?.headers['webhook-timestamp']), request?.text ?? ''),
    );
    expect(request?.body).toEqual({
      events: [eventOf('c1', 'triggered', 0), eventOf('c1', 'accepted', 9, { renderedAt: iso(NOON + 5) })],
    });
  });

  test('what a push holds in the wrong order is forwarded in the order in which it happened; duplicates are not forwarded', async () => {
    await forward();
    await store(db(), eventOf('c1', 'accepted', 9), eventOf('c1', 'rendered', 5), eventOf('c1', 'triggered', 0));
    await store(db(), eventOf('c1', 'accepted', 9), eventOf('c1', 'triggered', 0));
    await emptied();
    expect(eventIds(seen())).toEqual(['c1-triggered', 'c1-rendered', 'c1-accepted']);
  });

  test('each conversation keeps its order over many messages that fail at random', async () => {
    const arrived: string[] = [];
    let calls = 0;
    reply = (request) => {
      calls += 1;
      if (calls % 3 === 0) return { status: 503 };
      arrived.push(...eventIds([request]));
      return {};
    };
    await forward([destination(server.url)], { batch: 4 });
    const conversations = Array.from({ length: 12 }, (_, n) => `c${n}`);
    for (let step = 0; step < 10; step += 1) {
      await store(db(), ...conversations.map((card) => eventOf(card, 'accepted', step, { id: `${card}-${step}` })));
    }
    await emptied();
    for (const card of conversations) {
      expect(arrived.filter((id) => id.startsWith(`${card}-`))).toEqual(
        Array.from({ length: 10 }, (_, step) => `${card}-${step}`),
      );
    }
  });

  test('an attempt is repeated under the same id, and nothing of its conversations overtakes it', async () => {
    reply = () => (seen().length <= 2 ? { status: 500 } : {});
    await forward([destination(server.url)], { batch: 1 });
    await store(db(), eventOf('c1', 'triggered', 0), eventOf('c1', 'accepted', 9));
    await emptied();
    expect(eventIds(seen())).toEqual(['c1-triggered', 'c1-triggered', 'c1-triggered', 'c1-accepted']);
    expect(
      new Set(
        seen()
          .slice(0, 3)
          .map(({ headers }) => headers['webhook-id']),
      ).size,
    ).toBe(1);
  });

  test('Retry-After holds the whole destination', async () => {
    const times: number[] = [];
    reply = () => {
      times.push(Date.now());
      return times.length === 1 ? { status: 429, headers: { 'retry-after': '1' } } : {};
    };
    await forward([destination(server.url)], { concurrency: 1 });
    await store(db(), eventOf('c1', 'triggered', 0));
    await until(() => times.length >= 1, 'the first attempt');
    await store(db(), eventOf('c2', 'triggered', 0));
    await emptied();
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(950);
  });

  test('a destination that goes on failing is left alone for longer and longer, however soon it says to come back', async () => {
    const times: number[] = [];
    reply = () => {
      times.push(Date.now());
      return times.length < 4 ? { status: 503, headers: { 'retry-after': '1' } } : {};
    };
    await forward([destination(server.url)], { concurrency: 1 });
    await store(db(), eventOf('c1', 'triggered', 0));
    await emptied();
    expect((times[3] ?? 0) - (times[2] ?? 0)).toBeGreaterThan(1900);
  });

  test('one event that is not acceptable becomes a dead letter, the others of its message arrive; replayed, it is sent again', async () => {
    reply = ({ text }) => (text.includes('"poison"') ? { status: 400 } : {});
    await forward();
    await store(
      db(),
      eventOf('c1', 'triggered', 0),
      eventOf('c2', 'triggered', 0, { id: 'poison' }),
      eventOf('c2', 'accepted', 9),
      eventOf('c3', 'triggered', 0),
    );
    await emptied();
    const [letter, ...more] = await listDeadLetters(db(), { kind: 'forward' });
    expect([letter, more]).toMatchObject([
      { eventId: 'poison', code: 'http-400', destination: 'coaching', cut: false },
      [],
    ]);
    const whole = await getDeadLetter(db(), letter?.id ?? 0);
    expect(JSON.parse(Buffer.from(whole?.body ?? []).toString())).toMatchObject({ id: 'poison' });
    expect(await readBacklog(db(), 10)).toMatchObject([{ destination: 'coaching', pending: 0, deadLetters: 1 }]);

    reply = () => ({});
    const at = new Date(NOON);
    expect([await returnToOutbox(db(), letter?.id ?? 0, at), await returnToOutbox(db(), letter?.id ?? 0, at)]).toEqual([
      true,
      false,
    ]);
    await emptied();
    expect(eventIds(seen().slice(-1))).toEqual(['poison']);
    expect(await listDeadLetters(db(), { kind: 'forward' })).toEqual([]);
  });

  test('a dead letter of an event that was deleted since goes as it was kept', async () => {
    reply = () => ({ status: 410 });
    await forward();
    await store(db(), eventOf('c1', 'triggered', 0));
    await emptied();
    const [letter] = await listDeadLetters(db(), { kind: 'forward' });
    await db().query("delete from events where id = 'c1-triggered'");
    reply = () => ({});
    const before = seen().length;
    expect(await returnToOutbox(db(), letter?.id ?? 0, new Date(NOON))).toBe(true);
    await emptied();
    expect(eventIds(seen().slice(before))).toEqual(['c1-triggered']);
  });

  test('410 gives up at once, anything else after the last attempt', async () => {
    reply = ({ text }) => ({ status: text.includes('c1-') ? 410 : 500 });
    await forward([destination(server.url)], { batch: 1, maxAttempts: 3 });
    await store(db(), eventOf('c1', 'triggered', 0), eventOf('c2', 'triggered', 0));
    await emptied();
    expect((await listDeadLetters(db(), {})).map(({ eventId, code }) => [eventId, code])).toEqual([
      ['c1-triggered', 'http-410'],
      ['c2-triggered', 'http-500'],
    ]);
    expect(eventIds(seen()).filter((id) => id === 'c2-triggered')).toHaveLength(3);
  });

  test('a redirect is a failure and is not followed', async () => {
    reply = () => (seen().length === 1 ? { status: 302, headers: { location: `${server.url}/elsewhere` } } : {});
    await forward();
    await store(db(), eventOf('c1', 'triggered', 0));
    await emptied();
    expect(seen().map(({ path }) => path)).toEqual(['/', '/']);
  });

  test('a destination that never answers slows neither the intake nor another destination', async () => {
    const hanging = await startScriptedServer(() => 'hang');
    try {
      await forward([destination(hanging.url, { name: 'hanging' }), destination(server.url)], { timeoutMs: 60_000 });
      for (let n = 0; n < 20; n += 1)
        await store(db(), ...Array.from({ length: 50 }, (_, i) => eventOf(`c${n}-${i}`, 'triggered', 0)));
      await until(() => eventIds(seen()).length === 1000, '1000 events at the other destination');
      await until(() => hanging.requests.length >= 4, 'as many messages to the hanging one as may be under way');
      expect(hanging.requests.length).toBe(4);
      // The last answer is settled a moment after it was given.
      await until(
        async () =>
          (await readBacklog(db(), 5_000)).find(({ destination: name }) => name === 'coaching')?.pending === 0,
        'nothing left for the other destination',
      );
      expect(await readBacklog(db(), 5_000)).toMatchObject([
        { destination: 'coaching', pending: 0 },
        { destination: 'hanging', pending: 1000 },
      ]);
    } finally {
      await forwarding.end();
      await hanging.close();
    }
  });

  test('after failures in a row one message at a time finds out, until one is delivered', async () => {
    let down = true;
    reply = () => (down ? { status: 503 } : {});
    await forward([destination(server.url)], { batch: 1 });
    await store(db(), ...Array.from({ length: 30 }, (_, n) => eventOf(`c${n}`, 'triggered', 0)));
    await until(async () => (await backlogOf(db()))?.circuit === 'open', 'the circuit to open');
    expect(await backlogOf(db())).toMatchObject({ delivered: 0, lastProblem: 'it answered 503' });
    const attempts = seen().length;
    await until(() => seen().length > attempts + 1, 'one attempt, and then another');
    down = false;
    await emptied();
    await until(async () => (await backlogOf(db()))?.delivered === 30, 'the last report');
    expect(await backlogOf(db())).toMatchObject({ circuit: 'closed', delivered: 30, failingSince: null });
    const { historyLength } = await forwarding.client.workflow.getHandle(forwardWorkflowId('coaching')).describe();
    expect(historyLength).toBeLessThan(20);
  });

  test('of two forwarders one works; when it closes the other goes on', async () => {
    const both = { first: await forward(undefined, {}, 'first'), second: await forward(undefined, {}, 'second') };
    await store(db(), eventOf('c1', 'triggered', 0));
    await emptied();
    const working = await sender();
    await both[working].close();
    await store(db(), eventOf('c2', 'triggered', 0));
    await emptied();
    expect(eventIds(seen())).toEqual(['c1-triggered', 'c2-triggered']);
    expect(await sender()).not.toBe(working);
  });

  test('what a process that died left under way is sent again, before what came later', async () => {
    reply = () => 'hang';
    jest.mocked(startHeartbeat).mockReturnValueOnce({ send: () => undefined, stop: () => undefined });
    await forward(undefined, {}, 'first');
    await store(db(), eventOf('c1', 'triggered', 0));
    await until(() => seen().length === 1, 'the first attempt');
    reply = () => ({});
    await store(db(), eventOf('c1', 'accepted', 9));
    await forward(undefined, {}, 'second');
    await emptied();
    expect(eventIds(seen())).toEqual(['c1-triggered', 'c1-triggered', 'c1-accepted']);
    expect(seen()[0]?.headers['webhook-id']).toBe(seen()[1]?.headers['webhook-id']);
    expect(await sender()).toBe('second');
  });

  test('a destination that is taken away gets no new events, and its workflow ends', async () => {
    await (await forward()).close();
    await forward([destination(server.url, { name: 'other' }), destination(server.url, { name: 'third' })]);
    await forward([destination(server.url, { name: 'other' })], {}, 'newer');
    const third = forwarding.client.workflow.getHandle(forwardWorkflowId('third'));
    await until(async () => (await third.describe()).status.name === 'COMPLETED', 'the end of the workflow');
    reply = () => ({ status: 503 });
    await store(db(), eventOf('c1', 'triggered', 0));
    expect(await readBacklog(db(), 10)).toMatchObject([
      { destination: 'coaching', enabled: false, pending: 0 },
      { destination: 'other', enabled: true, pending: 1 },
      { destination: 'third', enabled: false, pending: 0 },
    ]);
  });
});
