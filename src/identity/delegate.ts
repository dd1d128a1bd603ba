/** Signs the delegation with which an operator signs in at a console, and reads one. */
import { randomUUID } from 'node:crypto';
import { DELEGATION_MS, MAX_DELEGATION_LENGTH, parseDelegation } from '../domain/identity/delegation.ts';
import type { DelegationClaims } from '../domain/identity/delegation.ts';
import { readJws, signJws } from './jws.ts';
import type { ActorKey } from './key.ts';

/** No act is signed as this, and this is no act. */
const TYPE = 'assist-delegation+jwt';

export interface DelegationToSign {
  /** Origin of the console, as the person knows it. */
  readonly console: string;
  /** Public key of its attestor. */
  readonly to: string;
  readonly nowMs: number;
}

export function signDelegation(key: ActorKey, { console, to, nowMs }: DelegationToSign): string {
  const iat = Math.floor(nowMs / 1000);
  const claims: DelegationClaims = {
    sub: key.name,
    aud: console,
    to,
    iat,
    exp: iat + DELEGATION_MS / 1000,
    jti: randomUUID(),
  };
  return signJws(TYPE, key, claims);
}

export type ReadDelegation =
  | { readonly ok: true; readonly key: string; readonly claims: DelegationClaims }
  | { readonly ok: false; readonly why: string };

/** By which key it was signed. Never throws. */
export function readDelegation(given: unknown): ReadDelegation {
  const read = readJws(TYPE, given, MAX_DELEGATION_LENGTH);
  const claims = read.ok ? parseDelegation(read.claims) : null;
  if (read.ok && claims !== null) return { ok: true, key: read.key, claims };
  return {
    ok: false,
    why:
      !read.ok && read.isForged
        ? 'its delegation is forged or damaged.'
        : 'its delegation is none that assist-rollouts makes.',
  };
}
