/** Signs an act, and finds out who signed one. */
import { randomUUID } from 'node:crypto';
import { MAX_SIGNATURE_LENGTH, parseClaims } from '../domain/identity/signed-act.ts';
import type { ActClaims } from '../domain/identity/signed-act.ts';
import { sha256Of } from '../domain/shared/content-hash.ts';
import { readJws, signJws } from './jws.ts';
import type { ActorKey } from './key.ts';

/** So that nothing else that such a key may sign one day is taken for an act. */
const TYPE = 'assist-act+jwt';

export interface ActToSign {
  readonly by: string;
  readonly act: string;
  readonly workflowId: string;
  readonly runId?: string;
  /** All that the act says, but its signature. */
  readonly content: object;
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
  readonly oidc?: ActClaims['oidc'];
  readonly delegation?: string;
}

export function signAct(key: ActorKey, given: ActToSign): string {
  const claims: ActClaims = {
    sub: given.by,
    act: given.act,
    workflow: given.workflowId,
    ...(given.runId !== undefined && { run: given.runId }),
    content: sha256Of(given.content),
    iat: Math.floor(given.issuedAtMs / 1000),
    exp: Math.floor(given.expiresAtMs / 1000),
    jti: randomUUID(),
    ...(given.oidc !== undefined && { oidc: given.oidc }),
    ...(given.delegation !== undefined && { delegation: given.delegation }),
  };
  return signJws(TYPE, key, claims);
}

export type ReadSignature =
  | { readonly ok: true; readonly key: string; readonly claims: ActClaims }
  | { readonly ok: false; readonly why: string };

/** By which key it was signed; whose that is, and what it may, is for others to say. Never throws. */
export function readSignature(signature: unknown): ReadSignature {
  const read = readJws(TYPE, signature, MAX_SIGNATURE_LENGTH);
  if (!read.ok) return read.isForged ? { ok: false, why: 'its signature is forged or damaged.' } : MALFORMED;
  const claims = parseClaims(read.claims);
  return claims === null ? MALFORMED : { ok: true, key: read.key, claims };
}

const MALFORMED: ReadSignature = { ok: false, why: 'its signature is none that assist-rollouts makes.' };
