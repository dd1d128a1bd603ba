/**
 * Verifies pushes as the Standard Webhooks specification prescribes (https://www.standardwebhooks.com): HMAC-SHA256
 * over
 * `id.timestamp.body`, the body being the bytes as they came. Stricter than the specification where it leaves room.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { WEBHOOK_SECRET_FORM, webhookKey } from '../domain/text/webhook-secret.ts';

export interface SignatureHeaders {
  readonly id: string | undefined;
  readonly timestamp: string | undefined;
  readonly signature: string | undefined;
}

export type SignatureProblem =
  | 'signature-missing'
  | 'signature-malformed'
  | 'signature-mismatch'
  | 'timestamp-malformed'
  | 'timestamp-out-of-tolerance';

/** What the headers claim; nothing is proven yet. */
export interface SignatureClaim {
  readonly signedPrefix: string;
  readonly candidates: readonly Buffer[];
}

const ID = /^[A-Za-z0-9_-]{1,256}$/;
const TIMESTAMP = /^\d{10,}$/;
const SIGNATURE = /^v1,([A-Za-z0-9+/]{43}=)$/;
const MOST_SIGNATURES = 8;

/** Checks all that can be checked before the body is read. */
export function readClaim(
  headers: SignatureHeaders,
  nowMs: number,
  toleranceSeconds: number,
): SignatureClaim | SignatureProblem {
  const { id, timestamp, signature } = headers;
  if (id === undefined || timestamp === undefined || signature === undefined) return 'signature-missing';
  if (!ID.test(id)) return 'signature-malformed';
  if (!TIMESTAMP.test(timestamp)) return 'timestamp-malformed';
  if (Math.abs(nowMs / 1000 - Number(timestamp)) > toleranceSeconds) return 'timestamp-out-of-tolerance';
  const parts = signature.split(' ');
  if (parts.length > MOST_SIGNATURES) return 'signature-malformed';
  // Signatures of other versions may stand beside ours.
  const candidates = parts
    .flatMap((part) => SIGNATURE.exec(part)?.[1] ?? [])
    .map((base64) => Buffer.from(base64, 'base64'));
  return candidates.length === 0 ? 'signature-malformed' : { signedPrefix: `${id}.${timestamp}.`, candidates };
}

/** True when any of the signatures was made with any of the keys; the time taken does not tell which, or how nearly. */
export function isSigned(claim: SignatureClaim, body: Uint8Array, keys: readonly Uint8Array[]): boolean {
  let signed = false;
  for (const key of keys) {
    const expected = createHmac('sha256', key).update(claim.signedPrefix).update(body).digest();
    for (const candidate of claim.candidates) signed = timingSafeEqual(expected, candidate) || signed;
  }
  return signed;
}

export class SigningSecretInvalid extends Error {
  readonly code = 'signing-secret-invalid';
  override readonly name = 'SigningSecretInvalid';
}

/** The secret is never part of the message. */
export function parseSecret(secret: string): Buffer {
  const key = webhookKey(secret);
  if (key !== null) return Buffer.from(key);
  throw new SigningSecretInvalid(
    `A signing secret is not ${WEBHOOK_SECRET_FORM}. ` +
      "Make one with: node -p \"'whsec_'+crypto.randomBytes(32).toString('base64')\"",
  );
}
