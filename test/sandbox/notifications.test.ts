import { createServer } from 'node:http';
import { PassThrough } from 'node:stream';
import { WebSocket } from 'ws';
import { Channels } from '../../src/sandbox/channels.ts';
import { serveSockets } from '../../src/sandbox/notification-socket.ts';
import { DEFAULT_CLIENT } from '../../src/sandbox/options.ts';
import type { SandboxOptions } from '../../src/sandbox/options.ts';
import { SEEDED } from '../../src/sandbox/seeded-organisation.ts';
import { clientOf, closeAfterTest, givenSandbox, until } from './helpers.ts';
import type { Client } from './helpers.ts';

const CHANNELS = '/api/v2/notifications/channels';
const QUEUE = `v2.routing.queues.${SEEDED.queues.billing.id}.conversations`;

interface Channel {
  readonly id: string;
  readonly connectUri: string;
}

interface Message {
  readonly topicName: string;
  readonly version?: string;
  readonly eventBody: Readonly<Record<string, unknown>>;
  readonly metadata?: { readonly CorrelationId: string };
}

interface Socket {
  readonly ws: WebSocket;
  readonly messages: Message[];
  readonly closed: () => boolean;
}

async function givenChannel({ call }: Client): Promise<Channel> {
  return (await call('POST', CHANNELS)).body as unknown as Channel;
}

async function connect({ connectUri }: Channel): Promise<Socket> {
  const ws = new WebSocket(connectUri);
  const messages: Message[] = [];
  let closed = false;
  ws.on('message', (data) => messages.push(JSON.parse((data as Buffer).toString('utf8')) as Message));
  ws.on('close', () => {
    closed = true;
  });
  closeAfterTest(() => {
    ws.terminate();
    return Promise.resolve();
  });
  await new Promise((resolve, reject) => {
    ws.once('open', resolve);
    ws.once('error', reject);
  });
  return { ws, messages, closed: () => closed };
}

const ids = (count: number): { id: string }[] =>
  Array.from({ length: count }, (_, n) => ({ id: `v2.conversations.c${n}.transcription` }));

async function givenListening(
  options: SandboxOptions = {},
): Promise<Client & { readonly channel: Channel; readonly socket: Socket }> {
  const client = await givenSandbox({ notifications: { heartbeatMs: 50, transcriptionDelayMs: 300 }, ...options });
  const channel = await givenChannel(client);
  await client.call('PUT', `${CHANNELS}/${channel.id}/subscriptions`, [{ id: QUEUE }]);
  return { ...client, channel, socket: await connect(channel) };
}

test('a queue tells of its conversations, and each conversation of what is said, in the envelopes of the platform', async () => {
  const { socket, call: ask, channel } = await givenListening({ traffic: { cardsPerSecond: 5 } });
  await until(() => socket.messages.some(({ topicName }) => topicName === QUEUE));
  const begun = socket.messages.find(({ topicName }) => topicName === QUEUE);
  expect(begun).toMatchObject({
    version: '2',
    metadata: { CorrelationId: expect.any(String) as string },
    eventBody: {
      id: expect.any(String) as string,
      participants: [{ purpose: 'customer' }, { purpose: 'acd' }, { purpose: 'agent' }],
    },
  });
  const told = (): Message[] => socket.messages.filter(({ topicName }) => topicName.endsWith('.transcription'));
  let following = Promise.resolve<unknown>(null);
  const follower = setInterval(() => {
    const conversations = socket.messages
      .filter(({ topicName }) => topicName === QUEUE)
      .map(({ eventBody }) => ({ id: `v2.conversations.${String(eventBody['id'])}.transcription` }));
    const follow = () => ask('POST', `${CHANNELS}/${channel.id}/subscriptions`, conversations.slice(-50));
    following = following.then(follow);
  }, 200);
  // Who listens late, on a slow machine, may hear the agent first.
  const ofCustomer = (): Message | undefined =>
    told().find(({ eventBody }) =>
      (eventBody['transcripts'] as { channel: string }[]).some(({ channel: who }) => who === 'EXTERNAL'),
    );
  await until(() => ofCustomer() !== undefined);
  clearInterval(follower);
  await following;
  const spoken = ofCustomer();
  expect(spoken?.eventBody).toMatchObject({
    status: { status: 'SESSION_ONGOING' },
    transcriptionStartTimeMs: expect.any(Number) as number,
    transcripts: [
      {
        utteranceId: expect.any(String) as string,
        channel: 'EXTERNAL',
        alternatives: [{ transcript: expect.any(String) as string, confidence: expect.any(Number) as number }],
      },
    ],
  });
});

test('a socket hears heartbeats, and a pong to its ping', async () => {
  const { socket } = await givenListening();
  socket.ws.send('{"message":"ping"}');
  socket.ws.send('not json');
  const heard = (message: string) => () =>
    socket.messages.some(
      ({ topicName, eventBody }) => topicName === 'channel.metadata' && eventBody['message'] === message,
    );
  await until(heard('WebSocket Heartbeat'));
  await until(heard('pong'));
});

test('a second socket of a channel drops the first, and a channel that does not exist takes none', async () => {
  const { socket, channel } = await givenListening();
  const second = await connect(channel);
  await until(socket.closed);
  expect(second.closed()).toBe(false);
  const stray = await connect({ ...channel, connectUri: `${channel.connectUri}-no` });
  await until(stray.closed);
});

test('faults: dropped, announced to close, mute', async () => {
  const { socket, call: ask, channel } = await givenListening();
  await ask('POST', '/sandbox/sockets', { do: 'announceClosing' });
  await until(() => socket.messages.some(({ topicName }) => topicName === 'v2.system.socket_closing'));
  await ask('POST', '/sandbox/sockets', { do: 'drop' });
  await until(socket.closed);
  const again = await connect(channel);
  await ask('POST', '/sandbox/sockets', { do: 'mute' });
  const count = again.messages.length;
  await new Promise((resolve) => {
    setTimeout(resolve, 300);
  });
  expect(again.messages.length - count).toBeLessThanOrEqual(1);
});

test('a channel takes 1,000 topics and not one more; PUT replaces, POST adds, DELETE clears', async () => {
  const client = await givenSandbox();
  const { id } = await givenChannel(client);
  const path = `${CHANNELS}/${id}/subscriptions`;
  expect((await client.call('PUT', path, ids(1000))).status).toBe(200);
  expect(await client.call('POST', path, [{ id: QUEUE }])).toMatchObject({
    status: 400,
    body: { code: 'notification.subscription.too.many.subscriptions' },
  });
  await client.call('PUT', path, ids(2));
  await client.call('POST', path, [{ id: QUEUE }]);
  expect((await client.call('GET', path)).body['entities']).toHaveLength(3);
  await client.call('DELETE', path);
  expect((await client.call('GET', path)).body['entities']).toEqual([]);
  expect(await client.call('PUT', path, [{ id: 'nonsense' }])).toMatchObject({
    status: 400,
    body: { code: 'notification.invalid.topic' },
  });
});

test('the 21st channel of a client evicts the first that has no socket; an expired one is gone', async () => {
  let now = Date.now();
  const client = await givenSandbox({ now: () => now, notifications: { channelLifetimeMs: 10_000 } });
  const first = await givenChannel(client);
  await connect(first);
  const second = await givenChannel(client);
  for (let n = 0; n < 19; n += 1) await givenChannel(client);
  const status = async ({ id }: Channel): Promise<number> => (await client.call('HEAD', `${CHANNELS}/${id}`)).status;
  expect([await status(first), await status(second)]).toEqual([200, 404]);
  now += 10_001;
  expect(await status(first)).toBe(404);
});

test('a topic that is in no catalogue is refused, and so is one that no WebSocket may carry', async () => {
  const carried = 'v2.audits.entitytype.{id}.entityid.{id}';
  const client = await givenSandbox({ notifications: { notOnWebSockets: [carried] } });
  const { id } = await givenChannel(client);
  const path = `${CHANNELS}/${id}/subscriptions`;
  const codeOf = async (topic: string) => (await client.call('POST', path, [{ id: topic }])).body['code'];
  expect(await codeOf('v2.nothing.of.the.kind')).toBe('notification.invalid.topic');
  expect(await codeOf('v2.routing.queues.*.conversations')).toBe('notification.invalid.topic');
  expect(await codeOf('v2.audits.entitytype.Integration.entityid.1')).toBe('notification.transport.not.allowed');
  const { body } = await client.call('GET', '/api/v2/notifications/availabletopics?expand=transports,topicParameters');
  const topics = body['entities'] as { id: string; transports: string[]; topicParameters: string[] }[];
  expect(topics.find((topic) => topic.id === carried)).toMatchObject({
    transports: ['EventBridge', 'ProcessAutomation'],
  });
  expect(topics.filter(({ transports }) => transports.includes('All'))).toHaveLength(topics.length - 1);
});

test('what is not permitted is rejected by itself where errors are to be ignored', async () => {
  const { sandbox } = await givenSandbox({ clients: [{ ...DEFAULT_CLIENT, permissions: [] }] });
  const client = await clientOf(sandbox);
  const { id } = await givenChannel(client);
  const path = `${CHANNELS}/${id}/subscriptions`;
  const { body } = await client.call('PUT', `${path}?ignoreErrors=true`, [{ id: QUEUE }, ...ids(1)]);
  expect(body['entities']).toMatchObject([
    { id: QUEUE, state: 'Permitted' },
    { state: 'Rejected', missingPermissions: ['conversation:transcription:view'] },
  ]);
  expect((await client.call('GET', path)).body['entities']).toMatchObject([{ id: QUEUE }]);
});

test('channels are listed by token, or by client; no single one can be read', async () => {
  const client = await givenSandbox();
  const mine = await givenChannel(client);
  const others = await clientOf(client.sandbox);
  const theirs = await givenChannel(others);
  const listed = async (query = ''): Promise<unknown[]> => {
    const { body } = await client.call('GET', `${CHANNELS}${query}`);
    return (body['entities'] as Channel[]).map(({ id }) => id);
  };
  expect(await listed()).toEqual([mine.id]);
  expect(await listed('?includechannels=oauthclient')).toEqual([mine.id, theirs.id]);
  expect((await client.call('GET', `${CHANNELS}/${mine.id}`)).status).toBe(501);
});

test('without the permission for transcriptions no topic of the request is taken', async () => {
  const { sandbox } = await givenSandbox({
    clients: [{ ...DEFAULT_CLIENT, permissions: ['notifications:channel:add'] }],
  });
  const client = await clientOf(sandbox);
  const { id } = await givenChannel(client);
  const path = `${CHANNELS}/${id}/subscriptions`;
  expect(await client.call('PUT', path, [{ id: QUEUE }, ...ids(1)])).toMatchObject({
    status: 403,
    body: { code: 'notification.unauthorized.topic' },
  });
  expect((await client.call('GET', path)).body['entities']).toEqual([]);
});

test('a queue tells that something was typed, by its id; the text is asked for', async () => {
  const { call, socket } = await givenListening({ traffic: { cardsPerSecond: 100 } });
  interface Leg {
    readonly messages?: readonly { readonly messageId: string }[];
  }
  const typed = (): { id: string; ids: string[] }[] =>
    socket.messages
      .filter(({ topicName }) => topicName === QUEUE)
      .map(({ eventBody }) => eventBody as { id: string; participants: { messages?: Leg[] }[] })
      .map(({ id, participants }) => ({
        id,
        ids: participants
          .flatMap(({ messages }) => messages ?? [])
          .flatMap(({ messages }) => messages ?? [])
          .map(({ messageId }) => messageId),
      }))
      .filter((one) => one.ids.length > 1);
  await until(() => typed().length > 0);
  const [one = { id: '', ids: [] }] = typed();
  const path = `/api/v2/conversations/messages/${one.id}/messages/bulk`;
  const { body } = await call('POST', path, one.ids.slice(0, 1));
  expect(body['entities']).toMatchObject([
    { id: one.ids[0], direction: 'inbound', normalizedMessage: { type: 'Text' } },
  ]);
  const [said] = body['entities'] as { textBody: string }[];
  expect(said?.textBody.length).toBeGreaterThan(0);
  const normalized = await call('POST', `${path}?useNormalizedMessage=true`, one.ids);
  expect((normalized.body['entities'] as object[]).every((message) => !('textBody' in message))).toBe(true);
  expect((await call('POST', '/api/v2/conversations/messages/nobody/messages/bulk', one.ids)).status).toBe(404);
});

test('routing tells the skills that a conversation asked for, and who has it', async () => {
  const { socket } = await givenListening({ traffic: { cardsPerSecond: 100 } });
  await until(() => socket.messages.some(({ topicName }) => topicName === QUEUE));
  const { eventBody } = socket.messages.find(({ topicName }) => topicName === QUEUE) as Message;
  const participants = eventBody['participants'] as Readonly<Record<string, unknown>>[];
  const skills = [{ id: SEEDED.skills.refunds.id }];
  expect(participants.find(({ purpose }) => purpose === 'acd')).toMatchObject({
    conversationRoutingData: { skills: expect.arrayContaining(skills) as unknown },
    endTime: expect.any(String) as string,
  });
  expect(participants.find(({ purpose }) => purpose === 'agent')).toMatchObject({
    userId: expect.any(String) as string,
  });
});

test('whoever asks for a socket elsewhere, and is gone before the answer, ends nothing', () => {
  const server = createServer();
  const sockets = serveSockets(server, new Channels({ lifetimeMs: 60_000, now: Date.now }), 60_000);
  closeAfterTest(() => Promise.resolve(sockets.close()));
  const socket = new PassThrough();
  server.emit('upgrade', { url: '/elsewhere' }, socket, Buffer.alloc(0));
  expect(String(socket.read())).toMatch(/^HTTP\/1\.1 404 /);
  expect(() => socket.emit('error', new Error('read ECONNRESET'))).not.toThrow();
  expect(socket.destroyed).toBe(true);
});
