/** Standard Webhooks, the sender's side: HMAC-SHA256 over `id.timestamp.body`. */
import { createHmac } from 'node:crypto';

/** The headers of one attempt at `atMs`, signed with every key; without a key it is not signed. */
export function signedHeaders(
  keys: readonly Uint8Array[],
  id: string,
  atMs: number,
  body: string,
): Record<string, string> {
  const timestamp = String(Math.floor(atMs / 1000));
  const headers = { 'webhook-id': id, 'webhook-timestamp': timestamp };
  if (keys.length === 0) return headers;
  const signatures = keys.map(
    (key) => `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`,
  );
  return { ...headers, 'webhook-signature': signatures.join(' ') };
}
