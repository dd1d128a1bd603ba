/** A signed push as the organisation sends it. */
import { randomUUID } from 'node:crypto';
import type { EngagementEvent } from '../../src/domain/events/event.ts';
import { parseWebhookKey } from '../../src/webhooks/secret.ts';
import { signedHeaders } from '../../src/webhooks/sign.ts';

export interface SignedPush {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Signed for this moment; `secret` is `whsec_...`. */
export function signedPush(secret: string, events: readonly EngagementEvent[], id = `msg_${randomUUID()}`): SignedPush {
  const body = JSON.stringify({ events });
  const signed = signedHeaders([parseWebhookKey(secret)], id, Date.now(), body);
  return { body, headers: { 'content-type': 'application/json', ...signed } };
}
