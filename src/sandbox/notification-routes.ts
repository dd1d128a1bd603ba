/** `/api/v2/notifications/channels` and, next to it, where transcripts of past conversations are. */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { Hono } from 'hono';
import { z } from 'zod';
import { ApiError, noSuchResource, parseBody } from './api-error.ts';
import type { Conversation } from './conversations.ts';
import { requireRight } from './guard.ts';
import type { SandboxContext, SandboxEnv } from './http-context.ts';
import { jsonBody } from './json-body.ts';
import type { SandboxOrganisation } from './organisation.ts';
import { communicationIdOf, transcriptDocument } from './speech.ts';

const topicsSchema = z.array(z.object({ id: z.string().min(1).max(512) })).max(5000);

export function channelRoutes({ channels }: SandboxOrganisation): Hono<SandboxEnv> {
  const app = new Hono<SandboxEnv>();
  app.use(requireRight('notifications', 'notifications:channel:add'));
  app.post('/', (c) => {
    const channel = channels.create(c.get('client'));
    const { host, protocol } = new URL(c.req.url);
    return c.json({
      connectUri: `${protocol === 'https:' ? 'wss' : 'ws'}://${host}/channels/${channel.id}`,
      ...channel,
    });
  });
  const listing = (id: string): object => ({ entities: channels.topicsOf(id).map((topic) => ({ id: topic })) });
  app.get('/:id/subscriptions', (c) => c.json(listing(c.req.param('id'))));
  app.on(['PUT', 'POST'], '/:id/subscriptions', async (c) => {
    const topics = parseBody(topicsSchema, await jsonBody(c)).map(({ id }) => id);
    channels.subscribe(c.req.param('id'), topics, c.req.method === 'PUT' ? 'replace' : 'add', c.get('client'));
    return c.json(listing(c.req.param('id')));
  });
  app.delete('/:id/subscriptions', (c) => {
    channels.subscribe(c.req.param('id'), [], 'replace', c.get('client'));
    return c.body(null, 200);
  });
  app.get('/:id', (c) => c.json({ id: c.req.param('id'), topics: channels.topicsOf(c.req.param('id')).length }));
  return app;
}

const SIGNED_FOR_MS = 600_000;

export interface TranscriptRoutes {
  /** Below `/api/v2`: hands out the pre-signed URL. */
  readonly urls: Hono<SandboxEnv>;
  /** Asks for no token: the signature is the right to read. */
  readonly files: Hono<SandboxEnv>;
}

export function transcriptRoutes(org: SandboxOrganisation): TranscriptRoutes {
  const key = randomBytes(32);
  const { now } = org.settings;
  const sign = (id: string, expires: number): string =>
    createHmac('sha256', key).update(`${id}\n${expires}`).digest('base64url');

  const urls = new Hono<SandboxEnv>();
  urls.use(requireRight('speech-and-text-analytics:readonly', 'speechAndTextAnalytics:data:view'));
  urls.get('/conversations/:id/communications/:communication/transcripturl', (c) => {
    const { id } = transcribed(org, c.req.param('id'), c.req.param('communication'));
    const expires = now() + SIGNED_FOR_MS;
    const query = new URLSearchParams({ Expires: String(expires), Signature: sign(id, expires) });
    return c.json({
      url: `${new URL(c.req.url).origin}/transcripts/${encodeURIComponent(id)}.json?${query.toString()}`,
    });
  });

  const files = new Hono<SandboxEnv>();
  files.get('/:file', (c) => {
    const id = c.req.param('file').replace(/\.json$/, '');
    assertSigned(c, (expires) => sign(id, expires), now());
    return c.json(transcriptDocument(transcribed(org, id)));
  });
  return { urls, files };
}

function assertSigned(c: SandboxContext, signatureFor: (expires: number) => string, nowMs: number): void {
  const { Expires: expires = '', Signature: given = '' } = c.req.query();
  const [a, b] = [Buffer.from(given), Buffer.from(signatureFor(Number(expires)))];
  if (a.length === b.length && timingSafeEqual(a, b) && Number(expires) > nowMs) return;
  throw new ApiError({
    status: 403,
    code: 'AccessDenied',
    message: 'Request has expired or its signature does not match.',
  });
}

/** A transcript exists once its conversation is over. */
function transcribed(org: SandboxOrganisation, id: string, communicationId?: string): Conversation {
  const found = org.conversations.find(id);
  if (found === undefined || found.endMs > org.settings.now()) throw noSuchResource();
  if (communicationId !== undefined && communicationId !== communicationIdOf(found)) throw noSuchResource();
  return found;
}
