/**
 * C2SP signed notes with Ed25519 (c2sp.org/signed-note), and their keys in the text form that Go's sumdb/note reads and
 * writes:
 * `<name>+<key id>+<base64 of 0x01 ‖ public key>`, and `PRIVATE+KEY+` before it for the private one.
 */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign as signBytes,
  verify as verifyBytes,
} from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { AuditError } from './errors.ts';

export interface Verifier {
  readonly name: string;
  /** As text, to be handed to others. */
  readonly text: string;
  readonly keyId: Buffer;
  readonly publicKey: KeyObject;
}

export interface Signer extends Verifier {
  readonly privateKey: KeyObject;
}

/** `text` ends with a newline; what comes back is the whole note. */
export function signNote(text: string, signer: Signer): string {
  const signature = signBytes(null, Buffer.from(text, 'utf8'), signer.privateKey);
  return `${text}\n${DASH}${signer.name} ${Buffer.concat([signer.keyId, signature]).toString('base64')}\n`;
}

/** The text of a note that the key has signed; null otherwise. Signatures of other keys are passed over. */
export function openNote(note: string, verifier: Verifier): string | null {
  const end = note.lastIndexOf('\n\n');
  if (end < 0 || !note.endsWith('\n') || hasControls(note)) return null;
  const text = note.slice(0, end + 1);
  const lines = note.slice(end + 2, -1).split('\n');
  const signatures = lines.map((line) => SIGNATURE.exec(line)?.groups);
  if (signatures.some((groups) => groups === undefined)) return null;
  const ours = signatures
    .filter((groups) => groups?.['name'] === verifier.name)
    .map((groups) => canonicalBytes(groups?.['signature'] ?? ''))
    .filter((bytes) => bytes.subarray(0, 4).equals(verifier.keyId));
  const isGenuine =
    ours.length > 0 &&
    ours.every((bytes) => verifyBytes(null, Buffer.from(text, 'utf8'), verifier.publicKey, bytes.subarray(4)));
  return isGenuine ? text : null;
}

/** A new pair; the private text is the only thing to keep. */
export function generateKey(name: string): { readonly privateText: string; readonly signer: Signer } {
  const { privateKey } = generateKeyPairSync('ed25519');
  const seed = privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(-KEY_BYTES);
  const keyId = keyIdOf(checkedName(name), publicBytes(createPublicKey(privateKey)));
  const privateText = `${PRIVATE}${name}+${keyId.toString('hex')}+${Buffer.concat([ED25519, seed]).toString('base64')}`;
  return { privateText, signer: parseSigner(privateText) };
}

export function parseSigner(text: string): Signer {
  const trimmed = text.trim();
  if (!trimmed.startsWith(PRIVATE)) throw invalid('The audit signing key does not begin with PRIVATE+KEY+.');
  const { name, keyId, key } = partsOf(trimmed.slice(PRIVATE.length));
  const privateKey = createPrivateKey({ key: Buffer.concat([PKCS8, key]), format: 'der', type: 'pkcs8' });
  const verifier = verifierOf(name, publicBytes(createPublicKey(privateKey)));
  if (!verifier.keyId.equals(keyId)) throw invalid('The audit signing key is damaged: its id is not that of its key.');
  return { ...verifier, privateKey };
}

export function parseVerifier(text: string): Verifier {
  const { name, keyId, key } = partsOf(text.trim());
  const verifier = verifierOf(name, key);
  if (!verifier.keyId.equals(keyId)) throw invalid('The public key is damaged: its id is not that of its key.');
  return verifier;
}

const DASH = '\u2014 ';
const SIGNATURE = /^\u2014 (?<name>[^\s+]+) (?<signature>[A-Za-z0-9+/]+={0,2})$/u;
const PRIVATE = 'PRIVATE+KEY+';
const ED25519 = Uint8Array.of(1);
const KEY_BYTES = 32;
/** What DER puts before the 32 bytes of an Ed25519 key (RFC 8410). */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');

function verifierOf(name: string, key: Buffer): Verifier {
  const publicKey = createPublicKey({ key: Buffer.concat([SPKI, key]), format: 'der', type: 'spki' });
  const keyId = keyIdOf(name, key);
  return {
    name,
    keyId,
    publicKey,
    text: `${name}+${keyId.toString('hex')}+${Buffer.concat([ED25519, key]).toString('base64')}`,
  };
}

/** The base64 may hold `+` itself, so only the first two count. */
function partsOf(text: string): { name: string; keyId: Buffer; key: Buffer } {
  const { name, id, key } =
    /^(?<name>[^\s+]+)\+(?<id>[0-9a-f]{8})\+(?<key>[A-Za-z0-9+/]+={0,2})$/u.exec(text)?.groups ?? {};
  const bytes = Buffer.from(key ?? '', 'base64');
  if (name === undefined || id === undefined || bytes.length !== KEY_BYTES + 1 || bytes[0] !== 1) {
    throw invalid('The key is not of the form <name>+<8 hexadecimal digits>+<base64 of an Ed25519 key>.');
  }
  return { name, keyId: Buffer.from(id, 'hex'), key: bytes.subarray(1) };
}

function keyIdOf(name: string, key: Uint8Array): Buffer {
  return createHash('sha256').update(`${name}\n`).update(ED25519).update(key).digest().subarray(0, 4);
}

function publicBytes(key: KeyObject): Buffer {
  return key.export({ format: 'der', type: 'spki' }).subarray(-KEY_BYTES);
}

function checkedName(name: string): string {
  if (/^[^\s+\p{Cc}]{1,200}$/u.test(name)) return name;
  throw invalid('The name of an audit key has 1 to 200 characters, without white space and without +.');
}

/**
 * One text for one signature: base64 whose last bits are not zero would read the same, and so be a note that was never
 * written.
 */
function canonicalBytes(base64: string): Buffer {
  const bytes = Buffer.from(base64, 'base64');
  return bytes.toString('base64') === base64 ? bytes : Buffer.alloc(0);
}

function hasControls(note: string): boolean {
  return /(?!\n)\p{Cc}/u.test(note);
}

function invalid(message: string): AuditError {
  return new AuditError(
    'audit-key-invalid',
    message,
    'Make a pair with `assist-rollouts audit key --new <name> --to <file>`, or copy the key again, whole.',
  );
}
