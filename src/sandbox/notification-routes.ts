/** `/api/v2/notifications` */
import { Hono } from 'hono';
import { z } from 'zod';
import { parseBody } from './api-error.ts';
import type { ChannelOwner } from './channels.ts';
import { requireRight } from './guard.ts';
import type { SandboxContext, SandboxEnv } from './http-context.ts';
import { jsonBody } from './json-body.ts';
import type { SandboxOrganisation } from './organisation.ts';
import { listed } from './query.ts';
import { judgeTopic, presentTopics, unauthorizedTopic } from './topics.ts';
import type { TopicState } from './topics.ts';

const topicsSchema = z.array(z.object({ id: z.string().min(1).max(512) })).max(5000);

export function notificationRoutes({ channels, settings }: SandboxOrganisation): Hono<SandboxEnv> {
  const { notOnWebSockets } = settings.notifications;
  const app = new Hono<SandboxEnv>();
  app.use(requireRight('notifications'));
  app.get('/availabletopics', (c) => c.json({ entities: presentTopics(listed(c, 'expand'), notOnWebSockets) }));
  app.get('/channels', (c) => {
    const by = c.req.query('includechannels') === 'oauthclient' ? 'client' : 'token';
    return c.json({ entities: channels.list(ownerOf(c), by).map((channel) => addressed(c, channel)) });
  });
  app.post('/channels', (c) => c.json(addressed(c, channels.create(ownerOf(c)))));
  // There is no GET of one channel: a HEAD says whether it is there.
  app.get('/channels/:id', (c, next) => {
    if (c.req.method !== 'HEAD') return next();
    channels.topicsOf(c.req.param('id'));
    return Promise.resolve(c.body(null, 200));
  });
  app.get('/channels/:id/subscriptions', (c) => c.json(listing(channels.topicsOf(c.req.param('id')))));
  app.on(['PUT', 'POST'], '/channels/:id/subscriptions', async (c) => {
    const id = c.req.param('id');
    const states = parseBody(topicsSchema, await jsonBody(c)).map((topic) =>
      judgeTopic(topic.id, c.get('client'), notOnWebSockets),
    );
    const rejected = states.filter(({ state }) => state === 'Rejected');
    if (rejected[0] !== undefined && c.req.query('ignoreErrors') !== 'true') throw unauthorizedTopic(rejected[0]);
    const permitted = states.flatMap((topic) => (topic.state === 'Permitted' ? [topic.id] : []));
    channels.subscribe(id, permitted, c.req.method === 'PUT' ? 'replace' : 'add');
    return c.json(listing(channels.topicsOf(id), rejected));
  });
  app.delete('/channels/:id/subscriptions', (c) => {
    channels.subscribe(c.req.param('id'), [], 'replace');
    return c.body(null, 200);
  });
  return app;
}

function listing(topics: readonly string[], rejected: readonly TopicState[] = []): object {
  return { entities: [...topics.map((id): TopicState => ({ id, state: 'Permitted' })), ...rejected] };
}

function ownerOf(c: SandboxContext): ChannelOwner {
  const { id, userId } = c.get('client');
  return { clientId: userId === undefined ? id : `${id} ${userId}`, token: c.get('token') };
}

function addressed<Channel extends { readonly id: string }>(c: SandboxContext, channel: Channel) {
  const { host, protocol } = new URL(c.req.url);
  return { connectUri: `${protocol === 'https:' ? 'wss' : 'ws'}://${host}/channels/${channel.id}`, ...channel };
}
