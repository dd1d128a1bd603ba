/** One mail over SMTP: what the server said of it, or that it said nothing. TLS, unless the server is on this machine. */
import { createHash } from 'node:crypto';
import { createTransport } from 'nodemailer';
import type { Answer } from '../forward/post.ts';
import type { Mail } from './mail.ts';
import type { MailServer } from './ready.ts';

export interface SendMailOptions {
  readonly server: MailServer;
  readonly from: string;
  readonly to: readonly string[];
  /** Marks of those that have it already. */
  readonly taken: readonly string[];
  readonly mail: Mail;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Never rejects. No address is part of what it says. */
export async function sendMail(options: SendMailOptions): Promise<Answer> {
  const { server, from, to, taken, mail, timeoutMs, signal } = options;
  const outstanding = to.filter((address) => !taken.includes(markOf(address)));
  if (outstanding.length === 0) return { kind: 'delivered' };
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
    const {
      accepted,
      rejected,
      rejectedErrors = [],
    } = await Promise.race([
      transport.sendMail({
        from,
        to: [...to],
        envelope: { from, to: outstanding },
        ...mail,
        headers: { 'Auto-Submitted': 'auto-generated' },
      }),
      cut,
    ]);
    return rejected.length === 0 ? { kind: 'delivered' } : answerToRest(options, accepted.map(String), rejectedErrors);
  } catch (error) {
    const { rejected = [], rejectedErrors = [] } = error as Rejections;
    const isOfMailboxes = taken.length > 0 && rejected.length === outstanding.length && rejectedErrors.length > 0;
    return isOfMailboxes ? answerToRest(options, [], rejectedErrors) : answerOf(error, timeoutMs);
  } finally {
    cut.catch(() => undefined);
    transport.close();
  }
}

class TimedOut extends Error {}

interface Rejections {
  readonly rejected?: readonly string[];
  readonly rejectedErrors?: readonly Rejection[];
}

interface Rejection {
  readonly responseCode?: number | undefined;
}

/** Names a receiver in the store without its address, however its capitals are written on the way. */
function markOf(address: string): string {
  return createHash('sha256').update(address.toLowerCase()).digest('hex').slice(0, 16);
}

/**
 * Somebody has it, and others do not. What one of them may still take is tried again: whoever is not known to have it is
 * among them.
 */
function answerToRest(
  { to, taken: before }: SendMailOptions,
  accepted: readonly string[],
  errors: readonly Rejection[],
): Answer {
  const codes = errors.map(({ responseCode = 0 }) => responseCode);
  const responseCode = codes.find((code) => code < 500) ?? codes[0] ?? 0;
  const have = new Set([...before, ...accepted.map(markOf)]);
  const taken = [...new Set(to.map(markOf))].filter((mark) => have.has(mark));
  const reason = `the mail server answered ${responseCode} for ${errors.length} of ${to.length} receivers`;
  const said = { code: `smtp-${responseCode}`, reason, taken };
  return responseCode < 500 ? { kind: 'failed', ...said, retryAfterMs: null } : { kind: 'refused', ...said };
}

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
