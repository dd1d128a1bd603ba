/** Events and figures as they are, signed with every secret of the destination. */
import type { Destination } from '../config/destination.ts';
import { parseWebhookKey } from '../webhooks/secret.ts';
import { signedHeaders } from '../webhooks/sign.ts';
import { bodyOf } from './message.ts';
import type { Outlet } from './outlet.ts';
import { post } from './post.ts';

export function webhookOutlet(destination: Destination): Outlet {
  const keys = destination.signingSecrets.map(parseWebhookKey);
  const { name, metrics, url } = destination;
  return {
    name,
    metrics,
    deliver(message, options) {
      const body = bodyOf(message.rows, destination);
      if (body === null) return Promise.resolve({ kind: 'delivered' });
      const signed = signedHeaders(keys, message.id, options.now(), body);
      return post({ url, headers: { 'content-type': 'application/json', ...signed }, body, ...options });
    },
  };
}
