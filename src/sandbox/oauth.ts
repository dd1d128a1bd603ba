/**
 * Client credentials in, short-lived bearer tokens out. Tokens live in memory: after a restart every one is unknown.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { WindowLimit } from './rate-limit.ts';

export interface SandboxClient {
  readonly id: string;
  readonly secret: string;
  readonly scopes: readonly string[];
  /** Absent: all of them. */
  readonly permissions?: readonly string[];
  /** Divisions in which they hold; absent: all of them. */
  readonly divisionIds?: readonly string[];
}

/** Answers of the token endpoint have a shape of their own. */
export type TokenAnswer =
  | { readonly status: 200; readonly body: { access_token: string; token_type: 'bearer'; expires_in: number } }
  | { readonly status: 400; readonly body: { error: string; description: string; error_description: string } };

export interface TokenRequest {
  readonly grantType: string | undefined;
  readonly id: string | undefined;
  readonly secret: string | undefined;
}

export interface OAuthSettings {
  readonly clients: readonly SandboxClient[];
  readonly tokenLifetimeSeconds: number;
  readonly tokensPerMinute: number;
  readonly now: () => number;
}

export class OAuth {
  readonly #settings: OAuthSettings;
  readonly #tokens = new Map<string, { readonly client: SandboxClient; readonly expiresAt: number }>();
  readonly #limit: WindowLimit;

  constructor(settings: OAuthSettings) {
    this.#settings = settings;
    this.#limit = new WindowLimit(settings.tokensPerMinute, settings.now);
  }

  grant(request: TokenRequest): TokenAnswer {
    const { clients, tokenLifetimeSeconds, now } = this.#settings;
    if (request.grantType !== 'client_credentials')
      return refuseToken('unsupported_grant_type', 'grant type not supported');
    const client = clients.find((known) => known.id === request.id);
    if (client === undefined) return refuseToken('invalid_client', 'client not found');
    if (!isSame(client.secret, request.secret ?? '')) return refuseToken('invalid_client', 'authentication failed');
    const quota = this.#limit.take(client.id);
    if (!quota.allowed) return throttled(quota.resetSeconds);
    this.#forgetExpired();
    const token = randomBytes(32).toString('base64url');
    this.#tokens.set(token, { client, expiresAt: now() + tokenLifetimeSeconds * 1000 });
    return { status: 200, body: { access_token: token, token_type: 'bearer', expires_in: tokenLifetimeSeconds } };
  }

  clientOf(token: string): SandboxClient | undefined {
    const known = this.#tokens.get(token);
    return known !== undefined && known.expiresAt > this.#settings.now() ? known.client : undefined;
  }

  /** As if all had expired. */
  revokeAll(): void {
    this.#tokens.clear();
  }

  #forgetExpired(): void {
    for (const [token, { expiresAt }] of this.#tokens)
      if (expiresAt <= this.#settings.now()) this.#tokens.delete(token);
  }
}

/** Throttling of the token endpoint is a 400, not a 429. */
export function throttled(seconds: number): TokenAnswer {
  return refuseToken('invalid_request', `rate limit exceeded; retry in ${seconds} seconds`);
}

export function refuseToken(error: string, description: string): TokenAnswer {
  return { status: 400, body: { error, description, error_description: description } };
}

function isSame(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
