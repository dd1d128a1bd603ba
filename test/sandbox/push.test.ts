import { createHmac, timingSafeEqual } from 'node:crypto';
import { EXPORTS, exportBody, givenReceiver, givenSandbox, ids, until } from './helpers.ts';
import type { Received } from './helpers.ts';
import { parseEvent } from '../../src/domain/events/event.ts';
import { PATIENCE_MS } from '../helpers/patience.ts';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const BUSY = { traffic: { cardsPerSecond: 400 } };
/** Nothing comes twice, nor does a busy machine's late answer make it. */
const CALM = { duplicateProbability: 0, swapProbability: 0, timeoutMs: PATIENCE_MS };

test('pushes are signed batches of well-formed events', async () => {
  const receiver = await givenReceiver();
  const { call: ask } = await givenSandbox({ ...BUSY, push: CALM });
  await ask(
    'POST',
    EXPORTS,
    exportBody(receiver.url, { destination: { type: 'webhook', url: receiver.url, signingSecret: SECRET } }),
  );
  await until(() => ids(receiver).length > 1_000);
  expect(receiver.received.every(isSigned)).toBe(true);
  expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(receiver.received.length);
  for (const { raw } of receiver.received) {
    const { events } = JSON.parse(raw) as { events: readonly unknown[] };
    expect(events.length).toBeLessThanOrEqual(200);
    expect(events.map(parseEvent).filter((event) => !('event' in event))).toEqual([]);
  }
  expect(new Set(ids(receiver)).size).toBe(ids(receiver).length);
  const seen = new Set(receiver.received.flatMap(({ events }) => events.map(({ type }) => type)));
  expect([...seen].toSorted()).toEqual(
    ['accepted', 'dismissed', 'rendered', 'triggered'].map((name) => `agentassist.action.${name}`),
  );
});

test('an AND filter on `triggered` exports only triggered events, whatever types were wanted', async () => {
  const receiver = await givenReceiver();
  const { call: ask } = await givenSandbox(BUSY);
  const filter = { type: 'AND', filters: [{ type: 'event', value: 'agentassist.action.triggered' }] };
  await ask('POST', EXPORTS, exportBody(receiver.url, { filter }));
  await until(() => ids(receiver).length > 500);
  const types = new Set(receiver.received.flatMap(({ events }) => events.map(({ type }) => type)));
  expect([...types]).toEqual(['agentassist.action.triggered']);
});

test('a filter does not widen the types: an event must pass both', async () => {
  const receiver = await givenReceiver();
  const { call: ask } = await givenSandbox(BUSY);
  await ask('POST', EXPORTS, exportBody(receiver.url, { eventTypes: ['agentassist.action.dismissed'] }));
  await until(() => ids(receiver).length > 50);
  const types = new Set(receiver.received.flatMap(({ events }) => events.map(({ type }) => type)));
  expect([...types]).toEqual(['agentassist.action.dismissed']);
});

test('a refused delivery comes again with the same id until it is taken', async () => {
  const receiver = await givenReceiver((nth) => (nth <= 3 ? 503 : 204));
  const { call: ask } = await givenSandbox({ ...BUSY, push: { ...CALM, backoffMs: 20 } });
  await ask('POST', EXPORTS, exportBody(receiver.url));
  const refused = (): Received[] => receiver.received.slice(0, 3);
  const taken = (): Received[] => receiver.received.slice(3);
  await until(
    () =>
      refused().length === 3 &&
      refused().every(({ headers, raw }) =>
        taken().some((later) => later.headers['webhook-id'] === headers['webhook-id'] && later.raw === raw),
      ),
  );
  expect(new Set(taken().map(({ headers }) => headers['webhook-id'])).size).toBe(taken().length);
});

test('deliveries come twice and out of order as often as was asked, and none is lost', async () => {
  const receiver = await givenReceiver();
  const { sandbox, call: ask } = await givenSandbox({
    // Cards that were shown before anybody asked for them would lack their beginning for ever.
    traffic: { ...BUSY.traffic, running: false },
    push: { duplicateProbability: 0.5, swapProbability: 0.5 },
  });
  await ask('POST', EXPORTS, exportBody(receiver.url));
  await ask('POST', '/sandbox/traffic', { running: true });
  await until(() => ids(receiver).length > 1_000);
  await ask('POST', '/sandbox/traffic', { running: false });
  let settled = -1;
  await until(() => {
    const [before, now] = [settled, receiver.received.length];
    settled = now;
    return before === now && lane(sandbox.org.pusher.stats()).waiting === 0 && isComplete(receiver.received);
  });
  const messages = receiver.received.map(({ headers }) => headers['webhook-id']);
  expect(new Set(messages).size).toBeLessThan(messages.length);
  expect(new Set(ids(receiver)).size).toBeLessThan(ids(receiver).length);
  const starts = receiver.received.map(({ events }) => events[0]?.occurredAt ?? '');
  expect(starts).not.toEqual(starts.toSorted());
});

test('a destination that never answers holds up no other', async () => {
  const deaf = await givenReceiver(() => 'never');
  const receiver = await givenReceiver();
  const { sandbox, call: ask } = await givenSandbox({ ...BUSY, push: { ...CALM, queueLimit: 100 } });
  const stuck = await ask('POST', EXPORTS, { ...exportBody(deaf.url), name: 'deaf' });
  await ask('POST', EXPORTS, exportBody(receiver.url));
  const stuckLane = String(stuck.body['id']);
  await until(() => (sandbox.org.pusher.stats()[stuckLane]?.dropped ?? 0) > 0 && ids(receiver).length > 1_000);
  await until(() => deaf.received.length >= 4);
  expect(deaf.received.length).toBe(4);
  expect(sandbox.org.pusher.stats()[stuckLane]).toMatchObject({ delivered: 0 });
  expect(sandbox.org.pusher.stats()[stuckLane]?.waiting).toBeLessThanOrEqual(110);
});

function isSigned({ headers, raw }: Received): boolean {
  const key = Buffer.from(SECRET.slice('whsec_'.length), 'base64');
  const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${raw}`;
  const expected = createHmac('sha256', key).update(signed).digest();
  const [version, signature] = String(headers['webhook-signature']).split(',');
  return version === 'v1' && timingSafeEqual(Buffer.from(signature ?? '', 'base64'), expected);
}

function lane<Stats>(stats: Readonly<Record<string, Stats>>): Stats {
  const [only] = Object.values(stats);
  if (only === undefined) throw new Error('There is no export yet.');
  return only;
}

/** Every event that has something before it was preceded, at some time, by that. */
function isComplete(received: readonly Received[]): boolean {
  const events = received.flatMap((push) => push.events);
  const triggered = new Set(events.filter(({ type }) => type.endsWith('triggered')).map(({ cardId }) => cardId));
  const rendered = new Set(events.filter(({ type }) => type.endsWith('rendered')).map(({ cardId }) => cardId));
  return events.every(
    ({ type, cardId }) => triggered.has(cardId) && (type.endsWith('triggered') || rendered.has(cardId)),
  );
}
