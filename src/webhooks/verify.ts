/**
 * Standard Webhooks (https://www.standardwebhooks.com), the receiver's side: HMAC-SHA256 over `id.timestamp.body`, the
 * body being the bytes as they came. Ours and not the package `standardwebhooks`: that decodes the body first, so two
 * bodies that are not UTF-8 share a signature, needs the whole body before it looks at the time, reads its own clock,
 * takes a secret of one byte, holds one key at a time, and takes 11 ms for 1 MiB where node:crypto takes 0.6.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';

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
const MAX_SIGNATURES = 8;

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
  if (parts.length > MAX_SIGNATURES) return 'signature-malformed';
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
