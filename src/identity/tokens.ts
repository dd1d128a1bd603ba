/** Whose is a token? JWTs of the issuers that operators.yaml lists, by the keys that those publish, and nothing else. */
import { createRemoteJWKSet, customFetch, decodeJwt, decodeProtectedHeader, errors, jwtVerify } from 'jose';
import type { JWTPayload, JWTVerifyGetKey } from 'jose';
import type { Issuer } from '../domain/identity/operators.ts';
import { matchesPattern } from '../domain/identity/pattern.ts';
import { show } from '../domain/plan/problem.ts';
import type { BoundedFetch } from '../http/bounded-fetch.ts';
import { createDiscovery, IssuerUnavailable } from './discovery.ts';

export interface TokenHolder {
  readonly issuer: string;
  readonly subject: string;
  readonly groups: readonly string[];
  readonly expiresAtMs: number;
}

export type ReadToken =
  | { readonly ok: true; readonly holder: TokenHolder }
  /** `kind`: the token is none that is taken here; or its issuer could not be asked, and it may be good in a moment. */
  | { readonly ok: false; readonly kind: 'refused' | 'unavailable'; readonly why: string };

export interface TokenVerifier {
  /** Never throws, and repeats nothing secret of the token. */
  verify(token: string, issuers: readonly Issuer[]): Promise<ReadToken>;
}

export interface TokenVerifierOptions {
  readonly fetch: BoundedFetch;
  readonly now: () => number;
}

/** Each with two keys: whoever verifies cannot sign. */
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];
/** What else an issuer signs (a logout, an event) is no proof of who calls. */
const TYPES: readonly string[] = ['jwt', 'at+jwt', 'application/jwt', 'application/at+jwt'];
const MAX_TOKEN_LENGTH = 12_288;
const SKEW_SECONDS = 60;
const MAX_SUBJECT_LENGTH = 255;
const MAX_GROUPS = 1_000;
const MAX_GROUP_LENGTH = 256;
const KEYS = { cooldownDuration: 30_000, cacheMaxAge: 600_000, timeoutDuration: 5_000 };

export function createTokenVerifier({ fetch, now }: TokenVerifierOptions): TokenVerifier {
  const discover = createDiscovery(fetch, now);
  const sets = new Map<string, JWTVerifyGetKey>();
  const keysOf = async (issuer: string): Promise<JWTVerifyGetKey> => {
    const { keysUrl } = await discover(issuer);
    const keys = sets.get(keysUrl) ?? createRemoteJWKSet(new URL(keysUrl), { ...KEYS, [customFetch]: fetch });
    sets.set(keysUrl, keys);
    return keys;
  };
  return {
    async verify(token, issuers) {
      const issuer = issuerOf(token, issuers);
      if (typeof issuer === 'string') return refused(issuer);
      try {
        const { payload } = await jwtVerify(token, await keysOf(issuer.issuer), {
          issuer: issuer.issuer,
          audience: [...issuer.audience],
          algorithms: ALGORITHMS,
          clockTolerance: SKEW_SECONDS,
          requiredClaims: ['exp', 'iat', 'sub'],
          currentDate: new Date(now()),
        });
        const holder = holderOf(payload, issuer, now());
        return typeof holder === 'string' ? refused(holder) : { ok: true, holder };
      } catch (error) {
        return troubleOf(error, issuer);
      }
    },
  };
}

/** The one that the token names, before anything of it is believed; or why it is not looked into. */
function issuerOf(token: string, issuers: readonly Issuer[]): Issuer | string {
  if (token.length > MAX_TOKEN_LENGTH) return `it has more than ${MAX_TOKEN_LENGTH} characters.`;
  try {
    const { alg, typ } = decodeProtectedHeader(token);
    if (!ALGORITHMS.includes(alg ?? ''))
      return `it is signed with ${show(alg)}; expected one of ${ALGORITHMS.join(', ')}.`;
    if (typ !== undefined && !TYPES.includes(typ.toLowerCase()))
      return `it is of type ${show(typ)}; expected an ID token or an access token.`;
    const { iss } = decodeJwt(token);
    const found = issuers.find(({ issuer }) => issuer === iss);
    return found ?? `tokens of ${show(iss)} are not taken here; an admin lists issuers in operators.yaml.`;
  } catch {
    return 'it is no JWT; an opaque access token proves nothing here, send the ID token.';
  }
}

function holderOf(payload: JWTPayload, issuer: Issuer, nowMs: number): TokenHolder | string {
  const { iat = 0, exp = 0 } = payload;
  if (iat * 1000 > nowMs + SKEW_SECONDS * 1000) return 'it was issued in the future; a clock is wrong.';
  for (const [name, pattern] of Object.entries(issuer.claims))
    if (!textsOf(claim(payload, name)).some((text) => matchesPattern(text, pattern)))
      return `its ${name} is ${show(claim(payload, name))}; expected ${show(pattern)}.`;
  const subject = claim(payload, issuer.subjectClaim);
  if (typeof subject !== 'string' || subject === '' || subject.length > MAX_SUBJECT_LENGTH)
    return `its ${issuer.subjectClaim} is ${show(subject)}; expected 1 to ${MAX_SUBJECT_LENGTH} characters.`;
  if (issuer.subjectClaim === 'email' && payload['email_verified'] !== true)
    return 'nobody says that its e-mail address is verified (email_verified).';
  return {
    issuer: issuer.issuer,
    subject,
    groups: groupsOf(claim(payload, issuer.groupsClaim)),
    expiresAtMs: exp * 1000,
  };
}

function claim(payload: JWTPayload, name: string): unknown {
  return Object.hasOwn(payload, name) ? payload[name] : undefined;
}

function textsOf(value: unknown): readonly string[] {
  const values = Array.isArray(value) ? value : [value];
  return values.filter((one) => ['string', 'number', 'boolean'].includes(typeof one)).map(String);
}

function groupsOf(value: unknown): readonly string[] {
  const given = Array.isArray(value) ? value.slice(0, MAX_GROUPS) : [value];
  return [...new Set(given)].filter(
    (one): one is string => typeof one === 'string' && one !== '' && one.length <= MAX_GROUP_LENGTH,
  );
}

function refused(why: string): ReadToken {
  return { ok: false, kind: 'refused', why };
}

/** In words of ours: an error of the library may hold what the token says. */
function troubleOf(error: unknown, { issuer, audience }: Issuer): ReadToken {
  if (error instanceof errors.JWTExpired) return refused('it has expired; sign in again.');
  if (error instanceof errors.JWTClaimValidationFailed)
    return refused(
      error.claim === 'aud'
        ? `it was issued to somebody else; expected the audience ${audience.join(' or ')}.`
        : `its ${error.claim} is missing, or not what is expected.`,
    );
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys)
    return refused(`no key that ${issuer} publishes has signed it.`);
  if (error instanceof errors.JWSSignatureVerificationFailed) return refused('its signature is forged or damaged.');
  const isToken = error instanceof errors.JWSInvalid || error instanceof errors.JWTInvalid;
  if (isToken || error instanceof errors.JOSEAlgNotAllowed || error instanceof errors.JOSENotSupported)
    return refused('it is no JWT of the kind that is expected.');
  const why = error instanceof IssuerUnavailable ? error.message : 'its keys cannot be read';
  return { ok: false, kind: 'unavailable', why: `${issuer} cannot be asked whose it is: ${why}.` };
}
