/** An HTTP receiver: one POST a batch, the same key for the same batch. */
import got from 'got';
import { AuditError } from '../audit/errors.ts';
import { AnswerTooLarge, withMaxBytes } from '../http/max-bytes.ts';
import type { Format } from './destination.ts';
import type { Sink } from './sink.ts';

export interface HttpOptions {
  readonly url: URL;
  readonly format: Format;
  /** Sent as a bearer token. */
  readonly token?: string | undefined;
  /** PEM of the authority that signed the receiver's certificate, beside those of the system. */
  readonly ca?: string | undefined;
  readonly timeoutMs?: number;
}

const TYPES: Readonly<Record<Format, string>> = {
  ocsf: 'application/x-ndjson',
  cef: 'text/plain; charset=utf-8',
  syslog: 'text/plain; charset=utf-8',
};

export function httpSink({ url, format, token, ca, timeoutMs = 30_000 }: HttpOptions): Sink {
  const client = got.extend({
    method: 'POST',
    followRedirect: false,
    throwHttpErrors: false,
    timeout: { request: timeoutMs },
    retry: { limit: 3, methods: ['POST'], statusCodes: [408, 429, 500, 502, 503, 504], backoffLimit: 5_000 },
    headers: { 'content-type': TYPES[format], ...(token ? { authorization: `Bearer ${token}` } : {}) },
    ...(ca ? { https: { certificateAuthority: ca } } : {}),
  });
  return {
    resume: () => Promise.resolve(null),
    async send({ texts, firstId, lastId }) {
      const { statusCode } = await post(client, url, texts, `${firstId}..${lastId}`);
      if (statusCode < 200 || statusCode > 299)
        throw refused(
          url,
          `answered ${statusCode}${statusCode >= 300 && statusCode < 400 ? ', and redirects are not followed' : ''}`,
        );
    },
  };
}

async function post(
  client: typeof got,
  url: URL,
  texts: readonly string[],
  key: string,
): Promise<{ statusCode: number }> {
  const request = client(url, { body: texts.map((text) => `${text}\n`).join(''), headers: { 'idempotency-key': key } });
  try {
    return await withMaxBytes(request, MAX_BYTES);
  } catch (cause) {
    if (cause instanceof AnswerTooLarge) throw refused(url, `answered with ${cause.message}`);
    throw refused(url, `could not be reached: ${(cause as Error).message}`, cause);
  }
}

/** Unpacked. Of its answer only the status is read, so nobody needs a long one. */
const MAX_BYTES = 1024 * 1024;

/** Without the query, which may hold a token. */
function refused({ protocol, host, pathname }: URL, what: string, cause?: unknown): AuditError {
  return new AuditError(
    'ship-refused',
    `${protocol}//${host}${pathname} ${what}.`,
    'Mend the receiver and ship again: it goes on where it stopped.',
    { cause },
  );
}
