/** A small OpenID provider over real HTTP: keys that can be replaced, tokens of any kind, and the device grant (RFC 8628). */
import { createHash, randomBytes } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { CryptoKey, JWK, JWTPayload } from 'jose';
import { startScriptedServer } from './scripted-server.ts';
import type { Reply, SeenRequest } from './scripted-server.ts';

export const CLIENT = 'assist-cli';

export interface ProviderKey {
  readonly kid: string;
  readonly alg: string;
  readonly privateKey: CryptoKey;
  readonly publicJwk: JWK;
}

export interface IdentityProvider {
  readonly issuer: string;
  readonly rsa: ProviderKey;
  readonly ec: ProviderKey;
  /** What is published now. */
  published: readonly ProviderKey[];
  /** Answers nothing but this while it is set. */
  broken: Reply | null;
  /** How often the keys were asked for. */
  keysAsked(): number;
  /** How often it was asked where all the rest is. */
  discovered(): number;
  /** As this provider would sign it for a person who signed in. */
  token(claims?: JWTPayload, header?: { key?: ProviderKey; typ?: string; kid?: string }): Promise<string>;
  /** The person at the browser: confirms what the terminal shows, as this subject, or refuses. */
  confirm(userCode: string, as: JWTPayload | null): void;
  /** The person at the browser, led to `page` by a site: where they are led back to, having signed in as this subject. */
  authorize(page: string, as: JWTPayload): string;
  /** Refresh tokens that were taken, each once. */
  readonly refreshed: string[];
  lifeSeconds: number;
  newKey(alg: string): Promise<ProviderKey>;
  close(): Promise<void>;
}

interface Grant {
  readonly challenge: string | null;
  readonly userCode: string;
  claims: JWTPayload | null | undefined;
}

export async function startIdentityProvider(): Promise<IdentityProvider> {
  const grants = new Map<string, Grant>();
  const codes = new Map<string, { readonly asked: URLSearchParams; readonly claims: JWTPayload }>();
  const refreshTokens = new Map<string, JWTPayload>();
  const server = await startScriptedServer((request) => provider.broken ?? answer(request));
  const newKey = async (alg: string): Promise<ProviderKey> => {
    const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
    const kid = randomBytes(6).toString('hex');
    return { kid, alg, privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
  };
  const [rsa, ec] = [await newKey('RS256'), await newKey('ES256')];
  const provider: IdentityProvider = {
    issuer: server.url,
    rsa,
    ec,
    published: [rsa, ec],
    broken: null,
    keysAsked: () => server.asked('GET', '/keys').length,
    discovered: () => server.asked('GET', '/.well-known/openid-configuration').length,
    token: (claims = {}, { key = rsa, typ = 'JWT', kid = key.kid } = {}) => {
      const now = Math.floor(Date.now() / 1000);
      const all = { iss: server.url, sub: 'u-1', aud: CLIENT, iat: now, exp: now + provider.lifeSeconds, ...claims };
      return new SignJWT(all).setProtectedHeader({ alg: key.alg, typ, kid }).sign(key.privateKey);
    },
    confirm(userCode, as) {
      for (const grant of grants.values()) if (grant.userCode === userCode) grant.claims = as;
    },
    authorize(page, as) {
      const asked = new URL(page).searchParams;
      const code = randomBytes(16).toString('hex');
      codes.set(code, { asked, claims: as });
      const back = new URL(asked.get('redirect_uri') ?? '');
      back.search = new URLSearchParams({ code, state: asked.get('state') ?? '' }).toString();
      return back.href;
    },
    refreshed: [],
    lifeSeconds: 300,
    newKey,
    close: () => server.close(),
  };

  async function answer({ method, path, text }: SeenRequest): Promise<Reply> {
    const form = new URLSearchParams(text);
    if (path === '/.well-known/openid-configuration') return { body: configuration(server.url) };
    if (path === '/keys') return { body: { keys: provider.published.map(({ publicJwk }) => publicJwk) } };
    if (method !== 'POST' || form.get('client_id') !== CLIENT)
      return { status: 401, body: { error: 'invalid_client' } };
    if (path === '/device') return begin(form);
    return path === '/token' ? take(form) : { status: 404 };
  }

  function begin(form: URLSearchParams): Reply {
    const [code, userCode] = [randomBytes(16).toString('hex'), randomBytes(4).toString('hex').toUpperCase()];
    grants.set(code, { challenge: form.get('code_challenge'), userCode, claims: undefined });
    const verification_uri = `${server.url}/activate`;
    return { body: { device_code: code, user_code: userCode, verification_uri, expires_in: 600, interval: 1 } };
  }

  async function take(form: URLSearchParams): Promise<Reply> {
    if (form.get('grant_type') === 'refresh_token') {
      const token = form.get('refresh_token') ?? '';
      const claims = refreshTokens.get(token);
      if (claims === undefined) return { status: 400, body: { error: 'invalid_grant' } };
      // Each is good once: who uses one again has stolen it, or lost the answer.
      refreshTokens.delete(token);
      provider.refreshed.push(token);
      return { body: await tokens(claims) };
    }
    if (form.get('grant_type') === 'authorization_code') return redeem(form);
    const grant = grants.get(form.get('device_code') ?? '');
    if (grant === undefined) return { status: 400, body: { error: 'invalid_grant' } };
    const verifier = form.get('code_verifier') ?? '';
    const shown = createHash('sha256').update(verifier).digest('base64url');
    if (grant.challenge !== shown) return { status: 400, body: { error: 'invalid_grant' } };
    if (grant.claims === undefined) return { status: 400, body: { error: 'authorization_pending' } };
    if (grant.claims === null) return { status: 400, body: { error: 'access_denied' } };
    return { body: await tokens(grant.claims) };
  }

  /** Each code once, for whom it was made: where they came from, and with the verifier that was hashed. */
  async function redeem(form: URLSearchParams): Promise<Reply> {
    const given = codes.get(form.get('code') ?? '');
    codes.delete(form.get('code') ?? '');
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    const fits =
      given?.asked.get('redirect_uri') === form.get('redirect_uri') && given?.asked.get('code_challenge') === challenge;
    if (given === undefined || !fits) return { status: 400, body: { error: 'invalid_grant' } };
    return { body: await tokens({ nonce: given.asked.get('nonce') ?? '', ...given.claims }) };
  }

  async function tokens(claims: JWTPayload): Promise<object> {
    const refresh_token = randomBytes(16).toString('hex');
    refreshTokens.set(refresh_token, claims);
    return {
      access_token: randomBytes(16).toString('hex'),
      token_type: 'bearer',
      expires_in: provider.lifeSeconds,
      id_token: await provider.token(claims),
      refresh_token,
    };
  }
  return provider;
}

function configuration(url: string): object {
  return {
    issuer: url,
    jwks_uri: `${url}/keys`,
    token_endpoint: `${url}/token`,
    authorization_endpoint: `${url}/authorize`,
    device_authorization_endpoint: `${url}/device`,
    id_token_signing_alg_values_supported: ['RS256', 'ES256'],
    code_challenge_methods_supported: ['S256'],
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
  };
}
