/** Which conversations are followed, and which topics are heard, where the channels have room for so many. */
import type { ConversationDetail } from '../../src/genesys/wire.ts';
import type { Conversations } from '../../src/genesys/conversations.ts';
import type { FeedParts } from '../../src/genesys/notifications-feed.ts';
import { FEED_SETTINGS } from '../../src/genesys/notifications-feed.ts';
import type { NotificationPool } from '../../src/genesys/notifications-pool.ts';
import type { Notifications } from '../../src/genesys/notifications.ts';
import type { Suggestions } from '../../src/genesys/suggestions.ts';
import { createFollower } from '../../src/responder/follower.ts';
import type { Follower } from '../../src/responder/follower.ts';
import { SUGGESTION_KINDS, suggestionTopic, THIRD_PARTY } from '../../src/responder/suggestion-told.ts';
import type { SuggestionKind } from '../../src/responder/suggestion-told.ts';
import { queueTopic } from '../../src/transcripts/live-events.ts';
import { untilHolds } from '../helpers/patience.ts';

interface World {
  readonly follower: Follower;
  readonly heard: Set<string>;
  /** What analytics says; `end`: null while it runs. */
  readonly details: Map<string, { readonly queueId: string; readonly end: string | null }>;
  /** Conversations whose suggestions were asked for. */
  readonly listed: string[];
  readonly asked: { times: number };
  tell(conversationId: string, queueId: string, ended?: boolean): void;
  gap(): void;
}

let follower: Follower | undefined;
afterEach(() => follower?.close());

function given({ room, settleMs }: { readonly room: number; readonly settleMs?: number }): World {
  const heard = new Set<string>();
  const details: World['details'] = new Map();
  const listed: string[] = [];
  const asked = { times: 0 };
  const fed: FeedParts[] = [];
  const pool: NotificationPool = {
    channels: 1,
    isOpen: true,
    start: async () => undefined,
    add: (topic) => heard.has(topic) || (heard.size < room && heard.add(topic).size > 0),
    remove: (topic) => void heard.delete(topic),
    pause: () => undefined,
    resume: () => undefined,
    close: () => undefined,
  };
  const made = createFollower(
    {
      notifications: {} as Notifications,
      conversations: {
        async *details() {
          asked.times += 1;
          for (const [id, of] of details) yield detailOf(id, of);
        },
      } as unknown as Conversations,
      suggestions: {
        // oxlint-disable-next-line require-yield
        async *list(id: string) {
          listed.push(id);
        },
      } as unknown as Suggestions,
      settings: FEED_SETTINGS,
      maxChannels: 1,
      ...(settleMs !== undefined && { settleMs }),
      now: Date.now,
      random: () => 0,
      onConversation: () => undefined,
      onSuggestion: () => undefined,
      onTrouble: (error) => {
        throw error;
      },
      onFailure: () => undefined,
    },
    (parts) => {
      fed.push(parts);
      return pool;
    },
  );
  follower = made;
  return {
    follower: made,
    heard,
    details,
    listed,
    asked,
    tell(id, queueId, ended = false) {
      const participant = { purpose: 'customer', ...(ended && { endTime: new Date().toISOString() }) };
      fed[0]?.onEvent({ topicName: queueTopic(queueId), eventBody: { id, participants: [participant] } });
    },
    gap: () => fed[0]?.onGap(Date.now() - 1_000, Date.now(), new Set()),
  };
}

function detailOf(id: string, { queueId, end }: { queueId: string; end: string | null }): ConversationDetail {
  const segments = [{ segmentStart: '2026-11-01T08:00:00.000Z', queueId }];
  return {
    conversationId: id,
    conversationStart: '2026-11-01T08:00:00.000Z',
    ...(end !== null && { conversationEnd: end }),
    participants: [{ purpose: 'customer', sessions: [{ sessionId: id, mediaType: 'voice', segments }] }],
  };
}

const ENDED = '2026-11-01T08:05:00.000Z';
const TEXTS: readonly SuggestionKind[] = [THIRD_PARTY];
const topicOf = (conversationId: string): string => suggestionTopic(conversationId, THIRD_PARTY);

test('a conversation that ended while the socket was away makes room, and what agents did in it is asked for', async () => {
  const world = given({ room: 2 });
  world.follower.follow(new Map([['q', TEXTS]]));
  world.tell('a', 'q');
  expect(world.heard).toEqual(new Set([queueTopic('q'), topicOf('a')]));
  world.details.set('a', { queueId: 'q', end: ENDED });
  world.gap();
  await untilHolds('its suggestions are asked for', () => world.listed.includes('a'));
  world.tell('b', 'q');
  expect(world.heard).toEqual(new Set([queueTopic('q'), topicOf('b')]));
  expect(world.follower).toMatchObject({ open: 1, unheard: 0 });
});

test('one of which analytics told late that it ended is looked for again', async () => {
  const world = given({ room: 2, settleMs: 50 });
  world.follower.follow(new Map([['q', TEXTS]]));
  world.tell('a', 'q');
  await untilHolds('the queue was looked at', () => world.asked.times >= 1);
  world.details.set('a', {
    queueId: 'q',
    get end() {
      return world.asked.times < 4 ? null : ENDED;
    },
  });
  world.gap();
  await untilHolds('there is room again', () => {
    world.tell('b', 'q');
    return world.heard.has(topicOf('b'));
  });
});

test('a conversation that found no room is heard as soon as another one ends, and what came before is asked for', async () => {
  const world = given({ room: 2 });
  world.follower.follow(new Map([['q', TEXTS]]));
  world.tell('a', 'q');
  world.tell('b', 'q');
  expect(world.heard.has(topicOf('b'))).toBe(false);
  expect(world.follower.unheard).toBe(1);
  world.tell('a', 'q', true);
  expect(world.heard).toEqual(new Set([queueTopic('q'), topicOf('b')]));
  await untilHolds('its suggestions are asked for', () => world.listed.includes('b'));
});

test('a queue that found no room is heard before the next conversation, and looked at', async () => {
  const world = given({ room: 3 });
  world.follower.follow(new Map([['q', TEXTS]]));
  for (const id of ['a', 'b', 'c']) world.tell(id, 'q');
  const both = new Map([
    ['q', TEXTS],
    ['r', TEXTS],
  ]);
  world.follower.follow(both);
  expect(world.heard.has(queueTopic('r'))).toBe(false);
  world.details.set('d', { queueId: 'r', end: null });
  world.tell('a', 'q', true);
  expect(world.heard.has(queueTopic('r'))).toBe(true);
  world.tell('b', 'q', true);
  expect(world.heard.has(topicOf('c'))).toBe(true);
  world.tell('c', 'q', true);
  await untilHolds('what runs there is heard', () => world.heard.has(topicOf('d')));
});

test('conversations of a queue that is left make room: nobody tells of their end', () => {
  const world = given({ room: 2 });
  world.follower.follow(new Map([['q', TEXTS]]));
  world.tell('a', 'q');
  world.follower.follow(new Map([['r', TEXTS]]));
  world.tell('b', 'r');
  expect(world.heard).toEqual(new Set([queueTopic('r'), topicOf('b')]));
});

test('of a conversation that found no room every topic is heard when there is some', () => {
  const world = given({ room: 1 + SUGGESTION_KINDS.length });
  world.follower.follow(new Map([['q', SUGGESTION_KINDS]]));
  world.tell('a', 'q');
  world.tell('b', 'q');
  world.tell('a', 'q', true);
  expect(world.heard).toEqual(
    new Set([queueTopic('q'), ...SUGGESTION_KINDS.map((kind) => suggestionTopic('b', kind))]),
  );
});

test.each<[string, (world: World) => Promise<void>]>([
  [
    'its queue tells of',
    async (world) => {
      world.tell('a', 'q');
    },
  ],
  ['analytics knows', (world) => untilHolds('it was looked at', () => world.listed.includes('a'))],
])('of a queue that was left and comes back: a conversation that %s keeps its room', async (_, meets) => {
  const world = given({ room: 2 });
  world.details.set('a', { queueId: 'q', end: null });
  world.follower.follow(new Map([['q', TEXTS]]));
  world.tell('a', 'q');
  await untilHolds('the queue was looked at', () => world.listed.length === 1);
  world.follower.follow(new Map());
  world.listed.splice(0);
  world.follower.follow(new Map([['q', TEXTS]]));
  await meets(world);
  world.tell('b', 'q');
  expect(world.heard).toEqual(new Set([queueTopic('q'), topicOf('a')]));
});

test('a conversation that was told to be over is, though analytics does not know so yet', async () => {
  const world = given({ room: 2 });
  world.follower.follow(new Map([['q', TEXTS]]));
  world.tell('a', 'q');
  world.tell('a', 'q', true);
  world.details.set('a', { queueId: 'q', end: null });
  world.gap();
  await untilHolds('the queue was looked at', () => world.listed.length >= 2);
  world.tell('b', 'q');
  expect(world.heard).toEqual(new Set([queueTopic('q'), topicOf('b')]));
});
