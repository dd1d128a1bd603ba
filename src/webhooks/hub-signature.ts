/**
 * `X-Hub-Signature-256: sha256=<base64 of HMAC-SHA256 over the body>`: the one scheme that the platform documents, for
 * its open messaging webhooks. It covers neither a time nor an id, so an old push can be sent again by whoever saw it;
 * the ids of its events make that harmless.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { MIN_SECRET_LENGTH, SigningSecretInvalid } from './secret.ts';

const HEADER = /^sha256=([A-Za-z0-9+/]{43}=)$/;

/** The signature that the header claims; null when it is not of the form. */
export function readHubClaim(header: string): Buffer | null {
  const base64 = HEADER.exec(header)?.[1];
  return base64 === undefined ? null : Buffer.from(base64, 'base64');
}

export function isHubSigned(claim: Uint8Array, body: Uint8Array, secrets: readonly Uint8Array[]): boolean {
  let signed = false;
  for (const secret of secrets)
    signed = timingSafeEqual(createHmac('sha256', secret).update(body).digest(), claim) || signed;
  return signed;
}

/** The secret's own characters are the key. */
export function parseHubSecret(secret: string): Buffer {
  if (secret.length >= MIN_SECRET_LENGTH) return Buffer.from(secret, 'utf8');
  throw new SigningSecretInvalid(
    `A hub secret has ${secret.length} characters; expected at least ${MIN_SECRET_LENGTH}. Make one with: openssl ` +
      'rand -base64 32',
  );
}
