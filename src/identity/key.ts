/** Keys of people and of processes: Ed25519, as JSON Web Keys (RFC 8037); `kid` says whose. */
import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { IdentityError } from './errors.ts';

export interface ActorKey {
  /** Whose it is. */
  readonly name: string;
  /** As operators.yaml has it: base64url. */
  readonly publicKey: string;
  readonly privateKey: KeyObject;
}

/** `text`: the private key, for a file that nobody else reads. */
export function newActorKey(name: string): { readonly key: ActorKey; readonly text: string } {
  const { privateKey } = generateKeyPairSync('ed25519');
  const { crv, d, x, kty } = privateKey.export({ format: 'jwk' });
  const text = JSON.stringify({ kid: name, kty, crv, x, d });
  return { key: parseActorKey(text, 'the new key'), text };
}

/** `where`: what it was read from; the key itself is in no message. */
export function parseActorKey(text: string, where: string): ActorKey {
  try {
    const { kid, kty, crv, x, d } = JSON.parse(text) as Partial<Record<'kid' | 'kty' | 'crv' | 'x' | 'd', unknown>>;
    if (typeof kid !== 'string' || kid === '' || kty !== 'OKP' || crv !== 'Ed25519') throw new Error('no such key');
    const privateKey = createPrivateKey({ format: 'jwk', key: { kty, crv, x: String(x), d: String(d) } });
    // The public half as it follows from the private one, whatever stands beside it.
    const publicKey = createPublicKey(privateKey).export({ format: 'jwk' }).x ?? '';
    return { name: kid, publicKey, privateKey };
  } catch (cause) {
    throw new IdentityError(
      'operator-key-invalid',
      `${where} holds no operator's key; expected the JSON that \`assist-rollouts operator add\` writes.`,
      'Name the file that it wrote, or make a new key.',
      { cause },
    );
  }
}

/** Null for what is no point of the curve. */
export function publicKeyOf(x: string): KeyObject | null {
  try {
    return createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x } });
  } catch {
    return null;
  }
}
