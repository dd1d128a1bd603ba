/**
 * Signing in: at an identity provider (OpenID Connect, code with PKCE), or by a delegation that an operator's own key
 * has signed on their own machine.
 */
import type { Context, Hono } from 'hono';
import { z } from 'zod';
import { fittingGroups } from '../configurator/attested.ts';
import type { Attestable } from '../configurator/attested.ts';
import { attestedPerson } from '../configurator/attested.ts';
import { delegationProblem } from '../domain/identity/delegation.ts';
import type { Operators } from '../domain/identity/operators.ts';
import type { BoundedFetch } from '../http/bounded-fetch.ts';
import { createSeal, MAX_SEALED_BYTES } from '../http/seal.ts';
import { beginCodeSignIn, endCodeSignIn } from '../identity/code-sign-in.ts';
import { readDelegation } from '../identity/delegate.ts';
import { IdentityError } from '../identity/errors.ts';
import type { ActorKey } from '../identity/key.ts';
import type { OperatorsSource } from '../identity/operators-file.ts';
import { discover } from '../identity/sign-in.ts';
import type { SignInPlace } from '../identity/sign-in.ts';
import type { TokenVerifier } from '../identity/tokens.ts';
import { createBegunSignIns } from './begun.ts';
import type { Cookies } from './cookies.ts';
import { readForm } from './form.ts';
import { createKept } from './kept.ts';
import type { Origins } from './origin.ts';
import { refusal } from './refusal.ts';
import { createRemembered } from './remembered.ts';
import type { Sessions } from './sessions.ts';

export interface SignInDeps {
  readonly sessions: Sessions;
  readonly operators: OperatorsSource;
  readonly verifier: TokenVerifier;
  readonly attestor: ActorKey;
  /** To identity providers. */
  readonly fetch: BoundedFetch;
  readonly secrets: readonly string[];
  readonly now: () => number;
}

type Discovered = Awaited<ReturnType<typeof discover>>;

interface SignInParts extends SignInDeps {
  readonly origins: Origins;
  readonly cookies: Cookies;
}

const CALLBACK = '/sign-in/oidc/callback';
/** A link is used at once, on the machine where it was made. */
const FRESH_MS = 2 * 60_000;
/** Beside the groups, issuer and subject: what the session is called, until when, and the names of its fields. */
const REST_OF_SESSION_BYTES = 150;
/** Longer ones have no room: with all that a browser may have begun, and a session, a proxy takes 8 KB of cookies. */
const MAX_NEXT_LENGTH = 512;
const FRESH_DISCOVERY_MS = 60_000;
const MAX_DISCOVERED = 20;

const beginQuery = z.object({ issuer: z.string().max(512), next: z.string().max(2_048).optional() });
const proofForm = z.strictObject({ proof: z.string().trim().max(2_048), next: z.string().max(2_048).optional() });

export function addSignIn(app: Hono, parts: SignInParts): void {
  const { origins, cookies, sessions, attestor } = parts;
  const signIns = createBegunSignIns(cookies, createSeal(parts.secrets, 'console sign-in'), parts.now);
  const used = createRemembered(parts.now);
  const discovered = createKept<Discovered>({ most: MAX_DISCOVERED });
  /** Where it says that it is reached, asked for once a minute, however many sign in. */
  const discoveredAt = (place: SignInPlace): Promise<Discovered> =>
    discovered.of(JSON.stringify([place.issuer, place.clientId, Math.floor(parts.now() / FRESH_DISCOVERY_MS)]), () =>
      discover(place, parts.fetch),
    );
  const admit = async (c: Context, person: Attestable, next: string, by?: Delegated): Promise<Response> => {
    const known = attestedPerson(await parts.operators.now(), attestor, person);
    if (typeof known === 'string') throw refused(known);
    if (by !== undefined) takeOnce(by);
    const { sealed, ms } = sessions.open(person, by?.untilMs);
    cookies.set(c, 'session', sealed, { ms });
    return c.html(goOn(ownPath(next)));
  };
  /** Only of who is known, or strangers could fill it; between this and the session that it opens nothing is waited for. */
  const takeOnce = ({ id, untilMs }: Delegated): void => {
    if (used.has(id)) throw refused('it has signed somebody in before.');
    used.add(id, untilMs);
  };
  app.get('/sign-in/key', (c) => c.json({ console: origins.own, attestor: attestor.publicKey }));
  app.post('/sign-in/key', async (c) => {
    const { proof, next = '/' } = await readForm(c, proofForm);
    const by = delegatedIn(proof, parts);
    return admit(c, by.person, next, by);
  });
  app.get('/sign-in/oidc', async (c) => {
    const { issuer, next = '/' } = beginQuery.parse(c.req.query());
    const place = placeOf(await parts.operators.now(), issuer);
    const redirectUri = `${origins.own}${CALLBACK}`;
    const { page, begun } = await provider(async () =>
      beginCodeSignIn(place, { provider: await discoveredAt(place), redirectUri }),
    );
    signIns.keep(c, { ...begun, next: next.length > MAX_NEXT_LENGTH ? '/' : ownPath(next) });
    return c.redirect(page, 303);
  });
  app.get(CALLBACK, async (c) => {
    const begun = signIns.take(c, c.req.query('state') ?? '');
    if (begun === null) throw refused('it was not begun in this browser, or too long ago.');
    const operators = await parts.operators.now();
    const place = placeOf(operators, begun.issuer);
    const token = await provider(async () =>
      endCodeSignIn(place, begun, {
        provider: await discoveredAt(place),
        redirectUri: `${origins.own}${CALLBACK}`,
        query: new URL(c.req.url).search.slice(1),
        nowMs: parts.now(),
      }),
    );
    return admit(c, await holderOf(token, operators, parts), begun.next);
  });
}

function refused(why: string): Error {
  return refusal('console-sign-in-refused', `Not signed in: ${why}`, 'Sign in again. Nothing was done.');
}

/** In words of ours: what a library says may hold what was sent. */
async function provider<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof IdentityError
      ? refusal('console-sign-in-refused', error.message, 'Sign in again. Nothing was done.')
      : error;
  }
}

function placeOf({ issuers }: Operators, issuer: string): SignInPlace {
  const found = issuers.find((one) => one.issuer === issuer);
  if (found?.login === undefined) throw refused('people do not sign in there; operators.yaml names where they do.');
  return { issuer, ...found.login };
}

async function holderOf(token: string, operators: Operators, { verifier }: SignInDeps): Promise<Attestable> {
  const read = await verifier.verify(token, operators.issuers);
  if (!read.ok && read.kind === 'unavailable')
    throw refusal('console-issuer-unavailable', read.why, 'Try again in a moment. Nothing was done.');
  if (!read.ok) throw refused(read.why);
  const { issuer, subject, groups } = read.holder;
  const room = MAX_SEALED_BYTES - REST_OF_SESSION_BYTES - Buffer.byteLength(JSON.stringify([issuer, subject]));
  return { kind: 'oidc', issuer, subject, groups: [...fittingGroups(operators, groups, room)] };
}

interface Delegated {
  readonly person: Attestable;
  readonly untilMs: number;
  /** Of the proof, which signs in once. */
  readonly id: string;
}

/** Signed for this console, and a moment ago: who finds one later signs nobody in with it. */
function delegatedIn(proof: string, { origins, attestor, now }: SignInParts): Delegated {
  const read = readDelegation(proof);
  if (!read.ok) throw refused(read.why);
  const { key, claims } = read;
  const unfit = delegationProblem(claims, { to: attestor.publicKey, by: claims.sub, atMs: now() });
  if (unfit !== null) throw refused(unfit);
  if (claims.aud !== origins.own) throw refused(`it is for ${claims.aud}, and this is ${origins.own}.`);
  if (claims.iat * 1000 < now() - FRESH_MS)
    throw refused('it is good for two minutes only; run `assist-rollouts console sign-in` again.');
  return {
    person: { kind: 'key', key, delegation: proof },
    untilMs: claims.exp * 1000,
    id: `${key}/${claims.jti}`,
  };
}

/** A path of ours and nothing else: no link may lead from here to somebody else's page. */
export function ownPath(text: string): string {
  return /^\/(?![/\\])[\w\-./~%?=&+:@!$'()*,;]*$/.test(text) ? text : '/';
}

/**
 * A page, not a redirect: what an identity provider led here is a navigation from another site, which a Strict cookie
 * does not travel with; the one that this page begins is our own.
 */
export function goOn(path: string): string {
  const escaped = path.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Going on</title><meta http-equiv="refresh" content="0;url=${escaped}"></head><body><p><a href="${escaped}">Go on</a></p></body></html>`;
}
