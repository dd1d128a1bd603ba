/**
 * What opens payloads for the Temporal Web UI: a page of another origin, which calls with the cookie of this console's
 * session. It alone may, for people who may see every action, and there is no such place without keys.
 */
import type { Payload } from '@temporalio/common';
import type { Context, Hono, Next } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { z } from 'zod';
import { CodecError } from '../codec/errors.ts';
import { createRateLimit } from '../http/rate.ts';
import { addressOf } from './parts.ts';
import type { Parts, SealedHistories } from './parts.ts';
import { refusal } from './refusal.ts';

const PATH = '/codec/decode';
/** Temporal takes no payload above 2 MB; an event of a history holds a few. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;
/** A page of the Web UI asks for each event by itself. */
const CALLS_PER_MINUTE = 6_000;
const MAX_AGE_S = 600;

const base64 = z.base64().transform((text) => Buffer.from(text, 'base64'));
const bodySchema = z.object({
  payloads: z.array(z.object({ metadata: z.record(z.string(), base64).nullish(), data: base64.nullish() })).max(10_000),
});

/** Before all that is for pages of our own, which takes nothing from another origin. */
export function addCodec(app: Hono, parts: Parts): void {
  const { histories, origins, clock } = parts;
  if (histories === null) return;
  const calls = createRateLimit(CALLS_PER_MINUTE, clock);
  app.use(PATH, async (c, next) => {
    origins.assertHost(c.req.header('host'));
    await allow(histories.origin, c, next);
  });
  app.options(PATH, (c) => {
    c.header('access-control-allow-methods', 'POST');
    c.header('access-control-allow-headers', 'content-type, x-namespace, authorization');
    c.header('access-control-max-age', String(MAX_AGE_S));
    return c.body(null, 204);
  });
  app.post(PATH, async (c, next) => {
    // Of each person, for behind a proxy all call from one address.
    if (!calls.take(await whoMaySee(parts, c)))
      throw refusal('console-too-many', 'Too many payloads are opened within a minute.', 'Wait a little.');
    await next();
  });
  // It holds what is sent: of nobody who may not see it.
  app.use(PATH, bodyLimit({ maxSize: MAX_BODY_BYTES, onError: tooLarge }));
  app.post(PATH, async (c) => {
    const { payloads } = await readBody(c);
    return c.json({ payloads: await Promise.all(payloads.map((payload) => openOne(histories, payload))) });
  });
}

async function allow(origin: string, c: Context, next: Next): Promise<void> {
  if (c.req.header('origin') !== origin)
    throw refusal(
      'console-foreign',
      'Payloads are opened for the Temporal Web UI alone.',
      'An admin names its address in TEMPORAL_UI_URL.',
    );
  await next();
  c.header('access-control-allow-origin', origin);
  c.header('access-control-allow-credentials', 'true');
  c.header('vary', 'Origin');
}

/** As whom they are counted. A payload does not say which action it is about: whoever may open one may open all. */
async function whoMaySee({ viewers, cookies }: Parts, c: Context): Promise<string> {
  const viewer = await viewers.of(cookies.get(c, 'session'), addressOf(c));
  if (viewer === null || viewer.name === null)
    throw refusal('console-sign-in', 'Whoever reads histories signs in at the console first.', 'Sign in.');
  const why = viewer.refusalOf('view', '');
  if (why !== null) throw refusal('console-not-allowed', why, 'An admin grants it in operators.yaml.');
  return viewer.countedAs;
}

/** A form of another page cannot say that it is JSON without being asked about first. */
async function readBody(c: Context): Promise<z.output<typeof bodySchema>> {
  const isJson = /^application\/json\b/i.test(c.req.header('content-type') ?? '');
  const read = isJson ? bodySchema.safeParse(await c.req.json().catch(() => null)) : null;
  if (read?.success === true) return read.data;
  throw refusal('console-form-invalid', 'This is no list of payloads.', 'Send {"payloads": [...]} as JSON.');
}

/** What no key here opens goes back as it came: the others are read all the same. */
async function openOne(
  histories: SealedHistories,
  { metadata, data }: z.output<typeof bodySchema>['payloads'][number],
): Promise<object> {
  const sealed: Payload = { ...(metadata && { metadata }), ...(data && { data }) };
  const [opened = sealed] = await histories.decode([sealed]).catch((error: unknown) => {
    if (error instanceof CodecError) return [sealed];
    throw error;
  });
  return {
    metadata: Object.fromEntries(Object.entries(opened.metadata ?? {}).map(([name, bytes]) => [name, inBase64(bytes)])),
    ...(opened.data && { data: inBase64(opened.data) }),
  };
}

function inBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

function tooLarge(): never {
  throw refusal('console-too-large', `The payloads have more than ${MAX_BODY_BYTES} bytes.`, 'Send fewer at once.');
}
