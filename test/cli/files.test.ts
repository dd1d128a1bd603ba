import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makePrivateFolder, writePrivateFile } from '../../src/cli/files.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assist-files-'));
});
afterEach(() => rm(folder, { recursive: true }));
const modeOf = async (path: string): Promise<string> => ((await stat(path)).mode & 0o777).toString(8);

test('the folder of dev is for its owner: a new one, and one of ours that was for everybody', async () => {
  const home = join(folder, 'a', 'home');
  await makePrivateFolder(home);
  expect(await modeOf(home)).toBe('700');
  for (const ours of ['database', 'database.lock', 'temporal.sqlite-wal', 'signing-secret'])
    await writeFile(join(home, ours), '');
  await chmod(home, 0o755);
  await makePrivateFolder(home);
  expect(await modeOf(home)).toBe('700');
});

test('a folder that holds what is not ours is left as it is', async () => {
  await mkdir(join(folder, 'shared', 'projects'), { recursive: true });
  await chmod(join(folder, 'shared'), 0o755);
  await makePrivateFolder(join(folder, 'shared'));
  expect(await modeOf(join(folder, 'shared'))).toBe('755');
});

test('a private file is one also where a file was', async () => {
  const file = join(folder, 'record.json');
  await writeFile(file, 'old', { mode: 0o644 });
  await writePrivateFile(file, 'new');
  expect([await readFile(file, 'utf8'), await modeOf(file)]).toEqual(['new', '600']);
});
