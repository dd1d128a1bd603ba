/** The form of a webhook's signing secret (Standard Webhooks): `whsec_` and the base64 of 24 to 64 bytes. */

const FORM = /^whsec_(?<key>(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?)$/;
const FEWEST_BYTES = 24;
const MOST_BYTES = 64;

/** In words, for whoever is told that a secret is not of it. */
export const WEBHOOK_SECRET_FORM = `\`whsec_\` and the base64 of ${FEWEST_BYTES} to ${MOST_BYTES} bytes`;

/** The bytes it signs with; null when it is not of the form. */
export function webhookKey(secret: string): Uint8Array | null {
  const base64 = FORM.exec(secret)?.groups?.['key'];
  if (base64 === undefined) return null;
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return bytes.length >= FEWEST_BYTES && bytes.length <= MOST_BYTES ? bytes : null;
}

/** Of every other secret that we are given and do not make ourselves, in characters. */
export const SHORTEST_SECRET = 16;
