/** What a queue's topic and the texts of messages tell of a conversation; events are handed in one by one. */
import { GenesysError } from '../../src/genesys/errors.ts';
import type { DigitalMessage } from '../../src/genesys/messages.ts';
import { createLiveFeed } from '../../src/transcripts/live.ts';
import type { LiveFeed, LiveParts, LivePhrase } from '../../src/transcripts/live-parts.ts';
import { closeAfterTest, until } from '../sandbox/helpers.ts';

const QUEUE = 'queue-1';

interface Told {
  readonly feed: LiveFeed;
  readonly heard: LivePhrase[];
  readonly asked: (readonly string[])[];
  readonly refused: string[];
}

async function givenFeed(read?: (ids: readonly string[]) => Promise<readonly DigitalMessage[]>): Promise<Told> {
  const [heard, asked, refused]: [LivePhrase[], (readonly string[])[], string[]] = [[], [], []];
  const notHere = (): never => {
    throw new Error('nothing is asked of channels here');
  };
  const parts: LiveParts = {
    conversations: { details: async function* () {}, detailsOf: notHere, get: notHere },
    transcripts: { read: () => Promise.resolve(null) },
    messages: {
      read: (_conversation, ids) => {
        asked.push(ids);
        return read?.(ids) ?? Promise.resolve(ids.map((id) => message(id)));
      },
    },
    notifications: { createChannel: notHere, hasChannel: notHere, addTopics: notHere, replaceTopics: notHere },
    now: Date.now,
    sleep: () => Promise.resolve(),
    random: () => 0.5,
    onRefused: ({ topic }) => {
      refused.push(topic);
    },
    settings: { maxChannels: 0 },
  };
  const feed = createLiveFeed(parts, { queueIds: [QUEUE] });
  closeAfterTest(() => {
    feed.stop();
    return Promise.resolve();
  });
  await feed.start();
  void (async () => {
    for await (const phrase of feed.phrases) heard.push(phrase);
  })();
  return { feed, heard, asked, refused };
}

const message = (id: string, text = `text of ${id}`): DigitalMessage => ({
  id,
  speaker: 'customer',
  text,
  sentMs: Date.parse('2026-11-28T10:00:00Z') + Number(id.replace(/\D/g, '')),
});

function state(participants: readonly object[], queueId = QUEUE): Parameters<LiveFeed['hear']>[0] {
  return { topicName: `v2.routing.queues.${queueId}.conversations`, eventBody: { id: 'c1', participants } };
}

const customer = { purpose: 'customer', connectedTime: at(0), calls: [{ state: 'connected' }] };
const agent = (userId: string, second: number, more: object = {}): object => ({
  purpose: 'agent',
  userId,
  queueId: QUEUE,
  connectedTime: at(second),
  calls: [{ state: 'connected' }],
  ...more,
});

function at(second: number): string {
  return new Date(Date.parse('2026-11-28T10:00:00Z') + second * 1000).toISOString();
}

let said = 0;
function speech(more: object = {}): Parameters<LiveFeed['hear']>[0] {
  said += 1;
  const transcript = {
    utteranceId: `u${said}`,
    isFinal: true,
    channel: 'EXTERNAL',
    alternatives: [{ confidence: 0.9, offsetMs: said * 10_000, transcript: `words ${said}` }],
    ...more,
  };
  return {
    topicName: 'v2.conversations.c1.transcription',
    eventBody: { conversationId: 'c1', transcripts: [transcript], status: { status: 'SESSION_ONGOING' } },
  };
}

async function saidNow({ feed, heard }: Told, more: object = {}): Promise<LivePhrase | undefined> {
  const before = heard.length;
  feed.hear(speech(more));
  await until(() => heard.length > before);
  return heard.at(-1);
}

test('the agent is whoever is connected: nobody while it rings, another one after a transfer', async () => {
  const told = await givenFeed();
  const ringing = agent('ann', 1, { connectedTime: undefined, calls: [{ state: 'alerting' }] });
  told.feed.hear(state([customer, ringing]));
  expect(await saidNow(told)).toMatchObject({ agentId: null, mediaType: 'voice', language: null });
  told.feed.hear(state([customer, agent('ann', 2)]));
  expect(await saidNow(told, { dialect: 'de-DE' })).toMatchObject({ agentId: 'ann', language: 'de-DE' });
  const consulted = agent('bob', 9, { consultParticipantId: 'ann-leg' });
  told.feed.hear(state([customer, agent('ann', 2), consulted]));
  expect(await saidNow(told)).toMatchObject({ agentId: 'ann' });
  told.feed.hear(state([customer, agent('ann', 2, { endTime: at(10) }), consulted]));
  expect(await saidNow(told)).toMatchObject({ agentId: 'bob', language: 'de-DE' });
});

test('who listens in is not the agent', async () => {
  const told = await givenFeed();
  told.feed.hear(state([customer, agent('ann', 2), agent('lead', 5, { coachedParticipantId: 'ann-leg' })]));
  expect(await saidNow(told)).toMatchObject({ agentId: 'ann' });
});

test('queue and skills are those of the conversation now, though an older state comes later', async () => {
  const told = await givenFeed();
  const routed = (queueId: string, skills: readonly string[]): object => ({
    purpose: 'acd',
    queueId,
    connectedTime: at(3),
    conversationRoutingData: { skills: skills.map((id) => ({ id })) },
  });
  told.feed.hear(state([customer, routed('queue-2', ['s1', 's2'])]), 2_000);
  told.feed.hear(state([customer, routed(QUEUE, [])]), 1_000);
  expect(await saidNow(told)).toMatchObject({ queueId: 'queue-2', skillIds: ['s1', 's2'] });
});

const chat = (...ids: string[]): object => ({
  purpose: 'customer',
  connectedTime: at(0),
  messages: [{ state: 'connected', messages: ids.map((messageId) => ({ messageId })) }],
});
const chatAgent = agent('ann', 1, { calls: undefined, messages: [{ state: 'connected' }] });

test('the texts of digital messages are asked for once, by the ids that are told', async () => {
  const { feed, heard, asked } = await givenFeed();
  feed.hear(state([chat('m1'), chatAgent]));
  feed.hear(state([chat('m1', 'm2'), chatAgent]));
  feed.hear(state([chat('m2'), chatAgent]));
  await until(() => heard.length === 2);
  expect(asked.flat()).toEqual(['m1', 'm2']);
  expect(heard).toMatchObject([
    { utteranceId: 'm1', text: 'text of m1', confidence: 1, agentId: 'ann', mediaType: 'message', via: 'live' },
    { utteranceId: 'm2', text: 'text of m2' },
  ]);
});

test('a message that could not be read for a while is heard when it can; one that may not be is said once', async () => {
  let times = 0;
  const passing = await givenFeed((ids) => {
    times += 1;
    if (times < 3) return Promise.reject(new GenesysError({ kind: 'unavailable', asked: 'bulk', came: '503' }));
    return Promise.resolve(ids.map((id) => message(id)));
  });
  passing.feed.hear(state([chat('m1')]));
  await until(() => passing.heard.length === 1);
  const never = await givenFeed(() =>
    Promise.reject(new GenesysError({ kind: 'forbidden', asked: 'bulk', came: '403' })),
  );
  never.feed.hear(state([chat('m1')]));
  await until(() => never.refused.length === 1);
  never.feed.hear(state([chat('m1', 'm2')]));
  await until(() => never.asked.length === 2);
  expect(never.heard).toEqual([]);
  expect(never.refused).toEqual(['conversations/messages']);
});

test('a conversation of a queue that was left is heard no more', async () => {
  const told = await givenFeed();
  told.feed.hear(state([customer, agent('ann', 2)]));
  await saidNow(told);
  told.feed.leave(QUEUE);
  told.feed.hear(speech());
  told.feed.follow(QUEUE);
  told.feed.hear(state([customer, agent('ann', 2)]));
  const last = await saidNow(told);
  expect(told.heard).toHaveLength(2);
  expect(last?.text).toBe(`words ${said}`);
});
