/**
 * Bearer tokens: of a client for its credentials, of an agent for a code with PKCE. They live in memory: after a
 * restart every one is unknown.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { WindowLimit } from './rate-limit.ts';

export interface SandboxClient {
  readonly id: string;
  readonly secret: string;
  /** On the platform they bind agents only; here clients too where the tutorial's resources are concerned. */
  readonly scopes: readonly string[];
  /** Absent: all of them. Of a code client: those of the agents who log in by it. */
  readonly permissions?: readonly string[];
  /** Divisions in which they hold; absent: all of them. */
  readonly divisionIds?: readonly string[];
  /** Of each of its tokens; absent: as many as the organisation allows everybody. */
  readonly callsPerMinute?: number;
  /** Makes it a client of the code grant (PKCE) and of no other. `loopback`: any page of this machine. */
  readonly redirectUris?: readonly string[] | 'loopback';
}

/** Who a token speaks for. */
export interface Caller extends SandboxClient {
  /** The agent, where one logged in. */
  readonly userId?: string;
  readonly expiresAt: number;
}

/** Answers of the token endpoint have a shape of their own. */
export type TokenAnswer =
  | { readonly status: 200; readonly body: { access_token: string; token_type: 'bearer'; expires_in: number } }
  | { readonly status: 400; readonly body: { error: string; description: string; error_description: string } };

export interface CredentialsRequest {
  readonly id: string | undefined;
  readonly secret: string | undefined;
}

export interface CodeRequest {
  readonly clientId: string | undefined;
  readonly code: string;
  readonly verifier: string;
  readonly redirectUri: string;
}

/** What a code was given for. */
export interface Authorization {
  readonly clientId: string;
  readonly userId: string;
  readonly redirectUri: string;
  /** SHA-256 of the verifier, base64url. */
  readonly challenge: string;
}

export interface OAuthSettings {
  readonly clients: readonly SandboxClient[];
  readonly tokenLifetimeSeconds: number;
  readonly tokensPerMinute: number;
  readonly now: () => number;
}

const CODE_LIFETIME_MS = 60_000;

export class OAuth {
  readonly #settings: OAuthSettings;
  readonly #tokens = new Map<string, Caller>();
  readonly #codes = new Map<string, Authorization & { readonly expiresAt: number }>();
  readonly #limit: WindowLimit;

  constructor(settings: OAuthSettings) {
    this.#settings = settings;
    this.#limit = new WindowLimit(settings.tokensPerMinute, settings.now);
  }

  client(id: string | undefined): SandboxClient | undefined {
    return this.#settings.clients.find((known) => known.id === id);
  }

  grantToClient(request: CredentialsRequest): TokenAnswer {
    const client = this.client(request.id);
    if (client === undefined) return refuseToken('invalid_client', 'client not found');
    if (client.redirectUris !== undefined)
      return refuseToken('unauthorized_client', 'the client is not one of the client_credentials grant');
    if (!isSame(client.secret, request.secret ?? '')) return refuseToken('invalid_client', 'authentication failed');
    return this.#grant(client);
  }

  /** A code is good once, for the client, address and verifier that it was given for. */
  grantForCode({ clientId, code, verifier, redirectUri }: CodeRequest): TokenAnswer {
    const given = this.#codes.get(code);
    this.#codes.delete(code);
    const client = this.client(clientId);
    if (client === undefined) return refuseToken('invalid_client', 'client not found');
    const isGood =
      given !== undefined &&
      given.expiresAt > this.#settings.now() &&
      given.clientId === clientId &&
      given.redirectUri === redirectUri &&
      isSame(given.challenge, createHash('sha256').update(verifier).digest('base64url'));
    return isGood ? this.#grant(client, given.userId) : refuseToken('invalid_grant', 'the code is not valid');
  }

  /** The code that the browser brings back to the page. */
  authorize(authorization: Authorization): string {
    const now = this.#settings.now();
    for (const [code, { expiresAt }] of this.#codes) if (expiresAt <= now) this.#codes.delete(code);
    const code = randomBytes(32).toString('base64url');
    this.#codes.set(code, { ...authorization, expiresAt: now + CODE_LIFETIME_MS });
    return code;
  }

  /** For simulated desks within this process: as if the agent had logged in. */
  tokenOfAgent(clientId: string, userId: string): string {
    const client = this.client(clientId);
    if (client?.redirectUris === undefined) throw new RangeError(`No client of the code grant has the id ${clientId}.`);
    return this.#issue(client, userId);
  }

  callerOf(token: string): Caller | undefined {
    const known = this.#tokens.get(token);
    return known !== undefined && known.expiresAt > this.#settings.now() ? known : undefined;
  }

  revoke(token: string): void {
    this.#tokens.delete(token);
  }

  /** As if all had expired. */
  revokeAll(): void {
    this.#tokens.clear();
    this.#codes.clear();
  }

  #grant(client: SandboxClient, userId?: string): TokenAnswer {
    const quota = this.#limit.take(`${client.id} ${userId ?? ''}`);
    if (!quota.allowed) return throttled(quota.resetSeconds);
    return {
      status: 200,
      body: {
        access_token: this.#issue(client, userId),
        token_type: 'bearer',
        expires_in: this.#settings.tokenLifetimeSeconds,
      },
    };
  }

  #issue(client: SandboxClient, userId?: string): string {
    const now = this.#settings.now();
    for (const [token, { expiresAt }] of this.#tokens) {
      // In the order of their expiry: all live equally long.
      if (expiresAt > now) break;
      this.#tokens.delete(token);
    }
    const token = randomBytes(32).toString('base64url');
    const expiresAt = now + this.#settings.tokenLifetimeSeconds * 1000;
    this.#tokens.set(token, { ...client, ...(userId !== undefined && { userId }), expiresAt });
    return token;
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
