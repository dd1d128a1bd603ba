/** A panel feed on a real store; what the platform would tell is handed in. */
import { randomUUID } from 'node:crypto';
import type { LiveFeed, LiveParts } from '../../../src/transcripts/live-parts.ts';
import { startPanelFeed } from '../../../src/panel/feed/feed.ts';
import type { PanelFeed, PanelFeedOptions } from '../../../src/panel/feed/feed.ts';
import type { Database } from '../../../src/store/database.ts';
import { endInstance, renewInstance } from '../../../src/store/panel/instances.ts';
import { closeAfterTest, until } from '../../sandbox/helpers.ts';

export interface GivenFeed {
  readonly feed: PanelFeed;
  readonly instanceId: string;
  readonly state: { fenced: boolean };
  /** As the process does, until the end of the test, or until it dies: answers how to do that. */
  keepLease(): () => Promise<void>;
}

/** Nothing is asked of the platform, but for what a test says. */
export function silentPlatform(over: Partial<LiveParts> = {}): LiveParts {
  const notHere = (): never => {
    throw new Error('this is not asked of the platform here');
  };
  return {
    conversations: { details: async function* () {}, detailsOf: notHere, get: notHere },
    transcripts: { read: () => Promise.resolve(null) },
    messages: { read: notHere },
    notifications: { createChannel: notHere, hasChannel: notHere, addTopics: notHere, replaceTopics: notHere },
    now: Date.now,
    sleep: () => Promise.resolve(),
    random: () => 0.5,
    settings: { maxChannels: 0 },
    ...over,
  };
}

export async function givenFeed(db: Database, options: Partial<PanelFeedOptions> = {}): Promise<GivenFeed> {
  const instanceId = randomUUID();
  const state = { fenced: false };
  await renewInstance(db, { id: instanceId, epoch: 0 });
  const feed = await startPanelFeed({
    db,
    instance: { id: instanceId, isFenced: () => state.fenced },
    live: silentPlatform(),
    clock: () => performance.now(),
    ...options,
    settings: { renewMs: 100, ...options.settings },
  });
  closeAfterTest(() => feed.close());
  return { feed, instanceId, state, keepLease: () => keepLease(db, instanceId) };
}

function keepLease(db: Database, id: string): () => Promise<void> {
  let renewing: Promise<unknown> = Promise.resolve();
  const timer = setInterval(() => {
    renewing = renewing.then(() => renewInstance(db, { id, epoch: 0 }));
  }, 500);
  const die = async (): Promise<void> => {
    clearInterval(timer);
    await renewing;
  };
  closeAfterTest(async () => {
    await die();
    await endInstance(db, id);
  });
  return die;
}

export const untilFollowed = ({ feed }: Pick<GivenFeed, 'feed'>, queueId = 'queue-1'): Promise<void> =>
  until(() => feed.state().queues.includes(queueId));

type Event = Parameters<LiveFeed['hear']>[0];

const SINCE = Date.parse('2026-11-28T10:00:00Z');
const iso = (second: number): string => new Date(SINCE + second * 1000).toISOString();

export interface Told {
  readonly queueId?: string;
  /** Null: the conversation waits. */
  readonly agentId?: string | null;
  readonly ended?: boolean;
}

/** The queue's topic, of a call. */
export function stateOf(conversationId: string, { queueId = 'queue-1', agentId = 'agent-1', ended }: Told = {}): Event {
  const times = { connectedTime: iso(0), ...(ended === true && { endTime: iso(60) }) };
  const calls = [{ state: ended === true ? 'disconnected' : 'connected' }];
  const agent = { purpose: 'agent', userId: agentId, queueId, ...times, calls };
  return {
    topicName: `v2.routing.queues.${queueId}.conversations`,
    eventBody: {
      id: conversationId,
      participants: [{ purpose: 'customer', ...times, calls }, ...(agentId === null ? [] : [agent])],
    },
  };
}

export function speechOf(conversationId: string, text: string, utteranceId: string = randomUUID()): Event {
  const alternatives = [{ confidence: 0.9, offsetMs: 1000, transcript: text }];
  return {
    topicName: `v2.conversations.${conversationId}.transcription`,
    eventBody: {
      conversationId,
      transcriptionStartTimeMs: SINCE,
      transcripts: [{ utteranceId, isFinal: true, channel: 'EXTERNAL', dialect: 'en-GB', alternatives }],
      status: { status: 'SESSION_ONGOING', offsetMs: 1000 },
    },
  };
}

/** The store, as it is for a process that may be cut off from it. */
export function cuttable(db: Database): { readonly db: Database; readonly cut: { off: boolean } } {
  const cut = { off: false };
  const away = (): Promise<never> => Promise.reject(new Error('the store is away'));
  return {
    cut,
    db: {
      ...db,
      kind: db.kind,
      query: (...args) => (cut.off ? away() : db.query(...args)),
      tx: (work) => (cut.off ? away() : db.tx(work)),
      listen: (channel, onNotify) => db.listen(channel, onNotify),
      close: () => Promise.resolve(),
    },
  };
}
