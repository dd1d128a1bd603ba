/** The program as it was built, with an output that cannot take what it prints. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const MAIN = join(__dirname, '../../dist/src/cli/main.js');
const shell = (script: string) =>
  promisify(execFile)('/bin/sh', ['-c', script, 'sh', process.execPath, MAIN]).then(
    () => ({ code: 0, stderr: '' }),
    ({ code, stderr }: { code: number; stderr: string }) => ({ code, stderr }),
  );
/** A disk without room; where there is none, a descriptor that was closed is no place to write either. */
const FULL = existsSync('/dev/full') ? '>/dev/full' : '>&-';

test('a result that cannot be written is one sentence and an exit code, not a stack', async () => {
  const { code, stderr } = await shell(`"$1" "$2" --help ${FULL}`);
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^error What was to be printed could not be written \(\w+\)\.\nMake room where the output goes, and run the command again\.\n$/,
  );
});

test('a reader who has seen enough is no error', async () => {
  expect(await shell('"$1" "$2" --help | head -1 >/dev/null')).toEqual({ code: 0, stderr: '' });
});
