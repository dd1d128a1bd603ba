import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeFolder } from '../../src/files/make-folder.ts';

let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'folders-'));
});
afterEach(() => rm(root, { recursive: true }));

test('a folder and those above it are made for their owner only, and one that is there is left alone', async () => {
  const folder = join(root, 'a', 'b');
  makeFolder(folder);
  makeFolder(folder);
  for (const one of [folder, join(folder, '..')]) expect((await stat(one)).mode & 0o777).toBe(0o700);
});

test('what leads through a file is said to', async () => {
  const file = join(root, 'file');
  await writeFile(file, '');
  expect(() => makeFolder(join(file, 'a', 'b'))).toThrow('ENOTDIR');
});

test('where no folder can be, that is said at once', () => {
  expect(() => makeFolder('/proc/self/nothing/here')).toThrow(/ENOENT|EROFS|EACCES/);
});
