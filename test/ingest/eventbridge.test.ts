/** EventBridge's envelope over HTTP, from the API destination to the card row. */
import { randomUUID } from 'node:crypto';
import { startIngest } from '../../src/ingest/server.ts';
import type { IngestServer } from '../../src/ingest/server.ts';
import { addLiveEvents, readLiveEvents, sweepLiveEvents } from '../../src/store/live-events.ts';
import { describeEachStore } from '../helpers/database.ts';
import { newSecret } from '../helpers/push.ts';
import { givenFeed, speechOf, stateOf, untilFollowed } from '../panel/feed/given-feed.ts';
import { closeAfterTest, until } from '../sandbox/helpers.ts';
import { startPair } from '../store/panel/fixtures.ts';
import { openStore } from '../helpers/any-store.ts';

const [CURRENT, OLD] = ['the current secret of the bridge', 'the former secret of the bridge'];

describeEachStore('the bridge', (db) => {
  let service: IngestServer;
  const logged: string[] = [];
  const log = (fields: object, message: string): void => void logged.push(JSON.stringify(fields) + message);
  beforeEach(async () => {
    service = await startIngest({
      port: 0,
      db: db(),
      secrets: [newSecret()],
      bridgeSecrets: [CURRENT, OLD],
      now: Date.now,
      logger: { info: log, warn: log, error: log },
    });
  });
  afterEach(async () => {
    await service.close();
    await db().query('truncate live_events, panel_feeds, panel_split, panel_cards, panel_instances cascade');
  });
  const send = async (body: unknown, key: string | null = CURRENT) => {
    const answer = await fetch(`${service.url}/eventbridge`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(key !== null && { 'x-eventbridge-key': key }) },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    return { status: answer.status, body: (await answer.json()) as { taken?: number; code?: string } };
  };
  const envelopeOf = ({ topicName, eventBody }: ReturnType<typeof stateOf>, more: object = {}) => ({
    version: '0',
    id: randomUUID(),
    'detail-type': topicName.replace(/\.(conversations|queues)\.[^.]+/, '.$1.{id}'),
    source: 'aws.partner/genesys.com/cloud/7c1f0a55-94f1-4f0b-8f2e-3d5a6b7c8d90/assist',
    account: '123456789012',
    time: new Date().toISOString(),
    region: 'eu-central-1',
    resources: [],
    detail: { topicName, version: '2', eventBody, metadata: { CorrelationId: randomUUID() } },
    ...more,
  });
  const kept = () => readLiveEvents(db(), 0, 1000);

  test('what is said comes by the bridge, twice and out of order, and becomes one card', async () => {
    const { candidate } = await startPair(db(), 100);
    const given = await givenFeed(db(), { isBridged: true });
    await untilFollowed(given);
    const conversation = randomUUID();
    await send(envelopeOf(stateOf(conversation, { agentId: 'bob' })));
    const before = { time: new Date(Date.now() - 30_000).toISOString() };
    await send(envelopeOf(stateOf(conversation, { agentId: 'ann' }), before));
    const speech = envelopeOf(speechOf(conversation, 'I want a refund', 'u1'));
    expect(await Promise.all([send(speech), send(speech), send(speech, OLD)])).toEqual(
      Array.from({ length: 3 }, () => ({ status: 200, body: { taken: 1 } })),
    );
    const rows = () =>
      db().query('select version_id as "versionId", agent_id as "agentId", conversation_id as id from panel_cards');
    await until(async () => (await rows()).length === 1);
    expect(await rows()).toEqual([{ versionId: candidate.id, agentId: 'bob', id: conversation }]);
    expect(await (await fetch(`${service.url}/healthz`)).json()).toMatchObject({
      bridge: { taken: 3, duplicates: 2, passedOver: 0, late: 0 },
    });
    expect(logged.join()).not.toContain('refund');
  });

  test('an event whose time is ahead hides nothing that comes after it', async () => {
    await startPair(db(), 100);
    const given = await givenFeed(db(), { isBridged: true });
    await untilFollowed(given);
    const conversation = randomUUID();
    const ahead = { time: new Date(Date.now() + 3_600_000).toISOString() };
    await send(envelopeOf(stateOf(conversation, { agentId: 'ann' }), ahead));
    await send(envelopeOf(stateOf(conversation, { agentId: 'bob' })));
    await send(envelopeOf(speechOf(conversation, 'I want a refund', 'u2')));
    const agents = () => db().query('select agent_id as "agentId" from panel_cards');
    await until(async () => (await agents()).length === 1);
    expect(await agents()).toEqual([{ agentId: 'bob' }]);
  });

  test.each([null, '', 'the current secret of the bridg', `${CURRENT} `.repeat(2)])(
    'who does not know the secret (%j) leaves nothing',
    async (key) => {
      const answer = await send(envelopeOf(speechOf('c1', 'hello')), key);
      expect(answer).toMatchObject({ status: 401, body: { code: 'bridge-refused' } });
      expect(await kept()).toEqual([]);
    },
  );

  test('what nobody reads and what comes too late is answered and not kept', async () => {
    const audit = envelopeOf({ topicName: 'v2.audits.entitytype.x.entityid.y', eventBody: {} });
    expect(await send(audit)).toEqual({ status: 200, body: { taken: 0 } });
    const long = Date.now() - 6 * 60_000;
    const speech = speechOf('c1', 'hello');
    const late = envelopeOf({ ...speech, eventBody: { ...(speech.eventBody as object), eventTime: long } });
    expect(await send(late)).toEqual({ status: 200, body: { taken: 0 } });
    const inText = { ...(speech.eventBody as object), eventTime: new Date(long).toISOString() };
    expect(await send(envelopeOf({ ...speech, eventBody: inText }))).toEqual({ status: 200, body: { taken: 0 } });
    expect(await kept()).toEqual([]);
  });

  test('a topic that keeps its {id} is that of the conversation in its body', async () => {
    const event = envelopeOf(speechOf('c7', 'hello'));
    const { topicName: _name, ...detail } = event.detail;
    expect(await send({ ...event, detail })).toMatchObject({ status: 200 });
    expect(await kept()).toMatchObject([{ topic: 'v2.conversations.c7.transcription' }]);
  });

  test.each([
    ['no JSON', '{', 'body-not-json'],
    ['another source', { source: 'aws.s3' }, 'bridge-event-invalid'],
    ['no body', { detail: {} }, 'bridge-event-invalid'],
    ['a list', [], 'bridge-event-invalid'],
  ])('%s is refused, and none of it repeated', async (_, change, code) => {
    const event = envelopeOf(speechOf('c1', 'my secret words'));
    const answer = await send(typeof change === 'string' || Array.isArray(change) ? change : { ...event, ...change });
    expect(answer).toMatchObject({ status: 400, body: { code } });
    expect(JSON.stringify(answer.body) + logged.join()).not.toContain('secret words');
  });

  test('a value that no database holds is kept with a mark in its place, and costs no other event', async () => {
    const events = ['hello', 'a NUL \0 within', 'half a pair \ud800', 'good bye'].map((text, n) =>
      send(envelopeOf(speechOf(`c${n}`, text))),
    );
    expect((await Promise.all(events)).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const text = JSON.stringify(await kept());
    for (const said of ['hello', 'a NUL \uFFFD within', 'half a pair \uFFFD', 'good bye']) expect(text).toContain(said);
  });

  test('after a minute it is gone, whoever has read it', async () => {
    const row = { id: 'e1', topic: 'v2.conversations.c1.transcription', body: {}, toldAt: new Date() };
    expect(await addLiveEvents(db(), [row])).toBe(1);
    expect(await addLiveEvents(db(), [row])).toBe(0);
    await sweepLiveEvents(db());
    expect(await kept()).toHaveLength(1);
    await db().query("update live_events set received_at = received_at - interval '61 seconds'");
    await sweepLiveEvents(db());
    expect(await kept()).toEqual([]);
  });
});

test('without a secret there is no such route', async () => {
  const db = await openStore();
  closeAfterTest(() => db.close());
  const service = await startIngest({ port: 0, db, secrets: [newSecret()], now: Date.now });
  closeAfterTest(() => service.close());
  expect((await fetch(`${service.url}/eventbridge`, { method: 'POST', body: '{}' })).status).toBe(404);
});
