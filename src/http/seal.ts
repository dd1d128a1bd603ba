/**
 * Signs short texts, so that any process behind a balancer can tell that one of them wrote it. Several secrets hold
 * while one is being replaced: the first signs, all verify. A text that was sealed for one purpose is none for another.
 */
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

/** To fit into a cookie. */
export const MAX_SEALED_BYTES = 2_250;

export interface Seal {
  /** Throws for a text that is too long to be opened again: MAX_SEALED_BYTES. */
  seal(text: string): string;
  /** The text; null when no secret sealed it for this purpose. */
  open(sealed: string): string | null;
}

export function createSeal(secrets: readonly string[], purpose: string): Seal {
  const keys = secrets.map((secret) => Buffer.from(hkdfSync('sha256', secret, '', purpose, 32)));
  const [current] = keys;
  if (current === undefined) throw new Error('A seal needs a secret.');
  return {
    seal(text) {
      const bytes = Buffer.from(text);
      if (bytes.length > MAX_SEALED_BYTES)
        throw new RangeError(`A text of ${bytes.length} bytes cannot be sealed; at most ${MAX_SEALED_BYTES} can.`);
      const body = bytes.toString('base64url');
      return `${body}.${sign(current, body).toString('base64url')}`;
    },
    open(sealed) {
      const [, body = '', signature = ''] = FORM.exec(sealed) ?? [];
      const claimed = Buffer.from(signature, 'base64url');
      if (claimed.length !== HASH_BYTES) return null;
      // All of them, so that time does not tell which one signed.
      const matches = keys.filter((key) => timingSafeEqual(sign(key, body), claimed));
      return matches.length === 0 ? null : Buffer.from(body, 'base64url').toString();
    },
  };
}

const HASH_BYTES = 32;
/** What is longer was none of ours. */
const FORM = /^([A-Za-z0-9_-]{1,3000})\.([A-Za-z0-9_-]{43})$/;

function sign(key: Buffer, body: string): Buffer {
  return createHmac('sha256', key).update(body).digest();
}
