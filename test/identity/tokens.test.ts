/** Which tokens are taken, and every one that is not. */
import { createHmac } from 'node:crypto';
import { exportSPKI, importJWK, SignJWT } from 'jose';
import type { CryptoKey, JWTPayload } from 'jose';
import { parseOperators } from '../../src/domain/identity/operators-schema.ts';
import type { Issuer } from '../../src/domain/identity/operators.ts';
import { createBoundedFetch } from '../../src/http/bounded-fetch.ts';
import { createTokenVerifier } from '../../src/identity/tokens.ts';
import type { ReadToken, TokenVerifier } from '../../src/identity/tokens.ts';
import { CLIENT, startIdentityProvider } from '../helpers/identity-provider.ts';
import type { IdentityProvider } from '../helpers/identity-provider.ts';
import { PATIENCE_MS } from '../helpers/patience.ts';

const fetch = createBoundedFetch({ timeoutMs: PATIENCE_MS, maxBytes: 64 * 1024, agentFor: () => undefined });
let provider: IdentityProvider;
let verifier: TokenVerifier;
/** Of the verifier; may be put ahead. */
let aheadMs = 0;

beforeAll(async () => {
  provider = await startIdentityProvider();
});
afterAll(() => provider.close());
beforeEach(() => {
  aheadMs = 0;
  provider.broken = null;
  provider.published = [provider.rsa, provider.ec];
  verifier = createTokenVerifier({ fetch, now: () => Date.now() + aheadMs });
});

function issuers(more: object = {}): readonly Issuer[] {
  const parsed = parseOperators({ issuers: [{ issuer: provider.issuer, audience: CLIENT, ...more }] });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.operators.issuers;
}

const verify = (token: string, more?: object): Promise<ReadToken> => verifier.verify(token, issuers(more));
const nowSeconds = (): number => Math.floor(Date.now() / 1000);

async function why(token: string, more?: object): Promise<string> {
  const read = await verify(token, more);
  return read.ok ? 'it was taken' : `${read.kind}: ${read.why}`;
}

function unsigned(header: object, claims: JWTPayload): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part(header)}.${part(claims)}`;
}

test('tokens signed with RSA and with an elliptic curve say whose they are', async () => {
  for (const key of [provider.rsa, provider.ec]) {
    const token = await provider.token({ groups: ['leads', 'leads', 7, ''] }, { key });
    expect(await verify(token)).toEqual({
      ok: true,
      holder: { issuer: provider.issuer, subject: 'u-1', groups: ['leads'], expiresAtMs: expect.any(Number) },
    });
  }
});

test('a token without a signature, and one signed with the public key as a secret, are no tokens', async () => {
  const claims = { iss: provider.issuer, sub: 'u-1', aud: CLIENT, iat: nowSeconds(), exp: nowSeconds() + 300 };
  expect(await why(`${unsigned({ alg: 'none', typ: 'JWT' }, claims)}.AA`)).toContain('it is signed with "none"');
  const publicKey = (await importJWK(provider.rsa.publicJwk, 'RS256', { extractable: true })) as CryptoKey;
  const head = unsigned({ alg: 'HS256', typ: 'JWT', kid: provider.rsa.kid }, claims);
  const mac = createHmac('sha256', await exportSPKI(publicKey))
    .update(head)
    .digest('base64url');
  expect(await why(`${head}.${mac}`)).toContain('it is signed with "HS256"');
});

test.each<[string, { readonly [K in keyof JWTPayload]: JWTPayload[K] | undefined }, string]>([
  ['for another client', { aud: 'another-client' }, 'issued to somebody else'],
  ['of an issuer that is not listed', { iss: 'https://login.example.org' }, 'are not taken here'],
  ['that has expired', { exp: nowSeconds() - 90 }, 'has expired'],
  ['that is not yet good', { nbf: nowSeconds() + 3_600 }, 'its nbf is missing, or not what is expected'],
  ['from the future', { iat: nowSeconds() + 3_600 }, 'issued in the future'],
  ['without an end', { exp: undefined }, 'its exp is missing'],
  ['of nobody', { sub: undefined }, 'its sub is missing'],
  ['of somebody without a name', { sub: '' }, 'its sub is ""'],
])('a token %s is refused', async (_what, claims, said) => {
  expect(await why(await provider.token(claims as JWTPayload))).toContain(said);
});

test('a clock that is half a minute behind is no reason to refuse', async () => {
  expect((await verify(await provider.token({ exp: nowSeconds() - 30, iat: nowSeconds() + 30 }))).ok).toBe(true);
});

test('a forged signature, a stranger’s key under a known id, and other kinds of signed words are refused', async () => {
  const token = await provider.token();
  const [head, body] = token.split('.');
  const other = (await provider.token({ sub: 'admin' })).split('.')[2];
  expect(await why(`${head}.${body}.${other}`)).toContain('forged or damaged');
  const mine = await provider.newKey('RS256');
  expect(await why(await provider.token({}, { key: mine, kid: provider.rsa.kid }))).toContain('forged or damaged');
  expect(await why(await provider.token({}, { typ: 'logout+jwt' }))).toContain('of type "logout+jwt"');
  const own = new SignJWT({ iss: provider.issuer, sub: 'u', aud: CLIENT, iat: nowSeconds(), exp: nowSeconds() + 60 });
  const embedded = await own
    .setProtectedHeader({ alg: 'RS256', jwk: mine.publicJwk, jku: 'https://evil.example/keys' })
    .sign(mine.privateKey);
  expect(await why(embedded)).toMatch(/refused: (no key|its signature is forged)/);
  expect(await why('abc')).toContain('it is no JWT');
  expect(await why(`${'a'.repeat(20_000)}.b.c`)).toContain('more than');
});

test('a flood of unknown key ids asks the issuer for its keys once; a new key of its is found after a while', async () => {
  await verify(await provider.token());
  const asked = provider.keysAsked();
  const stranger = await provider.newKey('ES256');
  const token = await provider.token({}, { key: stranger });
  const answers = await Promise.all(Array.from({ length: 50 }, () => why(token)));
  expect(new Set(answers)).toEqual(new Set([`refused: no key that ${provider.issuer} publishes has signed it.`]));
  expect(provider.keysAsked() - asked).toBeLessThanOrEqual(1);
  // Another verifier has asked for none yet: it finds the key that was published meanwhile.
  provider.published = [stranger];
  const fresh = createTokenVerifier({ fetch, now: Date.now });
  expect((await fresh.verify(token, issuers())).ok).toBe(true);
  expect((await fresh.verify(await provider.token(), issuers())).ok).toBe(false);
});

test('an issuer that cannot be asked refuses nobody for good', async () => {
  const token = await provider.token();
  for (const broken of [
    { status: 500 },
    { body: 'not json' },
    { body: { issuer: 'https://other.example', jwks_uri: `${provider.issuer}/keys` } },
    { body: { issuer: provider.issuer, jwks_uri: 'http://keys.example/keys' } },
    { body: 'x'.repeat(1024 * 1024) },
    'drop' as const,
  ]) {
    provider.broken = broken;
    const fresh = createTokenVerifier({ fetch, now: Date.now });
    expect(await fresh.verify(token, issuers())).toMatchObject({ ok: false, kind: 'unavailable' });
  }
  verifier = createTokenVerifier({ fetch, now: () => Date.now() + aheadMs });
  expect(await why(token)).toContain('cannot be asked');
  provider.broken = null;
  aheadMs = 6_000;
  expect((await verify(token)).ok).toBe(true);
});

test('claims of a CI must be there and match; an e-mail address must be verified', async () => {
  const ci = { claims: { repository: 'acme/*', ref: 'refs/heads/main' } };
  const job = { repository: 'acme/cards', ref: 'refs/heads/main' };
  expect((await verify(await provider.token(job), ci)).ok).toBe(true);
  expect(await why(await provider.token({ ...job, ref: 'refs/heads/evil' }), ci)).toContain('its ref is');
  expect(await why(await provider.token({ ref: job.ref }), ci)).toContain('its repository is nothing');
  const mail = { subjectClaim: 'email' };
  expect(await why(await provider.token({ email: 'ana@example.com' }), mail)).toContain('verified');
  const proven = await provider.token({ email: 'ana@example.com', email_verified: true });
  expect(await verify(proven, mail)).toMatchObject({ ok: true, holder: { subject: 'ana@example.com' } });
});
