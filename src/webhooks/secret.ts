/** Signing secrets: `whsec_` and the base64 of 24 to 64 bytes, as Standard Webhooks has them. */
import { randomBytes } from 'node:crypto';

const FORM = /^whsec_(?<key>(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?)$/;
const MIN_BYTES = 24;
const MAX_BYTES = 64;

/** In words, for whoever is told that a secret is not of it. */
export const WEBHOOK_SECRET_FORM = `\`whsec_\` and the base64 of ${MIN_BYTES} to ${MAX_BYTES} bytes`;

/** Of every other secret that we are given and do not make ourselves, in characters. */
export const MIN_SECRET_LENGTH = 16;

export class SigningSecretInvalid extends Error {
  readonly code = 'signing-secret-invalid';
  override readonly name = 'SigningSecretInvalid';
}

export function newWebhookSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}

export function isWebhookSecret(secret: string): boolean {
  return readWebhookKey(secret) !== null;
}

/** The bytes it signs with; null when it is not of the form. */
export function readWebhookKey(secret: string): Buffer | null {
  const base64 = FORM.exec(secret)?.groups?.['key'];
  if (base64 === undefined) return null;
  const key = Buffer.from(base64, 'base64');
  return key.length >= MIN_BYTES && key.length <= MAX_BYTES ? key : null;
}

/** As readWebhookKey, but throws; the secret is never part of the message. */
export function parseWebhookKey(secret: string): Buffer {
  const key = readWebhookKey(secret);
  if (key !== null) return key;
  throw new SigningSecretInvalid(
    `A signing secret is not ${WEBHOOK_SECRET_FORM}. ` +
      "Make one with: node -p \"'whsec_'+crypto.randomBytes(32).toString('base64')\"",
  );
}
