/** The end of a conversation that is known, in a gap in which nobody heard it. */
import { FollowedConversations, startFollowing } from '../../src/transcripts/followed.ts';
import type { Followed } from '../../src/transcripts/followed.ts';
import { GapFiller } from '../../src/transcripts/gap-filler.ts';
import { silentPlatform } from '../panel/feed/given-feed.ts';

const SETTLE_MS = 60_000;
const MINUTE = 60_000;
const DAY_MS = 24 * 60 * MINUTE;
const MIDNIGHT = Date.parse('2026-03-03T00:00:00Z');

interface Asked {
  readonly fromMs: number;
  readonly toMs: number;
  readonly conversationFilters?: readonly { readonly predicates: readonly { readonly value: string }[] }[];
}

let gaps: GapFiller;
beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  gaps.close();
  jest.useRealTimers();
});

/** An organisation that has one call, tells its end late, and leaves out what began on an earlier day than is asked for. */
function given(call: { startMs: number; endMs: number; toldAtMs: number }) {
  const followed = new FollowedConversations();
  const one: Followed = { ...startFollowing('call', 'queue', call.startMs), gap: true };
  const ends: number[] = [];
  const asked: Asked[] = [];
  const platform = silentPlatform();
  Object.assign(platform.conversations, {
    details: async function* (query: Asked) {
      asked.push(query);
      const ended = Date.now() >= call.toldAtMs;
      if (Math.floor(query.fromMs / DAY_MS) * DAY_MS > call.startMs) return;
      if (call.startMs >= query.toMs || (ended && call.endMs < query.fromMs)) return;
      yield {
        conversationId: 'call',
        conversationStart: new Date(call.startMs).toISOString(),
        ...(ended && { conversationEnd: new Date(call.endMs).toISOString() }),
        participants: [],
      };
    },
  });
  const unexpected = (error: unknown): void => {
    throw error;
  };
  gaps = new GapFiller({
    conversations: platform.conversations,
    transcripts: platform.transcripts,
    followed,
    waiting: { sleep: () => Promise.resolve(), random: () => 0.5, onWait: () => undefined, signal: undefined } as never,
    now: Date.now,
    settleMs: SETTLE_MS,
    maxTries: 1,
    readEveryMs: 0,
    maxUnread: 10,
    onSettled: () => undefined,
    onFound: (id, _, { endMs }) => {
      if (endMs === null) return;
      ends.push(endMs);
      followed.end(id);
    },
    onPhrase: () => undefined,
    onFilled: () => undefined,
    onMissing: () => undefined,
    onFailure: unexpected,
  });
  followed.add(one);
  return { ends, asked };
}

async function settled(asked: readonly Asked[]): Promise<void> {
  await jest.advanceTimersByTimeAsync(60 * MINUTE);
  const { length } = asked;
  await jest.advanceTimersByTimeAsync(60 * MINUTE);
  expect(asked).toHaveLength(length);
}

test('that is told after another gap of its queue is found', async () => {
  jest.setSystemTime(MIDNIGHT + 12 * 60 * MINUTE);
  const fromMs = Date.now();
  const endMs = fromMs + 2_000;
  const { ends, asked } = given({ startMs: fromMs - 10 * MINUTE, endMs, toldAtMs: fromMs + 10 * MINUTE });
  await jest.advanceTimersByTimeAsync(5_000);
  gaps.missed(fromMs, ['queue']);
  await jest.advanceTimersByTimeAsync(3 * MINUTE);
  gaps.missed(Date.now() - 5_000, ['queue']);
  await settled(asked);
  expect(ends).toEqual([endMs]);
});

test('just after midnight, of one that began before, is found', async () => {
  jest.setSystemTime(MIDNIGHT + 10 * MINUTE);
  const endMs = MIDNIGHT + 7 * MINUTE;
  const { ends, asked } = given({ startMs: MIDNIGHT - 10 * MINUTE, endMs, toldAtMs: endMs + 2 * MINUTE });
  gaps.missed(MIDNIGHT + 5 * MINUTE, ['queue']);
  await settled(asked);
  expect(ends).toEqual([endMs]);
});

test('those of which the look told are not asked for once more', async () => {
  jest.setSystemTime(MIDNIGHT + 12 * 60 * MINUTE);
  const fromMs = Date.now() - 5_000;
  const { ends, asked } = given({ startMs: fromMs - MINUTE, endMs: fromMs + 1_000, toldAtMs: fromMs + 30_000 });
  gaps.missed(fromMs, ['queue']);
  await settled(asked);
  expect(ends).toHaveLength(1);
  expect(asked.filter(({ conversationFilters }) => conversationFilters !== undefined)).toEqual([]);
});
