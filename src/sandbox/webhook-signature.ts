/** Standard Webhooks, sender's side: HMAC-SHA256 over `id.timestamp.body`, with the bytes after `whsec_` as the key. */
import { createHmac } from 'node:crypto';

/** `timestamp` in whole unix seconds, of this attempt. */
export function webhookHeaders(
  id: string,
  timestamp: number,
  body: string,
  secret: string | undefined,
): Record<string, string> {
  const headers = { 'webhook-id': id, 'webhook-timestamp': String(timestamp) };
  if (secret === undefined) return headers;
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { ...headers, 'webhook-signature': `v1,${signature}` };
}
