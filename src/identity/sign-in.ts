/** Signs a person in at an identity provider: the device grant (RFC 8628) with PKCE where it is taken, and its refreshing. */
import * as oidc from 'openid-client';
import type { BoundedFetch } from '../http/bounded-fetch.ts';
import { isTrustworthy } from '../domain/identity/issuer-url.ts';
import { IdentityError } from './errors.ts';

/** As the api process tells it (`GET /v1/issuers`). */
export interface SignInPlace {
  readonly issuer: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly token: 'id' | 'access';
}

export interface Tokens {
  readonly token: string;
  readonly expiresAtMs: number;
  readonly refreshToken: string | null;
}

export interface SignInOptions {
  readonly fetch: BoundedFetch;
  readonly now: () => number;
  readonly signal: AbortSignal;
  /** Shown to the person, who opens the page and confirms the code. */
  readonly onCode: (given: { readonly page: string; readonly code: string; readonly minutes: number }) => void;
}

/** Until the person has confirmed, refused, or let the code run out. */
export async function signIn(place: SignInPlace, options: SignInOptions): Promise<Tokens> {
  const provider = await discover(place, options.fetch);
  const verifier = provider.serverMetadata().supportsPKCE('S256') ? oidc.randomPKCECodeVerifier() : null;
  const challenge = verifier === null ? {} : await challengeOf(verifier);
  try {
    const started = await oidc.initiateDeviceAuthorization(provider, { scope: place.scopes.join(' '), ...challenge });
    options.onCode({
      page: started.verification_uri_complete ?? started.verification_uri,
      code: started.user_code,
      minutes: Math.max(1, Math.round(started.expires_in / 60)),
    });
    const signal = AbortSignal.any([options.signal, AbortSignal.timeout(Math.min(started.expires_in, 3_600) * 1000)]);
    const answer = await oidc.pollDeviceAuthorizationGrant(
      provider,
      started,
      verifier === null ? {} : { code_verifier: verifier },
      { signal },
    );
    return tokensIn(place, answer, options.now());
  } catch (cause) {
    throw failed(place, cause);
  }
}

/** Null where the provider does not take the refresh token any more: the person signs in again. */
export async function refresh(
  place: SignInPlace,
  refreshToken: string,
  { fetch, now }: Pick<SignInOptions, 'fetch' | 'now'>,
): Promise<Tokens | null> {
  const provider = await discover(place, fetch);
  try {
    const fresh = tokensIn(place, await oidc.refreshTokenGrant(provider, refreshToken), now());
    // One that is not replaced stays good.
    return { ...fresh, refreshToken: fresh.refreshToken ?? refreshToken };
  } catch (cause) {
    if (cause instanceof oidc.ResponseBodyError && cause.error === 'invalid_grant') return null;
    throw failed(place, cause);
  }
}

export async function discover({ issuer, clientId }: SignInPlace, fetch: BoundedFetch): Promise<oidc.Configuration> {
  if (!isTrustworthy(issuer))
    throw new IdentityError('login-failed', `${issuer} is reached without https.`, 'An admin puts its address right.');
  const local = new URL(issuer).protocol === 'http:';
  try {
    return await oidc.discovery(new URL(issuer), clientId, undefined, oidc.None(), {
      [oidc.customFetch]: fetch,
      // Of this machine alone.
      ...(local && { execute: [oidc.allowInsecureRequests] }),
    });
  } catch (cause) {
    throw failed({ issuer }, cause);
  }
}

export async function challengeOf(verifier: string): Promise<Record<string, string>> {
  return { code_challenge: await oidc.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' };
}

export function tokensIn(
  place: SignInPlace,
  answer: oidc.TokenEndpointResponse & oidc.TokenEndpointResponseHelpers,
  nowMs: number,
): Tokens {
  const token = place.token === 'id' ? answer.id_token : answer.access_token;
  if (token === undefined)
    throw new IdentityError(
      'login-failed',
      `${place.issuer} gave no ID token.`,
      'An admin adds openid to the scopes under login in operators.yaml.',
    );
  const claims = place.token === 'id' ? answer.claims() : undefined;
  const seconds = claims === undefined ? (answer.expiresIn() ?? 300) : claims.exp - nowMs / 1000;
  return { token, expiresAtMs: nowMs + seconds * 1000, refreshToken: answer.refresh_token ?? null };
}

/** In words of ours: what the library throws may hold what was sent. */
export function failed({ issuer }: Pick<SignInPlace, 'issuer'>, cause: unknown): IdentityError {
  if (cause instanceof IdentityError) return cause;
  const said = cause instanceof oidc.ResponseBodyError ? cause.error : null;
  const late = cause instanceof Error && ['AbortError', 'TimeoutError'].includes(cause.name);
  const why =
    said === 'access_denied'
      ? 'it was refused there'
      : said === 'expired_token' || late
        ? 'nobody confirmed the code in time'
        : said === null
          ? 'it does not answer as an OpenID provider'
          : `it says ${said}`;
  return new IdentityError('login-failed', `Not signed in at ${issuer}: ${why}.`, 'Sign in again.');
}
