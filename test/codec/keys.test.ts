/** The keys' file: what it may hold, and that what is wrong is said without what is in it. */
import { randomBytes } from 'node:crypto';
import { readCodecKeys } from '../../src/codec/keys.ts';
import { secretsIn } from '../../src/config/secrets.ts';

const key = (): string => randomBytes(32).toString('base64');

test('one a line, in their order; comments, blanks and quotes are taken', () => {
  const [newer, older] = [key(), key()];
  const { keys, problems } = readCodecKeys(`# of November\n2026-11: "${newer}"\n\n  2026-05:   ${older}\r\n`);
  expect(problems).toEqual([]);
  expect(keys.map(({ id, bytes }) => [id, Buffer.from(bytes).toString('base64')])).toEqual([
    ['2026-11', newer],
    ['2026-05', older],
  ]);
});

const good = key();
test.each([
  ['no key at all', '# nothing yet\n', 'it holds no key'],
  ['no id', good, 'line 1 is no "id: key"'],
  ['an id with a blank', `a b: ${good}`, 'line 1 is no "id: key"'],
  ['another text', 'a: not base64!', 'line 1 holds no base64 for "a"'],
  ['a short key', `a: ${randomBytes(16).toString('base64')}`, 'line 1 holds 16 bytes for "a"; expected 32'],
  ['a key of one letter', `a: ${Buffer.alloc(32, 'k').toString('base64')}`, 'a key for "a" that can be guessed'],
  ['an id twice', `a: ${good}\na: ${key()}`, 'line 2 names "a" a second time'],
  ['a key twice', `a: ${good}\nb: ${good}`, 'line 2 gives "b" the key of "a"'],
])('%s is told, and no key with it', (_what, text, said) => {
  const { problems } = readCodecKeys(text);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(said);
  expect(problems.join()).not.toContain(good);
});

test('every key is cut out of what is written', () => {
  const [newer, older] = [key(), key()];
  expect(secretsIn({ TEMPORAL_CODEC_KEYS: `b: ${newer}\na: '${older}'` })).toEqual([newer, older]);
});
