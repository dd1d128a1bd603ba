import { setTimeout as sleep } from 'node:timers/promises';
import { liveTranscripts } from '../../src/transcripts/live.ts';
import type { LivePhrase, LiveSettings } from '../../src/transcripts/live-parts.ts';
import type { Conversation } from '../../src/sandbox/conversations.ts';
import { LiveTopics } from '../../src/sandbox/live-topics.ts';
import { PATIENCE_MS } from '../helpers/patience.ts';
import { closeAfterTest, until } from '../sandbox/helpers.ts';
import { BILLING, conversation, givenWorld, ORDERS } from './helpers.ts';
import type { World } from './helpers.ts';

const QUICK: Partial<LiveSettings> = { groupMs: 10, settleMs: 150, backoffMs: 20, maxBackoffMs: 100, maxTries: 40 };
const TALK_MS = 3_000;

interface Listening extends World {
  readonly heard: LivePhrase[];
  readonly missing: string[];
  /** Lets a conversation begin now; it says a sentence every 300 ms. */
  readonly begin: (id: string, more?: Partial<Conversation>) => readonly string[];
  readonly stopped: Promise<void>;
  readonly stop: () => void;
}

async function givenListener(settings: Partial<LiveSettings> = {}, channelLifetimeMs = 86_400_000): Promise<Listening> {
  const world = await givenWorld({ notifications: { heartbeatMs: 100, transcriptionDelayMs: 300, channelLifetimeMs } });
  const { org } = world.sandbox;
  const topics = new LiveTopics(org.channels, 300);
  const ticker = setInterval(() => {
    topics.advance(Date.now());
  }, 20);
  const heard: LivePhrase[] = [];
  const missing: string[] = [];
  const abort = new AbortController();
  const stream = liveTranscripts(
    {
      ...world.client,
      now: Date.now,
      sleep: (ms) => sleep(ms),
      random: () => 0.5,
      settings: { ...QUICK, ...settings },
      onMissing: (id) => {
        missing.push(id);
      },
    },
    { queueIds: [BILLING], signal: abort.signal },
  );
  const stopped = (async () => {
    for await (const phrase of stream) heard.push(phrase);
  })();
  closeAfterTest(async () => {
    abort.abort();
    clearInterval(ticker);
    await stopped;
  });
  await until(() => org.channels.count > 0);
  await sleep(200);
  return {
    ...world,
    heard,
    missing,
    stopped,
    stop: () => {
      abort.abort();
    },
    begin: (id, more = {}) => {
      const said = Array.from({ length: 8 }, (_, n) => `${id} says ${n % 4}`);
      const startMs = Date.now();
      const utterances = said.map((text, n) => ({ afterMs: 300 * (n + 1), text, confidence: 0.9, isFinal: true }));
      const made = conversation(id, startMs, [], { endMs: startMs + TALK_MS, utterances, ...more });
      org.conversations.add(made);
      topics.begin(made);
      return made.utterances.filter(({ isFinal }) => isFinal).map(({ text }) => text);
    },
  };
}

/** Talks on until somebody hears it as it is said, however late its topic is followed. */
const lasting = (): Partial<Conversation> => ({
  endMs: Date.now() + PATIENCE_MS,
  utterances: Array.from({ length: 200 }, (_, n) => ({
    afterMs: 300 * (n + 1),
    text: 'still here',
    confidence: 1,
    isFinal: true,
  })),
});

const textsOf = (heard: readonly LivePhrase[], id: string): string[] =>
  heard
    .filter(({ conversationId }) => conversationId === id)
    .toSorted((a, b) => a.startMs - b.startMs)
    .map(({ text }) => text);

test('what is said comes while it is said, finals only, and only of this queue', async () => {
  const { begin, heard, stop, stopped } = await givenListener();
  const interim = { afterMs: 100, text: 'unfinished', confidence: 0.2, isFinal: false };
  const said = begin('a', {
    utterances: [interim, { afterMs: 5_000, text: 'I want a refund', confidence: 0.8, isFinal: true }],
    endMs: Date.now() + 2 * TALK_MS,
  });
  begin('b', { queueId: ORDERS });
  await until(() => heard.length === 1);
  expect(said).toEqual(['I want a refund']);
  expect(heard).toEqual([
    {
      conversationId: 'a',
      queueId: BILLING,
      skillIds: [],
      agentId: 'agent',
      mediaType: 'voice',
      language: null,
      speaker: 'customer',
      text: 'I want a refund',
      confidence: 0.8,
      startMs: expect.any(Number) as number,
      utteranceId: expect.any(String) as string,
      via: 'live',
    },
  ]);
  await sleep(TALK_MS);
  expect(heard).toHaveLength(1);
  stop();
  await stopped;
});

test('a socket that is dropped again and again loses nothing and doubles nothing', async () => {
  const { begin, heard, sandbox, missing } = await givenListener();
  const said = new Map<string, readonly string[]>();
  const dropper = setInterval(() => {
    sandbox.org.channels.cutAll();
  }, 700);
  for (let n = 0; n < 10; n += 1) {
    said.set(`c${n}`, begin(`c${n}`, n % 5 === 4 ? { mediaType: 'message' } : {}));
    await sleep(200);
  }
  await sleep(TALK_MS);
  clearInterval(dropper);
  const expected = [...said.values()].flat().length;
  await until(() => heard.length >= expected);
  await sleep(1_000);
  for (const [id, texts] of said) expect(textsOf(heard, id)).toEqual(texts);
  expect(heard).toHaveLength(expected);
  expect(missing).toEqual([]);
  expect(new Set(heard.map(({ via }) => via))).toEqual(new Set(['live', 'transcript']));
});

test('a conversation that begins and ends while there is no socket is found through REST', async () => {
  const { begin, heard, sandbox } = await givenListener({ backoffMs: 3_000, maxBackoffMs: 3_000 });
  sandbox.org.channels.cutAll();
  const said = begin('unheard', {
    endMs: Date.now() + 1_000,
    utterances: [{ afterMs: 100, text: 'nobody listens', confidence: 1, isFinal: true }],
  });
  await until(() => heard.length === 1);
  expect(heard).toMatchObject([{ conversationId: 'unheard', text: said[0], via: 'transcript', utteranceId: null }]);
});

test.each([
  ['announces that it closes', 'announceClosing'],
  ['falls silent without closing', 'mute'],
] as const)('a socket that %s is replaced, and what it did not tell is filled in', async (_, fault) => {
  const { begin, heard, sandbox } = await givenListener({ silenceMs: 400 });
  const said = begin('a');
  await sleep(800);
  await fetch(`${sandbox.url}/sandbox/sockets`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ do: fault }),
  });
  await sleep(1_000);
  sandbox.org.channels.mute(false);
  await until(() => heard.length >= said.length);
  await sleep(500);
  expect(textsOf(heard, 'a')).toEqual(said);
});

test('a channel is renewed before it expires, and asked again when that fails', async () => {
  const { begin, heard, sandbox } = await givenListener({}, 3_000);
  sandbox.org.faults.add({ match: { method: 'PUT', pathPrefix: '/api/v2/notifications' }, times: 2, status: 503 });
  await until(() => sandbox.org.faults.pending().length === 0);
  await sleep(3_500);
  await until(() => sandbox.org.channels.count === 1);
  begin('a', lasting());
  await until(() => heard.length > 0);
  expect(heard[0]).toMatchObject({ text: 'still here', via: 'live' });
});

test('a channel that is gone is replaced, and what was said meanwhile is filled in', async () => {
  const { begin, heard, sandbox } = await givenListener({}, 3_000);
  sandbox.org.faults.add({ match: { method: 'PUT', pathPrefix: '/api/v2/notifications' }, times: 1, delayMs: 4_000 });
  await until(() => sandbox.org.faults.pending().length === 0);
  await sleep(2_500);
  const said = begin('a');
  begin('b', lasting());
  await until(() => textsOf(heard, 'a').length === said.length && textsOf(heard, 'b').length > 0);
  await sleep(500);
  expect(textsOf(heard, 'a')).toEqual(said);
  expect(new Set(heard.map(({ via }) => via))).toEqual(new Set(['live', 'transcript']));
});

test('a consumer that is slower than the talk holds the socket back; nothing is lost', async () => {
  const { client, sandbox } = await givenWorld({ notifications: { heartbeatMs: 100 } });
  const topics = new LiveTopics(sandbox.org.channels, 0);
  const abort = new AbortController();
  const stream = liveTranscripts(
    {
      ...client,
      now: Date.now,
      sleep: (ms) => sleep(ms),
      random: () => 0.5,
      settings: { ...QUICK, maxWaiting: 4 },
    },
    { queueIds: [BILLING], signal: abort.signal },
  );
  closeAfterTest(async () => {
    abort.abort();
    await stream.return();
  });
  const first = stream.next();
  await until(() => sandbox.org.channels.count > 0);
  await sleep(200);
  const startMs = Date.now();
  const utterances = Array.from({ length: 40 }, (_, n) => ({
    afterMs: 500 + n,
    text: `word ${n}`,
    confidence: 1,
    isFinal: true,
  }));
  const made = conversation('a', startMs, [], { endMs: startMs + 1_000, utterances });
  sandbox.org.conversations.add(made);
  topics.begin(made);
  topics.advance(startMs);
  await sleep(400);
  topics.advance(startMs + 2_000);
  const texts = [(await first).value as LivePhrase];
  await sleep(300);
  while (texts.length < 40) texts.push((await stream.next()).value as LivePhrase);
  expect(texts.map(({ text }) => text)).toEqual(utterances.map(({ text }) => text));
});
