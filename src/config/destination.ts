/** Where to, and signed with what. From the environment only: a row of the database cannot send anything anywhere. */
import { isIP } from 'node:net';
import { z } from 'zod';
import { isLoopbackName } from '../domain/identity/loopback.ts';
import { WEBHOOK_SECRET_FORM, isWebhookSecret } from '../webhooks/secret.ts';

export interface Destination {
  /** Names its rows of the outbox; the same name is the same destination, whatever its URL. */
  readonly name: string;
  readonly url: string;
  /** `whsec_...`; each message is signed with every one, so that the receiver can replace its secret. */
  readonly signingSecrets: readonly string[];
  /** Every event, as it came in. */
  readonly events: boolean;
  /** Figures per agent, action version and window. */
  readonly metrics: boolean;
}

const secret = z.string().refine(isWebhookSecret, `is not ${WEBHOOK_SECRET_FORM}`);

/** One entry of `COACHING_DESTINATIONS`. */
export const destinationSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'is not 1 to 63 lower-case letters, digits and hyphens'),
  url: z.string(),
  signingSecrets: z.array(secret).min(1).max(4),
  events: z.boolean().default(true),
  metrics: z.boolean().default(true),
});

export class DestinationRefused extends Error {
  readonly code = 'destination-refused';
  override readonly name = 'DestinationRefused';
}

/**
 * Throws DestinationRefused unless the URL is https (or plain http on this machine), free of credentials, and its host
 * is on the
 * list. Without a list every public name is, but no bare address: what an address belongs to cannot be read from it.
 */
export function checkDestination(
  { name, url }: Pick<Destination, 'name' | 'url'>,
  allowedHosts: readonly string[] | null,
  listedIn = 'COACHING_ALLOWED_HOSTS',
): URL {
  const refuse = (why: string): never => {
    throw new DestinationRefused(`The destination "${name}" is refused: ${why}.`);
  };
  const target = URL.canParse(url) ? new URL(url) : refuse('its URL cannot be read');
  const isLoopback = isLoopbackName(target.hostname);
  if (target.protocol !== 'https:' && !(target.protocol === 'http:' && isLoopback))
    refuse('its URL is neither https, nor http on this machine');
  if (target.username !== '' || target.password !== '')
    refuse('its URL holds credentials; messages are signed instead');
  if (allowedHosts !== null && !allowedHosts.includes(target.hostname))
    refuse(`its host ${target.hostname} is not in ${listedIn}`);
  if (allowedHosts === null && !isLoopback && isIP(target.hostname.replace(/^\[|\]$/g, '')) !== 0)
    refuse(`its host is a bare address; put it into ${listedIn} if that is meant`);
  return target;
}
