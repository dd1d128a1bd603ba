/**
 * What an operator says, under their own key, when they sign in at a console: that it may act for them for a while. Their
 * key stays where it is, and the worker sees that word with every act. Pure; the signing is in src/identity.
 */
import { z } from 'zod';

/** A working day; whoever is taken out of operators.yaml is out before. */
export const DELEGATION_MS = 8 * 3_600_000;
/** How far the clock of whoever signed may be off. */
const MAX_SKEW_MS = 60_000;

export const MAX_DELEGATION_LENGTH = 2_048;

const claimsSchema = z.strictObject({
  /** Who delegates. */
  sub: z.string().min(1).max(512),
  /** Origin of the console, as whoever signed it knows it: at another it signs nobody in. */
  aud: z.string().min(1).max(512),
  /** Public key of the attestor that may act. */
  to: z.string().regex(/^[\w-]{43}$/),
  /** In seconds, as in a JWT. */
  iat: z.int().min(0).max(99_999_999_999),
  exp: z.int().min(0).max(99_999_999_999),
  /** Signs in once. */
  jti: z.string().regex(/^[\w-]{16,64}$/),
});
export type DelegationClaims = Readonly<z.output<typeof claimsSchema>>;

export function parseDelegation(value: unknown): DelegationClaims | null {
  const parsed = claimsSchema.safeParse(value);
  return parsed.success ? parsed.data : null;
}

/** Why it does not let `to` act for `by` at that time, or null. */
export function delegationProblem(
  claims: DelegationClaims,
  { to, by, atMs }: { readonly to: string; readonly by: string; readonly atMs: number },
): string | null {
  const at = (ms: number): string => new Date(ms).toISOString();
  const [issuedMs, expiryMs] = [claims.iat * 1000, claims.exp * 1000];
  if (claims.sub !== by) return `it names "${by}", and "${claims.sub}" delegated.`;
  if (claims.to !== to) return 'it was delegated to another process.';
  if (issuedMs > atMs + MAX_SKEW_MS)
    return `it was delegated at ${at(issuedMs)}, and here it is ${at(atMs)}; put the clock of the signing machine right.`;
  if (expiryMs <= atMs) return `the delegation was good until ${at(expiryMs)}; sign in again.`;
  return expiryMs - issuedMs > DELEGATION_MS ? 'it was delegated for longer than is taken; sign in again.' : null;
}
