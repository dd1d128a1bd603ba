/** The feed over real sockets and calls of the sandbox, while channels are cut, pushed out, refused and throttled. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PanelFeed } from '../../../src/panel/feed/feed.ts';
import { versionFor, bucketOf } from '../../../src/domain/split/bucket.ts';
import { LiveTopics } from '../../../src/sandbox/live-topics.ts';
import { utteranceIdOf } from '../../../src/sandbox/speech.ts';
import type { Conversation } from '../../../src/sandbox/conversations.ts';
import { DEFAULT_CLIENT } from '../../../src/sandbox/options.ts';
import type { SandboxOptions } from '../../../src/sandbox/options.ts';
import type { Database } from '../../../src/store/database.ts';
import { writeSplit } from '../../../src/store/panel/splits.ts';
import { closeAfterTest, until } from '../../sandbox/helpers.ts';
import { armOf, publish } from '../../store/panel/fixtures.ts';
import { BILLING, conversation, givenWorld, ORDERS } from '../../transcripts/helpers.ts';
import type { World } from '../../transcripts/helpers.ts';
import { givenFeed } from './given-feed.ts';
import { openStore } from '../../helpers/any-store.ts';

interface Row {
  readonly conversationId: string;
  readonly utteranceId: string;
  readonly versionId: string;
  readonly agentId: string;
  readonly mediaType: string;
}

interface Given extends World {
  readonly db: Database;
  readonly feed: PanelFeed;
  readonly warned: string[];
  readonly arms: Parameters<typeof versionFor>[0];
  readonly begin: (mediaType: Conversation['mediaType'], queueId?: string) => Conversation;
  readonly rows: () => Promise<Row[]>;
}

const SAID = 8;

async function given(options: SandboxOptions = {}): Promise<Given> {
  const world = await givenWorld({ notifications: { heartbeatMs: 100, transcriptionDelayMs: 50 }, ...options });
  const { org } = world.sandbox;
  const db = await openStore();
  closeAfterTest(() => db.close());
  const action = `Card ${randomUUID()}`;
  const arms = [
    armOf(await publish(db, action, '1'), 'control', 50),
    armOf(await publish(db, action, '2'), 'candidate', 50),
  ];
  await writeSplit(db, { action, arms, queues: [BILLING, ORDERS], changedBy: 'test' }, null);
  const topics = new LiveTopics(org.channels, 50);
  const ticker = setInterval(() => {
    topics.advance(Date.now());
  }, 20);
  closeAfterTest(() => {
    clearInterval(ticker);
    return Promise.resolve();
  });
  const warned: string[] = [];
  const { conversations, transcripts, messages, notifications } = world.client;
  const { feed } = await givenFeed(db, {
    live: {
      conversations,
      transcripts,
      messages,
      notifications,
      now: Date.now,
      sleep: (ms) => sleep(ms),
      random: () => 0.5,
      settings: { maxChannels: 2, groupMs: 10, settleMs: 150, backoffMs: 20, maxBackoffMs: 100, maxTries: 40 },
    },
    logger: { warn: (fields, message) => void warned.push(JSON.stringify(fields) + message) },
  });
  await until(() => feed.state().queues.length === 2 && feed.state().isOpen);
  await sleep(200);
  return {
    ...world,
    db,
    feed,
    warned,
    arms,
    begin: (mediaType, queueId = BILLING) => {
      const id = randomUUID();
      const utterances = Array.from({ length: SAID }, (_, n) => ({
        afterMs: 300 * (n + 1),
        text: `I want refund ${n}`,
        confidence: 0.9,
        isFinal: true,
      }));
      const startMs = Date.now();
      const made = conversation(id, startMs, [], {
        agentId: `agent of ${id}`,
        queueId,
        mediaType,
        endMs: startMs + 300 * (SAID + 2),
        utterances,
      });
      org.conversations.add(made);
      topics.begin(made);
      return made;
    },
    rows: () =>
      db.query<Row>(
        `select conversation_id as "conversationId", utterance_id as "utteranceId", version_id as "versionId",
           agent_id as "agentId", media_type as "mediaType" from panel_cards`,
      ),
  };
}

/** Each card is of an utterance that was said, once, by the arm of its conversation, for its agent. */
function expectRight({ arms }: Given, rows: readonly Row[], said: readonly Conversation[]): void {
  const known = new Map(
    said.flatMap((one) => one.utterances.map(({ afterMs }) => [utteranceIdOf(one.id, afterMs), one] as const)),
  );
  for (const row of rows) {
    const from = known.get(row.utteranceId);
    expect(row).toEqual({
      conversationId: from?.id,
      utteranceId: row.utteranceId,
      versionId: (versionFor(arms, bucketOf(row.conversationId)) as { versionId?: string } | undefined)?.versionId,
      agentId: from?.agentId,
      mediaType: from?.mediaType,
    });
  }
  expect(new Set(rows.map(({ utteranceId }) => utteranceId)).size).toBe(rows.length);
}

test('speech and messages become cards; what came while the socket was cut is a missed trigger, and nothing else', async () => {
  const world = await given();
  const { begin, sandbox, rows, feed } = world;
  const said: Conversation[] = [];
  const cutter = setInterval(() => {
    sandbox.org.channels.cutAll();
  }, 700);
  for (let n = 0; n < 10; n += 1) {
    said.push(begin(n % 3 === 2 ? 'message' : 'voice', n % 2 === 0 ? BILLING : ORDERS));
    await sleep(200);
  }
  // The last of them go on for a while that nobody cuts: where opening a channel takes long, no word is heard else.
  await sleep(1_500);
  clearInterval(cutter);
  const all = said.length * SAID;
  const missed = (): number => Object.values(feed.state().counts.missed).reduce((sum, n) => sum + n, 0);
  // A message whose text came when its conversation was over has nobody left to see a card.
  const cardless = (): number => missed() + feed.state().counts.noAgent;
  await until(() => feed.state().counts.cards + cardless() >= all && feed.state().waiting === 0);
  await sleep(500);
  const made = await rows();
  expectRight(world, made, said);
  expect(made.length + cardless()).toBe(all);
  expect(feed.state().counts).toMatchObject({ tooLate: 0, otherTurn: 0, duplicates: 0 });
  expect(new Set(made.map(({ mediaType }) => mediaType))).toEqual(new Set(['voice', 'message']));
});

test('transcriptions that are refused are said once; messages and queues go on', async () => {
  const world = await given({ clients: [{ ...DEFAULT_CLIENT, permissions: RIGHTS }] });
  const { begin, rows, warned, feed } = world;
  const said = [begin('voice'), begin('message'), begin('voice'), begin('message', ORDERS)];
  await until(async () => (await rows()).length === 2 * SAID);
  await until(() => Object.values(feed.state().counts.missed)[0] === 2 * SAID);
  expectRight(world, await rows(), said);
  expect(warned.filter((line) => line.includes('refused'))).toHaveLength(1);
  expect(warned[0]).toContain('conversation:transcription:view');
});

/** All that the feed needs, but transcriptions. */
const RIGHTS = [
  'notifications:channel:add',
  'routing:queue:view',
  'conversation:message:view',
  'analytics:conversationDetail:view',
  'speechAndTextAnalytics:data:view',
  'recording:recording:view',
];

test('throttled and with its channel pushed out, it goes on with the next utterance that it hears', async () => {
  const world = await given();
  const { begin, sandbox, client, rows, feed } = world;
  for (let n = 0; n < 20; n += 1) {
    const { id } = await client.notifications.createChannel();
    sandbox.org.channels.connect(id, { send: () => {}, cut: () => {}, close: () => {} });
  }
  sandbox.org.faults.add({
    match: { method: 'POST', pathPrefix: '/api/v2/notifications' },
    times: 3,
    status: 429,
    retryAfterSeconds: 1,
  });
  await until(() => feed.state().isOpen && sandbox.org.faults.pending().length === 0);
  await sleep(300);
  const said = [begin('voice'), begin('message')];
  await until(() => feed.state().counts.cards >= SAID);
  expectRight(world, await rows(), said);
});
