/** One mail over SMTP: what the server said of it, or that it said nothing. TLS, unless the server is on this machine. */
import { createTransport } from 'nodemailer';
import type { Answer } from '../forward/post.ts';
import type { Mail } from './mail.ts';
import type { MailServer } from './ready.ts';

export interface SendMailOptions {
  readonly server: MailServer;
  readonly from: string;
  readonly to: readonly string[];
  readonly mail: Mail;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Never rejects. No address is part of what it says. */
export async function sendMail({ server, from, to, mail, timeoutMs, signal }: SendMailOptions): Promise<Answer> {
  const { host, port, auth, ca, isLocal } = server;
  const transport = createTransport({
    host,
    port,
    secure: port === 465,
    requireTLS: !isLocal,
    ...(auth === null ? {} : { auth }),
    tls: { minVersion: 'TLSv1.2', ...(ca === null ? {} : { ca }) },
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const over = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const cut = new Promise<never>((_, reject) => {
    over.addEventListener('abort', () => reject(new TimedOut()), { once: true });
  });
  try {
    await Promise.race([
      transport.sendMail({
        from,
        to: [...to],
        ...mail,
        headers: { 'Auto-Submitted': 'auto-generated' },
      }),
      cut,
    ]);
    return { kind: 'delivered' };
  } catch (error) {
    return answerOf(error, timeoutMs);
  } finally {
    cut.catch(() => undefined);
    transport.close();
  }
}

class TimedOut extends Error {}

function answerOf(error: unknown, timeoutMs: number): Answer {
  if (error instanceof TimedOut)
    return { kind: 'failed', code: 'timeout', reason: `no answer within ${timeoutMs} ms`, retryAfterMs: null };
  const { code = 'unknown', responseCode } = error as { readonly code?: string; readonly responseCode?: number };
  // What the server says for good of an address or of the mail; a login that fails may be put right.
  if ((code === 'EENVELOPE' || code === 'EMESSAGE') && responseCode !== undefined && responseCode >= 500)
    return { kind: 'refused', code: `smtp-${responseCode}`, reason: `the mail server answered ${responseCode}` };
  const reason =
    responseCode === undefined ? `the mail could not be sent (${code})` : `the mail server answered ${responseCode}`;
  return { kind: 'failed', code: `smtp-${responseCode ?? code.toLowerCase()}`, reason, retryAfterMs: null };
}
