/** Signs an act, and finds out who signed one: a compact JWS with Ed25519 (RFC 7515, RFC 8037), and no other algorithm. */
import { randomUUID, sign, verify } from 'node:crypto';
import { parseClaims } from '../domain/identity/signed-act.ts';
import type { ActClaims } from '../domain/identity/signed-act.ts';
import { MAX_SIGNATURE_LENGTH } from '../domain/identity/signed-act.ts';
import { sha256Of } from '../domain/shared/content-hash.ts';
import type { ActorKey } from './key.ts';
import { publicKeyOf } from './key.ts';

const ALGORITHM = 'EdDSA';
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
}

export function signAct({ publicKey, privateKey }: ActorKey, given: ActToSign): string {
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
  };
  const signed = `${encode({ alg: ALGORITHM, typ: TYPE, kid: publicKey })}.${encode(claims)}`;
  return `${signed}.${sign(null, Buffer.from(signed), privateKey).toString('base64url')}`;
}

export type ReadSignature =
  | { readonly ok: true; readonly key: string; readonly claims: ActClaims }
  | { readonly ok: false; readonly why: string };

/** By which key it was signed; whose that is, and what it may, is for others to say. Never throws. */
export function readSignature(signature: unknown): ReadSignature {
  const parts = typeof signature === 'string' && signature.length <= MAX_SIGNATURE_LENGTH ? signature.split('.') : [];
  const [head, body, proof] = parts;
  if (parts.length !== 3 || head === undefined || body === undefined || proof === undefined) return MALFORMED;
  const { alg, typ, kid } = decode(head);
  if (alg !== ALGORITHM || typ !== TYPE || typeof kid !== 'string' || !/^[\w-]{43}$/.test(kid)) return MALFORMED;
  const key = publicKeyOf(kid);
  const bytes = Buffer.from(proof, 'base64url');
  if (key === null || bytes.length !== 64 || bytes.toString('base64url') !== proof) return MALFORMED;
  if (!verify(null, Buffer.from(`${head}.${body}`), key, bytes))
    return { ok: false, why: 'its signature is forged or damaged.' };
  const claims = parseClaims(decode(body));
  return claims === null ? MALFORMED : { ok: true, key: kid, claims };
}

const MALFORMED: ReadSignature = { ok: false, why: 'its signature is none that assist-rollouts makes.' };

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function decode(text: string): Partial<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
