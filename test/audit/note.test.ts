import { openCheckpoint, signCheckpoint } from '../../src/audit/checkpoint.ts';
import { leafHash } from '../../src/audit/hash.ts';
import { generateKey, openNote, parseSigner, parseVerifier, signNote } from '../../src/audit/note.ts';
import { NOON } from '../helpers/events.ts';

/** Key, text and note that the documentation of Go's golang.org/x/mod/sumdb/note shows. */
const PETER = {
  private: 'PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz',
  public: 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
  text: "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n",
  signature:
    '\u2014 PeterNeumann ' +
    'x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n',
};

test('a key and a note made by others are read, and the same note is made from the same key', () => {
  const signer = parseSigner(PETER.private);
  expect(signer.text).toBe(PETER.public);
  const note = `${PETER.text}\n${PETER.signature}`;
  expect(signNote(PETER.text, signer)).toBe(note);
  expect(openNote(note, parseVerifier(PETER.public))).toBe(PETER.text);
});

test('no single changed character of a checkpoint passes', () => {
  const { signer } = generateKey('log.example/audit');
  const note = signCheckpoint({ size: 42, root: leafHash('x'), at: new Date(NOON) }, signer);
  expect(openCheckpoint(note, parseVerifier(signer.text))).toEqual({
    origin: 'log.example/audit',
    size: 42,
    root: leafHash('x'),
    signedAt: '2026-03-01T12:00:00.000Z',
  });
  for (let at = 0; at < note.length; at += 1) {
    for (const other of ['A', '7', '\n', ' ']) {
      const changed = note.slice(0, at) + other + note.slice(at + 1);
      if (changed !== note) expect([at, openCheckpoint(changed, signer)]).toEqual([at, null]);
    }
  }
});

test('signatures of others beside ours do not matter; a checkpoint of another log or another key of the same name does not count', () => {
  const { signer } = generateKey('log.example/audit');
  const { signer: witness } = generateKey('witness.example');
  const { signer: imposter } = generateKey('log.example/audit');
  const note = signCheckpoint({ size: 7, root: leafHash('x'), at: new Date(NOON) }, signer);
  const witnessed = note + signNote(note.slice(0, note.indexOf('\n\n') + 1), witness).split('\n\n')[1];
  expect(openCheckpoint(witnessed, signer)?.size).toBe(7);
  expect(openCheckpoint(witnessed, witness)).toBeNull();
  expect(
    openCheckpoint(signCheckpoint({ size: 7, root: leafHash('x'), at: new Date(NOON) }, imposter), signer),
  ).toBeNull();
});

test.each([
  ['no key at all', 'hello'],
  ['a public key where a private one is needed', PETER.public],
  ['a damaged key', PETER.private.replace('AYEKF', 'AYEKE')],
  ['a wrong id', PETER.private.replace('c74f20a3', 'c74f20a4')],
])('%s is refused', (_what, text) => {
  expect(() => parseSigner(text)).toThrow(expect.objectContaining({ code: 'audit-key-invalid' }) as Error);
});
