/**
 * Who sent a push, and what they may send: what its headers claim, before the body is read; whether the claim holds,
 * after.
 */
import { isHubSigned, parseHubSecret, readHubClaim } from '../webhooks/hub-signature.ts';
import { parseWebhookKey } from '../webhooks/secret.ts';
import { isSigned, readClaim } from '../webhooks/verify.ts';
import { IngestRefusal } from './problem.ts';

export interface AuthenticatorOptions {
  /** `whsec_...`; several while a secret is being replaced. */
  readonly secrets: readonly string[];
  /** For `X-Hub-Signature-256`; without one that header is not accepted. */
  readonly hubSecrets?: readonly string[];
  /** `whsec_...` of those who may send custom metrics and nothing else. */
  readonly metricSecrets?: readonly string[];
  /** How far the sender's clock and delivery may be off, either way. */
  readonly toleranceSeconds?: number;
  readonly now: () => number;
}

/** `all`: the platform's own events; `metrics`: custom metrics. */
export type Scope = 'all' | 'metrics';

/** A push as its headers have it; nothing is proven yet. */
export interface PushClaim {
  /** As the sender names the push; null where it has no name of its own. */
  readonly id: string | null;
  /** What the secret that signed these bytes is good for; null when none did. */
  scopeOf(body: Uint8Array): Scope | null;
}

/** Throws SigningSecretInvalid when a secret is malformed or there is none; the answer throws IngestRefusal. */
export function createAuthenticator({
  secrets,
  hubSecrets = [],
  metricSecrets = [],
  toleranceSeconds = 300,
  now,
}: AuthenticatorOptions): (headers: Headers) => PushClaim {
  const keys = (secrets.length > 0 ? secrets : ['']).map(parseWebhookKey);
  const metricKeys = metricSecrets.map(parseWebhookKey);
  const hubKeys = hubSecrets.map(parseHubSecret);
  return (headers) => {
    const header = (name: string): string | undefined => headers.get(name) ?? undefined;
    const hub = header('x-hub-signature-256');
    const signature = header('webhook-signature');
    if (hub !== undefined && signature === undefined && hubKeys.length > 0) return hubClaim(hub, hubKeys);
    const claim = readClaim(
      { id: header('webhook-id'), timestamp: header('webhook-timestamp'), signature },
      now(),
      toleranceSeconds,
    );
    if (typeof claim === 'string') throw new IngestRefusal(claim);
    const scopeOf = (body: Uint8Array): Scope | null => {
      const isPlatform = isSigned(claim, body, keys);
      const isMetric = isSigned(claim, body, metricKeys);
      if (isPlatform) return 'all';
      return isMetric ? 'metrics' : null;
    };
    return { id: header('webhook-id') ?? null, scopeOf };
  };
}

function hubClaim(header: string, keys: readonly Uint8Array[]): PushClaim {
  const claim = readHubClaim(header);
  if (claim === null) throw new IngestRefusal('signature-malformed');
  return { id: null, scopeOf: (body) => (isHubSigned(claim, body, keys) ? 'all' : null) };
}
