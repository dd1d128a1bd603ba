/** Several channels of the sandbox as one feed: room, refusals, eviction, throttling. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createGenesysClient } from '../../src/genesys/client.ts';
import type { GenesysClient } from '../../src/genesys/client.ts';
import { GenesysError } from '../../src/genesys/errors.ts';
import { FEED_SETTINGS } from '../../src/genesys/notifications-feed.ts';
import type { FeedSettings } from '../../src/genesys/notifications-feed.ts';
import { createNotificationPool } from '../../src/genesys/notifications-pool.ts';
import type { NotificationPool } from '../../src/genesys/notifications-pool.ts';
import type { RefusedTopic } from '../../src/genesys/notifications.ts';
import type { SandboxOptions } from '../../src/sandbox/options.ts';
import { DEFAULT_CLIENT } from '../../src/sandbox/options.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import type { SandboxHandle } from '../../src/sandbox/server.ts';
import { PATIENCE_MS } from '../helpers/patience.ts';
import { closeAfterTest, until } from '../sandbox/helpers.ts';

/** A busy machine is neither silent nor away. */
const PATIENT = { silenceMs: PATIENCE_MS, connectMs: PATIENCE_MS };

interface Listening {
  readonly sandbox: SandboxHandle;
  readonly client: GenesysClient;
  readonly pool: NotificationPool;
  readonly heard: string[];
  readonly refused: RefusedTopic[];
  readonly gaps: number[];
  readonly failures: unknown[];
  evictions: number;
}

async function givenPool(
  maxChannels: number,
  options: SandboxOptions = {},
  more: Partial<FeedSettings> = {},
): Promise<Listening> {
  const sandbox = await startSandbox({ rateLimitPerMinute: 100_000, ...options });
  closeAfterTest(() => sandbox.close());
  const client = createGenesysClient({
    loginUrl: sandbox.url,
    apiUrl: sandbox.url,
    clientId: DEFAULT_CLIENT.id,
    clientSecret: DEFAULT_CLIENT.secret,
    callsPerMinute: 60_000,
    now: Date.now,
    sleep: (ms) => sleep(ms),
  });
  const listening: Listening = {
    sandbox,
    client,
    pool: createNotificationPool(
      {
        notifications: client.notifications,
        settings: { ...FEED_SETTINGS, ...PATIENT, groupMs: 10, backoffMs: 20, maxBackoffMs: 100, ...more },
        now: Date.now,
        random: () => 0.5,
        onEvent: ({ topicName }) => {
          listening.heard.push(topicName);
        },
        onGap: (fromMs) => {
          listening.gaps.push(fromMs);
        },
        onRefused: (refused) => {
          listening.refused.push(refused);
        },
        onEvicted: () => {
          listening.evictions += 1;
        },
        onFailure: (error) => {
          listening.failures.push(error);
        },
      },
      maxChannels,
    ),
    heard: [],
    refused: [],
    gaps: [],
    failures: [],
    evictions: 0,
  };
  closeAfterTest(() => {
    listening.pool.close();
    client.close();
    return Promise.resolve();
  });
  return listening;
}

const topic = (n: number): string => `v2.conversations.conversation-${n}.transcription`;

/** Until the newest topics have reached their channel. */
async function untilHeard({ sandbox, heard }: Listening, name: string): Promise<void> {
  await until(() => {
    sandbox.org.channels.publish(name, () => ({}));
    return heard.includes(name);
  });
}

test('what has no room on one channel goes to the next, up to so many; room that was given back is used', async () => {
  const listening = await givenPool(2);
  const { pool, sandbox } = listening;
  for (let n = 0; n < 2_000; n += 1) expect(pool.add(topic(n))).toBe(true);
  await pool.start();
  expect(pool.add(topic(2_000))).toBe(false);
  await untilHeard(listening, topic(0));
  await untilHeard(listening, topic(1_999));
  expect(sandbox.org.channels.count).toBe(2);
  pool.remove(topic(7));
  expect(pool.add(topic(2_000))).toBe(true);
  await untilHeard(listening, topic(2_000));
  expect(listening.failures).toEqual([]);
});

test('topics that are refused are named, and the rest is heard', async () => {
  const permissions = ['notifications:channel:add', 'routing:queue:view'];
  const listening = await givenPool(1, { clients: [{ ...DEFAULT_CLIENT, permissions }] });
  const queue = 'v2.routing.queues.6f2f7b7e-3a51-4c0e-9c57-0b6c1d1f4a01.conversations';
  listening.pool.add(topic(1));
  listening.pool.add(queue);
  await listening.pool.start();
  listening.pool.add(topic(2));
  await untilHeard(listening, queue);
  await until(() => listening.refused.length === 2);
  expect(listening.refused.map((one) => one.topic)).toEqual([topic(1), topic(2)]);
  expect(listening.refused[0]?.reason).toContain('conversation:transcription:view');
  expect(listening.failures).toEqual([]);
});

test('a channel that others pushed out is noticed and made again, and what came meanwhile is a gap', async () => {
  const listening = await givenPool(1);
  listening.pool.add(topic(1));
  await listening.pool.start();
  await untilHeard(listening, topic(1));
  for (let n = 0; n < 20; n += 1) {
    const { id } = await listening.client.notifications.createChannel();
    listening.sandbox.org.channels.connect(id, { send: () => {}, cut: () => {}, close: () => {} });
  }
  await until(() => listening.evictions === 1);
  await until(() => listening.gaps.length === 1);
  listening.heard.length = 0;
  await untilHeard(listening, topic(1));
});

test.each([0, undefined])(
  'throttled while subscribing (Retry-After %s), it waits and goes on',
  async (retryAfterMs) => {
    const listening = await givenPool(1);
    listening.pool.add(topic(1));
    await listening.pool.start();
    const { notifications } = listening.client;
    const addTopics: typeof notifications.addTopics = notifications.addTopics.bind(notifications);
    let times = 0;
    Object.assign(notifications, {
      addTopics: (...asked: Parameters<typeof addTopics>) => {
        times += 1;
        if (times > 2) return addTopics(...asked);
        const refusal = new GenesysError({ kind: 'rateLimited', asked: 'POST', came: '429', retryAfterMs });
        return Promise.reject(refusal);
      },
    });
    listening.pool.add(topic(2));
    await untilHeard(listening, topic(2));
    expect(times).toBe(3);
    expect(listening.failures).toEqual([]);
    expect(listening.gaps).toEqual([]);
  },
);

test('what came of a topic before the channel could be told of it is a gap', async () => {
  const listening = await givenPool(1, {}, { lateMs: 200 });
  await listening.pool.start();
  const { notifications } = listening.client;
  const addTopics: typeof notifications.addTopics = notifications.addTopics.bind(notifications);
  const wantedMs = Date.now();
  Object.assign(notifications, {
    addTopics: (...asked: Parameters<typeof addTopics>) => {
      if (Date.now() - wantedMs > 300) return addTopics(...asked);
      return Promise.reject(new GenesysError({ kind: 'unavailable', asked: 'POST', came: '503' }));
    },
  });
  listening.pool.add(topic(1));
  await untilHeard(listening, topic(1));
  await until(() => listening.gaps.length === 1);
  expect(listening.gaps[0]).toBeLessThan(wantedMs + 300);
});
