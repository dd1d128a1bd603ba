import { createLiveFeed } from '../../src/transcripts/live.ts';
import type { LiveFeed, LiveSettings } from '../../src/transcripts/live-parts.ts';
import { MAX_TOPICS } from '../../src/genesys/notifications.ts';
import { silentPlatform, speechOf, stateOf } from '../panel/feed/given-feed.ts';
import { closeAfterTest, until } from '../sandbox/helpers.ts';

/** The queue's own topic is on the channel as well. */
const ROOM = MAX_TOPICS - 1;
const never = (): Promise<never> => new Promise(() => undefined);

interface Given {
  readonly feed: LiveFeed;
  readonly missing: string[];
  /** Of conversations that were looked for by their ids. */
  readonly read: string[];
  readonly goOn: () => void;
}

/** Nothing is read until `goOn`, and then one after the other. */
function givenFeed(settings: Partial<LiveSettings> = {}): Given {
  const [missing, read]: [string[], string[]] = [[], []];
  const held: { goOn: () => void } = { goOn: () => undefined };
  const gate = new Promise<void>((resolve) => {
    held.goOn = resolve;
  });
  const platform = silentPlatform({
    settings: { maxChannels: 1, settleMs: 10, maxTries: 1, ...settings },
    notifications: { createChannel: never, hasChannel: never, addTopics: never, replaceTopics: never },
    onMissing: (id) => missing.push(id),
  });
  Object.assign(platform.conversations, {
    details: async function* (query: { conversationFilters?: readonly { predicates: { value: string }[] }[] }) {
      for (const { predicates } of query.conversationFilters ?? []) {
        await gate;
        read.push(predicates[0]?.value ?? '');
      }
      yield* [];
    },
  });
  const feed = createLiveFeed(platform, { queueIds: [] });
  feed.follow('queue-1');
  closeAfterTest(() => Promise.resolve(feed.stop()));
  return { feed, missing, read, goOn: held.goOn };
}

/** Began before its topic was asked for, so its transcript is wanted. */
function pass(feed: LiveFeed, id: string): void {
  feed.hear(stateOf(id));
  feed.hear(stateOf(id, { ended: true }));
}

function endedSpeech(id: string): ReturnType<typeof speechOf> {
  const { topicName, eventBody } = speechOf(id, 'goodbye');
  return { topicName, eventBody: { ...(eventBody as object), status: { status: 'SESSION_ENDED' } } };
}

test('a conversation that is over makes room on the channels, however long its transcript is waited for', async () => {
  const { feed } = givenFeed();
  for (let n = 0; n < ROOM; n += 1) pass(feed, `over-${n}`);
  feed.hear(stateOf('crowded out'));
  expect(feed.state()).toMatchObject({ unheard: 1, everUnheard: 1 });
  await until(() => feed.state().unheard === 0);
  for (let n = 0; n < ROOM - 1; n += 1) feed.hear(stateOf(`running-${n}`));
  expect(feed.state()).toMatchObject({ conversations: 2 * ROOM, unheard: 0, everUnheard: 1 });
});

test('the end of its transcription makes room at once', () => {
  const { feed } = givenFeed({ settleMs: 60_000 });
  for (let n = 0; n < ROOM; n += 1) feed.hear(stateOf(`running-${n}`));
  feed.hear(stateOf('crowded out'));
  expect(feed.state().unheard).toBe(1);
  feed.hear(stateOf('running-0', { ended: true }));
  expect(feed.state().unheard).toBe(1);
  feed.hear(endedSpeech('running-0'));
  expect(feed.state().unheard).toBe(0);
});

test('so many conversations wait to be read; the oldest gives way and is missing', async () => {
  const { feed, missing, read, goOn } = givenFeed({ maxUnread: 3 });
  for (const id of ['a', 'b', 'c', 'd', 'e', 'f']) {
    pass(feed, id);
    await until(() => feed.state().conversations > 0);
  }
  await until(() => missing.length === 2);
  expect(missing).toEqual(['b', 'c']);
  goOn();
  await until(() => read.length === 4);
  expect(read).toEqual(['a', 'd', 'e', 'f']);
});
