/** Signs and sends a push as the organisation does; written from the specification, apart from the code under test. */
import { createHmac, randomBytes, randomUUID } from 'node:crypto';

export function newSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}

export function sign(secret: string, id: string, timestamp: string, body: string | Uint8Array): string {
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  return `v1,${createHmac('sha256', key)
    .update(Buffer.concat([Buffer.from(`${id}.${timestamp}.`), Buffer.from(body)]))
    .digest('base64')}`;
}

export interface Push {
  readonly url: string;
  readonly secret: string;
  readonly nowMs: number;
  readonly id?: string;
  /** Replace or, with undefined, leave out a header. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

export async function push(
  body: unknown,
  { url, secret, nowMs, id = `msg_${randomUUID()}`, headers = {} }: Push,
): Promise<Response> {
  const bytes = typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);
  const timestamp = String(Math.floor(nowMs / 1000));
  const all = {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': sign(secret, id, timestamp, bytes),
    ...headers,
  };
  const sent = Object.entries(all).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as [string, string]],
  );
  return fetch(`${url}/events`, { method: 'POST', headers: sent, body: Buffer.from(bytes) });
}
