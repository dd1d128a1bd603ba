/** Who acts, and whether they may: asked of the operators as they are now, before anything is done. */
import { claimed, decideAct } from '../domain/identity/decide.ts';
import type { Proven } from '../domain/identity/decide.ts';
import type { Actor } from '../domain/identity/actor.ts';
import type { Operators } from '../domain/identity/operators.ts';
import type { ActClaims } from '../domain/identity/signed-act.ts';
import { claimsProblem } from '../domain/identity/signed-act.ts';
import { delegationProblem } from '../domain/identity/delegation.ts';
import { readDelegation } from '../identity/delegate.ts';
import { readSignature } from '../identity/sign.ts';
import type { OperatorsSource } from '../identity/operators-file.ts';
import type { Database } from '../store/database.ts';
import { useSignature } from '../store/used-signatures.ts';
import { servingReach } from './serving-plan.ts';

export interface AuthoriseDeps {
  readonly db: Database;
  /** Null or absent: nobody can be told apart here, and every name is but claimed. */
  readonly operators?: OperatorsSource | null;
}

export interface AuthoriseInput {
  readonly act: string;
  readonly action: string;
  readonly queues: readonly string[];
  readonly workflowId: string;
  readonly runId: string;
  readonly by: string;
  readonly reason: string;
  readonly expiresAt?: string;
  readonly signature?: string;
  /** SHA-256 of all that the act says but its signature. */
  readonly contentSha256: string;
  /** When it came, by the clock of the server; ms since the epoch. */
  readonly atMs: number;
  /** Nothing will be done by it, so its signature is not used up, and nothing is kept. */
  readonly isDryRun?: true;
}

export type AuthoriseResult =
  /** `signatureId`: good for one act; who asks sees to it that it is not used again in the same run. */
  | { readonly ok: true; readonly actor: Actor; readonly signatureId: string | null }
  /** `actor`: whoever was proven to ask, and may not. */
  | { readonly ok: false; readonly refusal: string; readonly actor?: Actor };

export async function authorise(deps: AuthoriseDeps, input: AuthoriseInput): Promise<AuthoriseResult> {
  const { act, by, expiresAt, atMs } = input;
  const refused = (why: string): AuthoriseResult => ({ ok: false, refusal: `Cannot ${act}: ${why}` });
  if (expiresAt !== undefined && !(Date.parse(expiresAt) > atMs))
    return refused(`it was good until ${expiresAt}, and came at ${new Date(atMs).toISOString()}; give it anew.`);
  if (!deps.operators) return { ok: true, actor: claimed(by), signatureId: null };
  if (input.signature === undefined || input.signature === '') return refused(UNSIGNED);
  const read = readSignature(input.signature);
  if (!read.ok) return refused(read.why);
  const { key, claims } = read;
  const unfit = claimsProblem(claims, input);
  if (unfit !== null) return refused(unfit);
  const operators = await deps.operators.now();
  const proven = provenBy(operators, key, claims, atMs);
  if (typeof proven === 'string') return refused(proven);
  const decided = decideAct(operators, proven, input);
  if (!decided.ok) return decided;
  const narrower = await narrowerThanServes(deps.db, operators, proven, input);
  if (narrower !== null) return { ...refused(narrower), actor: decided.actor };
  // What is bound to a run, or to a question, can be used in no other; its own workflow remembers what it has heard.
  const isBound = claims.run !== undefined || input.isDryRun === true;
  if (!isBound && !(await useSignature(deps.db, idOf(key, claims), input.runId)))
    return refused('its signature was used before; sign it anew.');
  return { ok: true, actor: decided.actor, signatureId: idOf(key, claims) };
}

const UNSIGNED =
  'nobody signed it, and here every act is signed. Act with your key (`assist-rollouts operator key --new <name>` makes ' +
  'one, and an admin adds it).';

/**
 * A promotion takes the card that serves from everybody who sees it: whoever may start a version for a part of them may
 * not do that to the others. Null: they may, or nothing is known of what serves.
 */
async function narrowerThanServes(
  db: Database,
  operators: Operators,
  proven: Proven,
  input: AuthoriseInput,
): Promise<string | null> {
  const { act, action, queues } = input;
  const reaches = (all: readonly string[]): boolean => decideAct(operators, proven, { ...input, queues: all }).ok;
  if (act !== 'start' || queues.length === 0 || reaches([])) return null;
  const serving = await servingReach(db, action);
  if (serving === null) return null;
  const whole = serving.queues.length === 0 ? [] : [...new Set([...queues, ...serving.queues])];
  if (reaches(whole)) return null;
  const reach = serving.queues.length === 0 ? 'every queue' : `${serving.queues.length} queues`;
  return (
    `${serving.label}, which serves, is for ${reach}, and a promotion would take it from them all; it takes a role on ` +
    'each of them, granted in operators.yaml.'
  );
}

/**
 * An attestor speaks for the holders of tokens and for who delegated to it, and never in its own name; nobody else
 * speaks for others.
 */
function provenBy({ attestors }: Operators, key: string, claims: ActClaims, atMs: number): Proven | string {
  const { oidc, delegation, sub } = claims;
  const isAttestor = attestors.some(({ keys }) => keys.includes(key));
  if (oidc === undefined && delegation === undefined)
    return isAttestor
      ? 'it was signed by a process that acts for others only, and names neither a token nor a delegation.'
      : { kind: 'key', key };
  if (!isAttestor) return `its key ${key.slice(0, 12)}… may not speak for others; an admin lists it under attestors.`;
  if (oidc === undefined) return delegatedBy(delegation, { to: key, by: sub, atMs });
  if (delegation !== undefined) return 'it names both a token and a delegation.';
  return { kind: 'oidc', issuer: oidc.iss, subject: oidc.sub, groups: oidc.groups };
}

/** Whoever signed the delegation acts, as far as it is for this attestor and still good. */
function delegatedBy(given: unknown, at: { to: string; by: string; atMs: number }): Proven | string {
  const read = readDelegation(given);
  if (!read.ok) return read.why;
  return delegationProblem(read.claims, at) ?? { kind: 'key', key: read.key };
}

/** Of one key: nobody can use up another's. */
function idOf(key: string, { jti }: ActClaims): string {
  return `${key}/${jti}`;
}
