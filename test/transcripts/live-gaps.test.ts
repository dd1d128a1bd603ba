/** What is looked for after a gap, and for how long: an organisation that is told by the minute, on a clock of its own. */
import { createLiveFeed } from '../../src/transcripts/live.ts';
import type { LiveFeed, LivePhrase } from '../../src/transcripts/live-parts.ts';
import { silentPlatform, speechOf, stateOf } from '../panel/feed/given-feed.ts';
import { closeAfterTest } from '../sandbox/helpers.ts';

const SETTLE_MS = 60_000;
const STEP_MS = 10_000;

interface Call {
  readonly id: string;
  readonly startMs: number;
  endMs: number | null;
  readonly queueId: string;
}

interface Look {
  readonly atMs: number;
  readonly fromMs: number;
  readonly toMs: number;
}

interface Simulated {
  readonly feed: LiveFeed;
  readonly told: LivePhrase[];
  readonly looks: Look[];
  /** Whose transcript was read. */
  readonly read: string[];
  readonly missing: string[];
  /** As analytics knows it. */
  readonly begin: (id: string, queueId?: string) => Call;
  /** Heard from its first word to its last. */
  readonly pass: (id: string) => void;
}

interface Query {
  readonly fromMs: number;
  readonly toMs: number;
  readonly segmentFilters?: readonly object[];
  readonly conversationFilters?: readonly { readonly predicates: readonly { readonly value: string }[] }[];
}

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

function simulate(): Simulated {
  const calls = new Map<string, Call>();
  const [looks, read, missing, told]: [Look[], string[], string[], LivePhrase[]] = [[], [], [], []];
  const platform = silentPlatform({
    settings: { maxChannels: 0, settleMs: SETTLE_MS, maxTries: 1 },
    onMissing: (id) => missing.push(id),
  });
  Object.assign(platform.conversations, {
    details: async function* ({ fromMs, toMs, conversationFilters, segmentFilters }: Query) {
      const wanted = conversationFilters?.[0]?.predicates.map(({ value }) => value);
      if (wanted === undefined) looks.push({ atMs: Date.now(), fromMs, toMs });
      for (const call of calls.values()) {
        if (wanted !== undefined && !wanted.includes(call.id)) continue;
        if (wanted === undefined && !JSON.stringify(segmentFilters).includes(call.queueId)) continue;
        if (call.startMs >= toMs || (call.endMs !== null && call.endMs < fromMs)) continue;
        yield detailOf(call);
      }
    },
  });
  Object.assign(platform.transcripts, {
    read: (conversationId: string) => {
      read.push(conversationId);
      const startMs = calls.get(conversationId)?.endMs;
      return Promise.resolve(startMs == null ? null : [{ startMs, speaker: 'customer', text: 'bye', confidence: 1 }]);
    },
  });
  const feed = createLiveFeed(platform, { queueIds: ['queue-1'] });
  closeAfterTest(() => Promise.resolve(feed.stop()));
  void (async () => {
    for await (const phrase of feed.phrases) told.push(phrase);
  })();
  const begin: Simulated['begin'] = (id, queueId = 'queue-1') => {
    const call: Call = { id, startMs: Date.now(), endMs: null, queueId };
    calls.set(id, call);
    return call;
  };
  const pass = (id: string): void => {
    feed.hear(stateOf(id));
    feed.hear(sessionOf(id, 'SESSION_ONGOING'));
    feed.hear(sessionOf(id, 'SESSION_ENDED', 60_000));
    feed.hear(stateOf(id, { ended: true }));
  };
  return { feed, told, looks, read, missing, begin, pass };
}

function detailOf({ id, startMs, endMs, queueId }: Call): object {
  const iso = (ms: number): string => new Date(ms).toISOString();
  const segments = [{ segmentStart: iso(startMs), queueId }];
  return {
    conversationId: id,
    conversationStart: iso(startMs),
    ...(endMs !== null && { conversationEnd: iso(endMs) }),
    participants: [{ purpose: 'customer', sessions: [{ sessionId: `leg of ${id}`, mediaType: 'voice', segments }] }],
  };
}

function sessionOf(conversationId: string, status: string, offsetMs = 0): Parameters<LiveFeed['hear']>[0] {
  const eventBody = { conversationId, transcripts: [], status: { status, offsetMs } };
  return { topicName: `v2.conversations.${conversationId}.transcription`, eventBody };
}

/** For an hour a call begins every ten seconds, talks every half minute, and ends after five. */
async function talkForAnHour({ feed, begin }: Simulated, running: Call[]): Promise<void> {
  for (let step = 0; step < 360; step += 1) {
    const call = begin(`heard-${step}`);
    running.push(call);
    feed.hear(stateOf(call.id));
    feed.hear(sessionOf(call.id, 'SESSION_ONGOING'));
    running.forEach(({ id }, at) => {
      if ((at + step) % 3 === 0) feed.hear(speechOf(id, 'words'));
    });
    for (const over of running.filter(({ startMs }) => Date.now() - startMs >= 300_000)) {
      running.splice(running.indexOf(over), 1);
      over.endMs = Date.now();
      feed.hear(sessionOf(over.id, 'SESSION_ENDED', 300_000));
      feed.hear(stateOf(over.id, { ended: true }));
    }
    await jest.advanceTimersByTimeAsync(STEP_MS);
  }
}

test('beside traffic that is all heard, what began unheard is looked for until it is known, and no longer', async () => {
  const world = simulate();
  const before = [world.begin('before-1'), world.begin('before-2')];
  await jest.advanceTimersByTimeAsync(1_000);
  const startMs = Date.now();
  await world.feed.start();
  await talkForAnHour(world, [...before]);
  expect(world.looks.map(({ atMs }) => atMs - startMs)).toEqual([0, SETTLE_MS]);
  expect(Math.max(...world.looks.map(({ toMs }) => toMs))).toBeLessThanOrEqual(startMs + SETTLE_MS);
  expect(world.read.toSorted()).toEqual(['before-1', 'before-2']);
});

test('each further queue is looked at twice, by its own time, and costs what was heard before nothing', async () => {
  const world = simulate();
  await world.feed.start();
  const running: Call[] = [];
  await talkForAnHour(world, running);
  world.looks.length = 0;
  const followedMs = Date.now();
  for (const id of ['queue-2', 'queue-3', 'queue-4']) world.feed.follow(id);
  await talkForAnHour(world, running);
  expect(world.looks.filter(({ fromMs }) => fromMs < followedMs - SETTLE_MS)).toEqual([]);
  expect(world.looks.filter(({ atMs }) => atMs > followedMs + SETTLE_MS)).toEqual([]);
  expect(world.looks).toHaveLength(2);
  expect(world.read).toEqual([]);
});

test('one that stays silent is asked for more and more seldom, by one timer, until its end is known', async () => {
  const world = simulate();
  const silent = world.begin('silent', 'queue-4');
  await world.feed.start();
  for (const id of ['queue-2', 'queue-3', 'queue-4']) world.feed.follow(id);
  await jest.advanceTimersByTimeAsync(40 * 60_000);
  const times = [...new Set(world.looks.map(({ atMs }) => atMs - silent.startMs))];
  expect(times.map((ms) => ms / SETTLE_MS)).toEqual([0, 1, 2, 4, 8, 16, 32]);
  expect(world.feed.state().conversations).toBe(1);
  silent.endMs = Date.now();
  await jest.advanceTimersByTimeAsync(20 * 60_000);
  expect(world.told).toMatchObject([{ conversationId: 'silent', via: 'transcript' }]);
  expect(world.feed.state().conversations).toBe(0);
  const { length } = world.looks;
  await jest.advanceTimersByTimeAsync(60 * 60_000);
  expect(world.looks).toHaveLength(length);
});

test('an end that came just before a queue was heard, and was told to nobody, is found', async () => {
  const world = simulate();
  await world.feed.start();
  await jest.advanceTimersByTimeAsync(10 * SETTLE_MS);
  const moved = world.begin('moved', 'queue-2');
  world.feed.hear(stateOf('moved'));
  await jest.advanceTimersByTimeAsync(10_000);
  moved.endMs = Date.now();
  await jest.advanceTimersByTimeAsync(1_000);
  world.feed.follow('queue-2');
  await jest.advanceTimersByTimeAsync(10 * SETTLE_MS);
  expect(world.told).toMatchObject([{ conversationId: 'moved', via: 'transcript' }]);
});

test('a transcript is told once, however many conversations end while another is waited for', async () => {
  const world = simulate();
  world.begin('silent');
  const unheard = world.begin('unheard');
  await world.feed.start();
  await jest.advanceTimersByTimeAsync(1_000);
  unheard.endMs = Date.now();
  await jest.advanceTimersByTimeAsync(5 * 60_000);
  expect(world.told.map(({ conversationId }) => conversationId)).toEqual(['unheard']);
  for (let n = 0; n < 10_001; n += 1) world.pass(`passed-${n}`);
  const { length } = world.looks;
  await jest.advanceTimersByTimeAsync(60 * 60_000);
  expect(world.looks.length).toBeGreaterThan(length);
  expect(world.told).toHaveLength(1);
  expect(world.missing).toEqual([]);
});
