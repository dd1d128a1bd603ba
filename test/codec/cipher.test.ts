/** One payload in cipher: what stands in the clear, what opens it, and what does not. */
import type { Payload } from '@temporalio/common';
import { defaultPayloadConverter } from '@temporalio/common';
import { randomBytes } from 'node:crypto';
import { createCodec, keyIdOf } from '../../src/codec/cipher.ts';
import type { CodecKey } from '../../src/codec/keys.ts';

const keyOf = (id: string): CodecKey => ({ id, bytes: randomBytes(32) });
const [first, second] = [keyOf('k1'), keyOf('k2')];
const payloadOf = (value: unknown): Payload => {
  const payload = defaultPayloadConverter.toPayload(value);
  if (payload === undefined) throw new Error('no payload');
  return payload;
};

async function seal(value: unknown, ...keys: CodecKey[]): Promise<Payload> {
  const [sealed] = await createCodec(keys).encode([payloadOf(value)]);
  if (sealed === undefined) throw new Error('nothing was sealed');
  return sealed;
}

async function open(payload: Payload, ...keys: CodecKey[]): Promise<unknown> {
  const [opened] = await createCodec(keys).decode([payload]);
  return defaultPayloadConverter.fromPayload(opened as Payload);
}

const metadataOf = ({ metadata }: Payload) =>
  Object.fromEntries(Object.entries(metadata ?? {}).map(([name, bytes]) => [name, Buffer.from(bytes).toString()]));

test.each([
  [{ html: '<p>Refunds</p>', n: 1.5, list: [null, 'ü'] }],
  [null],
  [undefined],
  [new Uint8Array([0, 255, 7])],
])('%j comes back as it went', async (value) => {
  const sealed = await seal(value, first);
  expect(metadataOf(sealed)).toEqual({ encoding: 'binary/encrypted', 'encryption-key-id': 'k1' });
  expect(Buffer.from(sealed.data ?? []).includes('Refunds')).toBe(false);
  expect(await open(sealed, first)).toEqual(value);
});

test('the same value twice is two ciphers', async () => {
  const [one, other] = [await seal('x', first), await seal('x', first)];
  expect(Buffer.from(one.data ?? []).equals(Buffer.from(other.data ?? []))).toBe(false);
});

test('the first key seals, all open; what is in the clear is read as it is', async () => {
  const old = await seal('old', first);
  const fresh = await seal('new', second, first);
  expect([keyIdOf(old), keyIdOf(fresh), keyIdOf(payloadOf('clear'))]).toEqual(['k1', 'k2', null]);
  expect(await open(old, second, first)).toBe('old');
  expect(await open(fresh, second, first)).toBe('new');
  expect(await open(payloadOf('clear'), second, first)).toBe('clear');
});

test('without keys nothing is sealed, and what is sealed is said to be, with its key and the way out', async () => {
  expect(keyIdOf(await seal('x'))).toBeNull();
  await expect(open(await seal('x', first))).rejects.toMatchObject({
    code: 'history-sealed',
    message: 'This history is in cipher under the key "k1", and no key is set here.',
    remedy: expect.stringContaining('Add the key "k1" to TEMPORAL_CODEC_KEYS'),
  });
  await expect(open(await seal('x', first), second)).rejects.toMatchObject({
    code: 'history-sealed',
    message: expect.stringContaining('the keys here are k2'),
  });
});

const changed = (payload: Payload, change: (data: Buffer) => void): Payload => {
  const data = Buffer.from(payload.data ?? []);
  change(data);
  return { ...payload, data };
};

test.each<[string, (sealed: Payload) => Payload]>([
  ['its nonce is changed', (sealed) => changed(sealed, (data) => void (data[0] = (data[0] ?? 0) ^ 1))],
  ['its text is changed', (sealed) => changed(sealed, (data) => void (data[14] = (data[14] ?? 0) ^ 1))],
  ['its tag is changed', (sealed) => changed(sealed, (data) => void (data[data.length - 1] = (data.at(-1) ?? 0) ^ 1))],
  ['it is cut short', (sealed) => ({ ...sealed, data: (sealed.data ?? new Uint8Array()).subarray(0, 20) })],
  ['it is empty', ({ metadata }) => ({ ...(metadata && { metadata }) })],
])('it does not open where %s', async (_what, change) => {
  await expect(open(change(await seal({ a: 'long enough' }, first)), first)).rejects.toMatchObject({
    code: 'history-damaged',
    message: expect.stringContaining('"k1"'),
  });
});

test('it does not open under the same key by another name: its id is bound', async () => {
  const sealed = await seal('x', first);
  const renamed = { ...sealed, metadata: { ...sealed.metadata, 'encryption-key-id': Buffer.from('k9') } };
  await expect(open(renamed, { ...first, id: 'k9' })).rejects.toMatchObject({ code: 'history-damaged' });
});
