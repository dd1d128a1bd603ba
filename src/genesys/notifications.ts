/**
 * Notification channels over REST. The socket itself: notifications-socket.ts; how both stay alive:
 * notifications-feed.ts.
 */
import type { Agent } from 'node:http';
import { z } from 'zod';
import { GenesysError, isGenesysError } from './errors.ts';
import type { Api } from './http.ts';
import { schemesOf } from './transport.ts';
import type { Transport } from './transport.ts';

/** Of one channel, by the platform. */
export const MAX_TOPICS = 1000;

export interface Channel {
  readonly id: string;
  /** Holds the right to listen: never to be shown. */
  readonly connectUri: string;
  /** ms since the epoch. */
  readonly expiresAt: number;
  /** By which the socket is to be opened; absent: directly. */
  readonly agent?: Agent | undefined;
}

export interface RefusedTopic {
  readonly topic: string;
  /** In the platform's words. */
  readonly reason: string;
}

export interface Notifications {
  createChannel(): Promise<Channel>;
  hasChannel(channelId: string): Promise<boolean>;
  /**
   * Either prolongs the channel's life by 24 hours, and answers with the topics that are refused; the others are heard.
   * Rejects with `notFound` when the channel is gone.
   */
  addTopics(channelId: string, topics: readonly string[]): Promise<readonly RefusedTopic[]>;
  replaceTopics(channelId: string, topics: readonly string[]): Promise<readonly RefusedTopic[]>;
}

export function createNotifications(
  api: Api,
  apiUrl: string,
  { agentFor }: Pick<Transport, 'agentFor'>,
): Notifications {
  const channelSchema = z.object({
    id: z.string().min(1),
    connectUri: z.url({ protocol: schemesOf(apiUrl, 'wss') }),
    expires: z.string(),
  });
  const change =
    (method: 'POST' | 'PUT') =>
    (channelId: string, topics: readonly string[]): Promise<readonly RefusedTopic[]> => {
      const path = `${PATH}/${encodeURIComponent(channelId)}/subscriptions`;
      return withoutRefused(topics, async (some) => {
        const body = some.map((id) => ({ id }));
        const { value } = await api({ method, path, query: { ignoreErrors: 'true' }, body, schema: listingSchema });
        return refusedIn(value);
      });
    };
  return {
    async createChannel() {
      const { value } = await api({ method: 'POST', path: PATH, schema: channelSchema });
      const { id, connectUri, expires } = value;
      return { id, connectUri, expiresAt: Date.parse(expires), agent: agentFor(connectUri) };
    },
    async hasChannel(channelId) {
      try {
        await api({
          method: 'GET',
          path: `${PATH}/${encodeURIComponent(channelId)}/subscriptions`,
          schema: z.unknown(),
        });
        return true;
      } catch (error) {
        if (isGenesysError(error, 'notFound')) return false;
        throw error;
      }
    },
    addTopics: change('POST'),
    replaceTopics: change('PUT'),
  };
}

const PATH = 'notifications/channels';

/** `state` and the reason are told of `ignoreErrors=true` alone; a listing in another form tells of no refusal. */
const listingSchema = z
  .object({
    entities: z.array(
      z
        .object({
          id: z.string(),
          state: z.string().nullish(),
          rejectionReason: z.string().nullish(),
          missingPermissions: z.array(z.string()).nullish().catch(null),
        })
        .catch({ id: '' }),
    ),
  })
  .catch({ entities: [] });

function refusedIn({ entities }: z.infer<typeof listingSchema>): RefusedTopic[] {
  return entities
    .filter(({ state }) => state === 'Rejected')
    .map(({ id, rejectionReason, missingPermissions }) => {
      const lacks = (missingPermissions ?? []).join(', ');
      const reason = rejectionReason ?? 'no reason given';
      return { topic: id, reason: lacks === '' ? reason : `${reason} Give the OAuth client ${lacks}.` };
    });
}

/** Some refusals are of the whole list all the same, and name the topics: the others are then asked for without them. */
async function withoutRefused(
  topics: readonly string[],
  ask: (topics: readonly string[]) => Promise<readonly RefusedTopic[]>,
): Promise<readonly RefusedTopic[]> {
  try {
    return await ask(topics);
  } catch (error) {
    const named = topicsNamedBy(error, topics);
    if (named.length === 0) throw error;
    const reason = (error as GenesysError).message;
    const rest = topics.filter((topic) => !named.includes(topic));
    return [...named.map((topic) => ({ topic, reason })), ...(await withoutRefused(rest, ask))];
  }
}

function topicsNamedBy(error: unknown, topics: readonly string[]): readonly string[] {
  if (!(error instanceof GenesysError) || error.code?.startsWith('notification.') !== true) return [];
  if (error.kind !== 'forbidden' && error.code !== 'notification.invalid.topic') return [];
  return topics.length === 1 ? topics : topics.filter((topic) => error.message.includes(topic));
}
