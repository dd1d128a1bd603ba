/** operators.yaml and keys, as a person makes them. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findOperatorKey } from '../../src/compose/operator-key.ts';
import { openOperators } from '../../src/identity/operators-file.ts';
import { cli } from '../cli/fixtures.ts';

let folder: string;
let env: Record<string, string>;
const file = (): string => join(folder, 'operators.yaml');

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'operators-'));
  env = { XDG_CONFIG_HOME: folder, OPERATORS_FILE: file() };
});
afterEach(() => rm(folder, { recursive: true }));

const run = (...args: string[]) => cli(['operator', ...args], { env });

test('a person is added with a key of their own, listed, and taken out; comments stay', async () => {
  expect(await run('add', 'ana', '--role', 'admin', '--group', 'leads')).toMatchObject({ code: 0 });
  const key = join(folder, 'assist-rollouts', 'operator-key.json');
  expect((await stat(key)).mode & 0o777).toBe(0o600);
  const found = findOperatorKey(env);
  expect(found?.name).toBe('ana');
  await writeFile(file(), `# ours\n${await readFile(file(), 'utf8')}`);
  expect(await run('add', 'ben', '--public-key', 'B'.repeat(43))).toMatchObject({ code: 0 });
  const { stdout } = await run('list');
  expect(stdout).toMatch(/^who +key +groups +may\nana .*leads +admin\nben .*operator\n$/);
  expect((await run('key')).stdout).toBe(`ana ${found?.publicKey}\n`);
  expect(await run('remove', 'ana')).toMatchObject({ code: 0 });
  const text = await readFile(file(), 'utf8');
  expect(text).toMatch(/^# ours\n/);
  expect(text).not.toContain('ana');
  expect(text).not.toContain('"d"');
});

test.each<[string, string[], string]>([
  ['a name of the engine', ['add', 'еngine'], 'part of the engine'],
  ['a role that is none', ['add', 'ana', '--role', 'root'], 'root'],
  ['a key that is none', ['add', 'ana', '--public-key', 'x'], '43 characters'],
  ['nobody', ['remove', 'zoe'], 'no operator "zoe"'],
  ['a name that looks like one there', ['add', 'Ben', '--public-key', 'C'.repeat(43)], 'look alike'],
  ['a key that is taken', ['add', 'cleo', '--public-key', 'B'.repeat(43)], 'keys are the same'],
])('%s: one sentence, and nothing is changed', async (_what, args, word) => {
  await run('add', 'ben', '--public-key', 'B'.repeat(43));
  const before = await readFile(file(), 'utf8');
  const { code, stderr } = await run(...args);
  expect(code).toBe(2);
  expect(stderr).toContain(word);
  expect(await readFile(file(), 'utf8')).toBe(before);
  expect(findOperatorKey(env)).toBeNull();
});

test.each(['root:x:0', '- a', 'operators: [', 'operators: {}', 'operators: &a [*a]', '!x operators: []'])(
  'nobody is added to what is no list of operators: %j',
  async (text) => {
    await writeFile(file(), text);
    const { code, stderr } = await run('add', 'ben', '--public-key', 'B'.repeat(43));
    expect(code).toBe(2);
    expect(stderr).toMatch(/operators.yaml was not changed: .+\.\nMend it/);
    expect(await readFile(file(), 'utf8')).toBe(text);
  },
);

test('of many who are added at once all are there; a key is never overwritten', async () => {
  const keys = ['A', 'B', 'C', 'D', 'E'].map((letter) => letter.repeat(43));
  await Promise.all(keys.map((key, index) => run('add', `p${index + 2}x`, '--public-key', key)));
  expect((JSON.parse((await run('list', '--json')).stdout) as { operators: unknown[] }).operators).toHaveLength(5);
  await run('add', 'ana');
  const before = findOperatorKey(env)?.publicKey;
  expect(await run('add', 'zoe')).toMatchObject({ code: 2 });
  expect(findOperatorKey(env)?.publicKey).toBe(before);
});

test('a change counts at once; a file that is broken counts for nothing, loudly, until it is mended', async () => {
  await run('add', 'ana', '--role', 'admin');
  const said: string[] = [];
  const logger = { error: (_: object, text: string) => said.push(`error ${text}`), info: () => undefined };
  const source = await openOperators(file(), logger);
  const names = async () => (await source.now()).operators.map(({ name }) => name);
  expect(await names()).toEqual(['ana']);
  await run('add', 'ben', '--public-key', 'B'.repeat(43));
  expect(await names()).toEqual(['ana', 'ben']);
  const good = await readFile(file(), 'utf8');
  await writeFile(file(), 'operators: [{ name: ana');
  expect(await names()).toEqual(['ana', 'ben']);
  expect(await names()).toEqual(['ana', 'ben']);
  expect(said).toEqual([expect.stringMatching(/^error .*Mend it now$/)]);
  await rm(file());
  expect(await names()).toEqual(['ana', 'ben']);
  expect(said).toHaveLength(2);
  await writeFile(file(), good.replace('name: ben', 'name: cleo'));
  expect(await names()).toEqual(['ana', 'cleo']);
  await expect(openOperators(join(folder, 'none.yaml'), logger)).rejects.toMatchObject({ code: 'operators-invalid' });
});

test.each<[what: string, spoil: (path: string) => Promise<unknown>]>([
  ['emptied, as it is in the middle of being written', (path) => writeFile(path, '')],
  ['all comment', (path) => writeFile(path, '# operators: []\n')],
  ['no text', (path) => writeFile(path, Buffer.from('operators: []', 'utf16le'))],
  ['a folder', (path) => rm(path).then(() => mkdir(path))],
  ['a pipe that nobody writes to', (path) => rm(path).then(() => promisify(execFile)('mkfifo', [path]))],
  ['a device without an end', (path) => rm(path).then(() => symlink('/dev/zero', path))],
  ['a link in a circle', (path) => rm(path).then(() => symlink(path, path))],
  ['tagged for another tool', (path) => writeFile(path, 'operators: !include []')],
])('a file that is %s takes nobody out, holds nobody up, and is told at once', async (_what, spoil) => {
  await run('add', 'ana', '--role', 'admin');
  const said: string[] = [];
  const logger = { error: (_: object, text: string) => said.push(text), info: () => undefined };
  const source = await openOperators(file(), logger);
  await spoil(file());
  expect((await source.now()).operators.map(({ name }) => name)).toEqual(['ana']);
  expect(said).toEqual([expect.stringMatching(/Mend it now$/)]);
  const { code, stderr } = await run('list');
  expect(code).toBe(2);
  expect(stderr).toMatch(/operators.yaml cannot be used:\n.+\.\nMend the file/);
});
