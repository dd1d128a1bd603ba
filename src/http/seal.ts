/**
 * Signs short texts, so that any process behind a balancer can tell that one of them wrote it. Several secrets hold
 * while one is being replaced: the first signs, all verify. A text that was sealed for one purpose is none for another.
 */
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

export interface Seal {
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
      const body = Buffer.from(text).toString('base64url');
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
/** A text of some 2,200 bytes at most, to fit into a cookie: what is longer was none of ours. */
const FORM = /^([A-Za-z0-9_-]{1,3000})\.([A-Za-z0-9_-]{43})$/;

function sign(key: Buffer, body: string): Buffer {
  return createHmac('sha256', key).update(body).digest();
}
