/** What hearing what is said takes, and what it gives. */
import type { Conversations } from '../genesys/conversations.ts';
import type { GenesysLogger } from '../genesys/http.ts';
import type { Messages } from '../genesys/messages.ts';
import { FEED_SETTINGS } from '../genesys/notifications-feed.ts';
import type { FeedSettings } from '../genesys/notifications-feed.ts';
import type { Notifications, RefusedTopic } from '../genesys/notifications.ts';
import type { Transcripts } from '../genesys/transcripts.ts';
import type { NotificationEvent } from '../genesys/notifications-socket.ts';
import type { Said } from './phrase-dedup.ts';

export interface LivePhrase extends Said {
  readonly conversationId: string;
  readonly queueId: string;
  /** Null where nobody told. */
  readonly skillIds: readonly string[] | null;
  /** Who is connected when it is heard; null while nobody is, and after the conversation. */
  readonly agentId: string | null;
  /** As analytics writes it; null where nobody told. */
  readonly mediaType: string | null;
  readonly language: string | null;
  readonly confidence: number;
  /** null when it comes from the transcript, which knows no such ids. */
  readonly utteranceId: string | null;
  readonly via: 'live' | 'transcript';
}

export interface LiveParts {
  readonly conversations: Conversations;
  readonly transcripts: Transcripts;
  readonly messages: Messages;
  readonly notifications: Notifications;
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** [0, 1) */
  readonly random: () => number;
  readonly logger?: GenesysLogger;
  /** A conversation of which some utterances are lost for good: its transcript never came, or was never asked for. */
  readonly onMissing?: (conversationId: string) => void;
  /** Something that will not be heard, said once by its name: a queue's topic, transcriptions, the texts of messages. */
  readonly onRefused?: (refused: RefusedTopic) => void;
  /** Others of the same OAuth client have taken a channel away. */
  readonly onEvicted?: () => void;
  readonly settings?: Partial<LiveSettings>;
}

export interface LiveSettings extends FeedSettings {
  /** After the end of a conversation, until its transcript is looked for, and between two tries. */
  readonly settleMs: number;
  readonly maxTries: number;
  /** Utterances that wait for the consumer; beyond it nothing more is read from the socket. */
  readonly maxWaiting: number;
  /** Each takes 1,000 topics; the platform allows 20 for all that use the OAuth client. 0: events come another way. */
  readonly maxChannels: number;
  /** Between two reads of what was missed. */
  readonly readEveryMs: number;
  /** Conversations that are over and wait for that; beyond it the oldest is missing. */
  readonly maxUnread: number;
}

export interface LiveQuery {
  readonly queueIds: readonly string[];
  /** ms since the epoch; now if left out. */
  readonly sinceMs?: number | undefined;
  /** Ends the stream. */
  readonly signal?: AbortSignal | undefined;
}

export const LIVE_SETTINGS: LiveSettings = {
  ...FEED_SETTINGS,
  settleMs: 60_000,
  maxTries: 10,
  maxWaiting: 1_000,
  maxChannels: 5,
  readEveryMs: 0,
  maxUnread: Number.POSITIVE_INFINITY,
};

export interface LiveState {
  readonly conversations: number;
  readonly channels: number;
  /** Whether all of them are heard. */
  readonly isOpen: boolean;
  /** Conversations that run and are not heard: the channels have no room for more. */
  readonly unheard: number;
  /** Those that ever were so since the feed began. */
  readonly everUnheard: number;
}

export interface LiveFeed {
  readonly phrases: AsyncIterable<LivePhrase>;
  start(): Promise<void>;
  /** From now on; what runs there already is looked up. */
  follow(queueId: string): void;
  leave(queueId: string): void;
  /** An event that came another way than by a channel; `toldMs` where the source says when (ms since the epoch). */
  hear(event: NotificationEvent, toldMs?: number): void;
  state(): LiveState;
  stop(): void;
}
