/**
 * Payloads in cipher: AES-256-GCM under the first key, with a fresh nonce each. Key id and encoding stand in the clear
 * and are bound, so that a payload under another's name does not open. What is not in cipher is read as it is: older
 * histories, and other clients.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { METADATA_ENCODING_KEY } from '@temporalio/common';
import type { Payload, PayloadCodec } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import { CodecError } from './errors.ts';
import type { CodecKey } from './keys.ts';

const ENCODING = 'binary/encrypted';
const KEY_ID = 'encryption-key-id';
const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

const { Payload: wire } = temporal.api.common.v1;

/** Without keys it seals nothing, and says of what is sealed which key is lacking. */
export function createCodec(keys: readonly CodecKey[]): PayloadCodec {
  const [first] = keys;
  const byId = new Map(keys.map((key) => [key.id, key]));
  return {
    encode: async (payloads) => (first === undefined ? payloads : payloads.map((payload) => seal(payload, first))),
    decode: async (payloads) => payloads.map((payload) => open(payload, byId)),
  };
}

/** Of a payload in cipher the id of its key; null: it is in the clear. */
export function keyIdOf({ metadata }: Payload): string | null {
  if (textOf(metadata?.[METADATA_ENCODING_KEY]) !== ENCODING) return null;
  return textOf(metadata?.[KEY_ID]);
}

/** Nonce, cipher and tag, in this order. */
function seal(payload: Payload, { id, bytes }: CodecKey): Payload {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, bytes, nonce).setAAD(boundTo(id));
  const sealed = [nonce, cipher.update(wire.encode(payload).finish()), cipher.final(), cipher.getAuthTag()];
  return {
    metadata: { [METADATA_ENCODING_KEY]: Buffer.from(ENCODING), [KEY_ID]: Buffer.from(id) },
    data: Buffer.concat(sealed),
  };
}

function open(payload: Payload, keys: ReadonlyMap<string, CodecKey>): Payload {
  const id = keyIdOf(payload);
  if (id === null) return payload;
  const key = keys.get(id);
  if (key === undefined) throw sealed(id, [...keys.keys()]);
  const data = payload.data ?? new Uint8Array();
  try {
    const cipher = createDecipheriv(ALGORITHM, key.bytes, data.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
    cipher.setAAD(boundTo(id)).setAuthTag(data.subarray(-TAG_BYTES));
    const opened = Buffer.concat([cipher.update(data.subarray(NONCE_BYTES, -TAG_BYTES)), cipher.final()]);
    // A plain object: what is decoded goes on as what was never in cipher does.
    const { metadata, data: inner } = wire.decode(opened);
    return { metadata, data: inner };
  } catch (cause) {
    throw new CodecError(
      'history-damaged',
      `A payload of this history does not open under its key "${id}".`,
      `Put the key that was "${id}" back into TEMPORAL_CODEC_KEYS; if it is that one, the payload was changed by another hand.`,
      { cause },
    );
  }
}

function boundTo(id: string): Buffer {
  return Buffer.from(`${ENCODING}\n${id}`);
}

function sealed(id: string, known: readonly string[]): CodecError {
  const here = known.length === 0 ? 'no key is set here' : `the keys here are ${known.join(', ')}`;
  return new CodecError(
    'history-sealed',
    `This history is in cipher under the key "${id}", and ${here}.`,
    `Add the key "${id}" to TEMPORAL_CODEC_KEYS (or the file that TEMPORAL_CODEC_KEYS_FILE names); docs/cipher.md tells how keys are changed.`,
  );
}

function textOf(bytes: Uint8Array | null | undefined): string {
  return Buffer.from(bytes ?? []).toString('utf8');
}
