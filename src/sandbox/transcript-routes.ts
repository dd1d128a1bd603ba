/** Where transcripts of past conversations are, and the documents themselves. */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { Hono } from 'hono';
import { ApiError, noSuchResource } from './api-error.ts';
import type { Conversation } from './conversations.ts';
import { requireRight } from './guard.ts';
import type { SandboxContext, SandboxEnv } from './http-context.ts';
import type { SandboxOrganisation } from './organisation.ts';
import { communicationIdOf, transcriptDocument } from './speech.ts';

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
  urls.use(
    requireRight('speech-and-text-analytics:readonly', 'recording:recording:view', 'speechAndTextAnalytics:data:view'),
  );
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
