/** What a signature says of an act, and whether that is the act at hand. Pure; the signing itself is in src/identity. */
import { z } from 'zod';
import { show } from '../plan/problem.ts';
import { MAX_DELEGATION_LENGTH } from './delegation.ts';
import { isBrakeAct } from './roles.ts';

/** How long an act is good for unless it says otherwise. */
export const ACT_LIFE_MS = 5 * 60_000;
/** The longest it may be; a brake may have to wait until a worker runs. */
const MAX_LIFE_MS = 15 * 60_000;
export const BRAKE_LIFE_MS = 24 * 3_600_000;
/** How far the clock of whoever signed may be off. */
const MAX_SKEW_MS = 60_000;

export const MAX_SIGNATURE_LENGTH = 8_192;

const text = z.string().min(1).max(512);

const claimsSchema = z.strictObject({
  /** Who acts. */
  sub: text,
  act: text,
  workflow: text,
  /** The run it is for; absent: of what has no run yet, such as a start, and good for one. */
  run: text.optional(),
  /** SHA-256 of all that the act says but its signature; of a start that is the plan too. */
  content: z.string().regex(/^[0-9a-f]{64}$/),
  /** In seconds, as in a JWT. */
  iat: z.int().min(0).max(99_999_999_999),
  exp: z.int().min(0).max(99_999_999_999),
  /** Good for one use. */
  jti: z.string().regex(/^[\w-]{16,64}$/),
  /** Of an attestor: whose token it verified. */
  oidc: z.strictObject({ iss: text, sub: text, groups: z.array(z.string().max(256)).max(200) }).optional(),
  /** Of an attestor: the word of an operator, under their own key, that it may act for them (delegation.ts). */
  delegation: z.string().min(1).max(MAX_DELEGATION_LENGTH).optional(),
});
export type ActClaims = Readonly<z.output<typeof claimsSchema>>;

export function parseClaims(value: unknown): ActClaims | null {
  const parsed = claimsSchema.safeParse(value);
  return parsed.success ? parsed.data : null;
}

/** What is wrong with the form of what an act brings beside name and reason, or null. */
export function proofProblem(given: { readonly expiresAt?: unknown; readonly signature?: unknown }): string | null {
  const { expiresAt, signature } = given;
  if (
    expiresAt !== undefined &&
    (typeof expiresAt !== 'string' || !INSTANT.test(expiresAt) || Number.isNaN(Date.parse(expiresAt)))
  )
    return `"expiresAt" is ${show(expiresAt)}; expected an instant such as 2026-03-01T12:00:00Z.`;
  if (signature !== undefined && (typeof signature !== 'string' || signature.length > MAX_SIGNATURE_LENGTH))
    return `"signature" is ${show(signature)}; expected a text of at most ${MAX_SIGNATURE_LENGTH} characters.`;
  return null;
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/;

/** The act at hand, as the worker knows it. */
export interface ActAtHand {
  readonly act: string;
  readonly by: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly contentSha256: string;
  readonly expiresAt?: string | undefined;
  /** When it came, by the clock of the server; ms since the epoch. */
  readonly atMs: number;
}

/** Why what was signed is not the act at hand, or null. */
export function claimsProblem(claims: ActClaims, given: ActAtHand): string | null {
  if (claims.sub !== given.by) return `it names "${given.by}", and was signed by "${claims.sub}".`;
  if (claims.act !== given.act) return `it was signed for ${claims.act}.`;
  if (claims.workflow !== given.workflowId) return `it was signed for ${claims.workflow}.`;
  if (claims.run !== undefined && claims.run !== given.runId)
    return `it was signed for another run of this rollout (${claims.run}).`;
  if (claims.content !== given.contentSha256) return 'what it says is not what was signed; sign it anew.';
  return timeProblem(claims, given);
}

function timeProblem({ iat, exp }: ActClaims, { act, expiresAt, atMs }: ActAtHand): string | null {
  const [issuedMs, expiryMs] = [iat * 1000, exp * 1000];
  const at = (ms: number): string => new Date(ms).toISOString();
  if (expiresAt !== undefined && Date.parse(expiresAt) !== expiryMs)
    return 'its expiry is not the one that was signed.';
  if (issuedMs > atMs + MAX_SKEW_MS)
    return `it was signed at ${at(issuedMs)}, and here it is ${at(atMs)}; put the clock of the signing machine right.`;
  if (expiryMs <= atMs) return `it was good until ${at(expiryMs)}, and came at ${at(atMs)}; give it anew.`;
  const maxMs = isBrakeAct(act) ? BRAKE_LIFE_MS : MAX_LIFE_MS;
  return expiryMs - issuedMs > maxMs
    ? `it would be good for more than ${maxMs / 60_000} minutes; sign it for less.`
    : null;
}
