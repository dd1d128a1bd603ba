/** A signed push as the organisation sends it. */
import { createHmac, randomUUID } from 'node:crypto';
import type { EngagementEvent } from '../../src/domain/events/event.ts';

export interface SignedPush {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Signed for this moment; `secret` is `whsec_...`. */
export function signedPush(secret: string, events: readonly EngagementEvent[], id = `msg_${randomUUID()}`): SignedPush {
  const body = JSON.stringify({ events });
  const timestamp = String(Math.floor(Date.now() / 1000));
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return {
    body,
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1,${signature}`,
    },
  };
}
