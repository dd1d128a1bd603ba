/** Signs a person in at an identity provider from a page: the authorization code grant with PKCE, state and nonce. */
import * as oidc from 'openid-client';
import { challengeOf, failed, tokensIn } from './sign-in.ts';
import type { SignInPlace } from './sign-in.ts';

/** What whoever begins keeps until the person comes back. */
export interface BegunSignIn {
  readonly issuer: string;
  readonly verifier: string;
  readonly state: string;
  readonly nonce: string;
}

interface Through {
  /** As it was discovered. */
  readonly provider: oidc.Configuration;
  /** Where the person comes back to. */
  readonly redirectUri: string;
}

export async function beginCodeSignIn(
  place: SignInPlace,
  { provider, redirectUri }: Through,
): Promise<{ readonly page: string; readonly begun: BegunSignIn }> {
  const begun = {
    issuer: place.issuer,
    verifier: oidc.randomPKCECodeVerifier(),
    state: oidc.randomState(),
    nonce: oidc.randomNonce(),
  };
  const page = oidc.buildAuthorizationUrl(provider, {
    redirect_uri: redirectUri,
    scope: place.scopes.join(' '),
    state: begun.state,
    nonce: begun.nonce,
    ...(await challengeOf(begun.verifier)),
  });
  return { page: page.href, begun };
}

/** The token that says who it is, as `place` has it; whoever takes it verifies it. `query`: of the address they came back to. */
export async function endCodeSignIn(
  place: SignInPlace,
  begun: BegunSignIn,
  { provider, redirectUri, query, nowMs }: Through & { readonly query: string; readonly nowMs: number },
): Promise<string> {
  try {
    const answer = await oidc.authorizationCodeGrant(provider, new URL(`${redirectUri}?${query}`), {
      pkceCodeVerifier: begun.verifier,
      expectedState: begun.state,
      // Without openid there is no ID token that could hold one.
      ...(place.scopes.includes('openid') && { expectedNonce: begun.nonce, idTokenExpected: true }),
    });
    return tokensIn(place, answer, nowMs).token;
  } catch (cause) {
    throw failed(place, cause);
  }
}
