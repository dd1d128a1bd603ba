/** Compact JWS with Ed25519 (RFC 7515, RFC 8037), and no other algorithm. */
import { sign, verify } from 'node:crypto';
import type { ActorKey } from './key.ts';
import { publicKeyOf } from './key.ts';

const ALGORITHM = 'EdDSA';

/** `type`: so that nothing that a key signs for one purpose is taken for another. */
export function signJws(type: string, { publicKey, privateKey }: ActorKey, claims: object): string {
  const signed = `${encode({ alg: ALGORITHM, typ: type, kid: publicKey })}.${encode(claims)}`;
  return `${signed}.${sign(null, Buffer.from(signed), privateKey).toString('base64url')}`;
}

export type ReadJws =
  | { readonly ok: true; readonly key: string; readonly claims: object }
  | { readonly ok: false; readonly isForged: boolean };

/** By which key it was signed. Never throws. */
export function readJws(type: string, given: unknown, maxLength: number): ReadJws {
  const parts = typeof given === 'string' && given.length <= maxLength ? given.split('.') : [];
  const [head, body, proof] = parts;
  if (parts.length !== 3 || head === undefined || body === undefined || proof === undefined) return MALFORMED;
  const { alg, typ, kid } = decode(head);
  if (alg !== ALGORITHM || typ !== type || typeof kid !== 'string' || !/^[\w-]{43}$/.test(kid)) return MALFORMED;
  const key = publicKeyOf(kid);
  const bytes = Buffer.from(proof, 'base64url');
  if (key === null || bytes.length !== 64 || bytes.toString('base64url') !== proof) return MALFORMED;
  return verify(null, Buffer.from(`${head}.${body}`), key, bytes)
    ? { ok: true, key: kid, claims: decode(body) }
    : { ok: false, isForged: true };
}

const MALFORMED: ReadJws = { ok: false, isForged: false };

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
