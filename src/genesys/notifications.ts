/**
 * Notification channels over REST. The socket itself: notifications-socket.ts; how both stay alive:
 * notifications-feed.ts.
 */
import { z } from 'zod';
import type { Api } from './http.ts';
import { schemesOf } from './transport.ts';

/** Of one channel, by the platform. */
export const MAX_TOPICS = 1000;

export interface Channel {
  readonly id: string;
  /** Holds the right to listen: never to be shown. */
  readonly connectUri: string;
  /** ms since the epoch. */
  readonly expiresAt: number;
}

export interface Notifications {
  createChannel(): Promise<Channel>;
  /** Either prolongs the channel's life by 24 hours. Rejects with `notFound` when it is gone. */
  addTopics(channelId: string, topics: readonly string[]): Promise<void>;
  replaceTopics(channelId: string, topics: readonly string[]): Promise<void>;
}

export function createNotifications(api: Api, apiUrl: string): Notifications {
  const channelSchema = z.object({
    id: z.string().min(1),
    connectUri: z.url({ protocol: schemesOf(apiUrl, 'wss') }),
    expires: z.string(),
  });
  const change =
    (method: 'POST' | 'PUT') =>
    async (channelId: string, topics: readonly string[]): Promise<void> => {
      const path = `${PATH}/${encodeURIComponent(channelId)}/subscriptions`;
      await api({ method, path, body: topics.map((id) => ({ id })), schema: z.unknown() });
    };
  return {
    async createChannel() {
      const { value } = await api({ method: 'POST', path: PATH, schema: channelSchema });
      return { id: value.id, connectUri: value.connectUri, expiresAt: Date.parse(value.expires) };
    },
    addTopics: change('POST'),
    replaceTopics: change('PUT'),
  };
}

const PATH = 'notifications/channels';
