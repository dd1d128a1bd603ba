/** A plan that is piped in. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fromStdin } from '../../src/lint/from-stdin.ts';
import { FROM_DISK, lintFiles } from '../../src/lint/lint.ts';
import { ROOT } from '../helpers/sources.ts';

const EXAMPLE = join(ROOT, 'examples', 'refund-assist-1.5.0.yaml');

function lintPiped(chunks: readonly (string | Buffer)[], files: readonly string[] = ['-']) {
  return lintFiles(files, { ...FROM_DISK, readFile: fromStdin(FROM_DISK.readFile, Readable.from(chunks)) });
}

async function asSeenFromHere(): Promise<string> {
  const text = await readFile(EXAMPLE, 'utf8');
  return text.replace(/file: (\S+\.html)/, 'file: examples/$1');
}

test('- is the plan that comes in by stdin, its card as seen from the working folder, beside files', async () => {
  const text = await asSeenFromHere();
  const half = text.length / 2;
  const results = await lintPiped([text.slice(0, half), text.slice(half)], ['-', EXAMPLE, '-']);
  expect(results.map(({ file, ok, problems }) => [file, ok, problems])).toEqual([
    ['-', true, []],
    [EXAMPLE, true, []],
    ['-', true, []],
  ]);
});

test.each([
  ['nothing', [''], /empty|nothing/i],
  ['what is no text', [Buffer.from([0xff, 0xfe, 0])], /no UTF-8 text/],
  ['more than a plan may have', ['#'.repeat(1024 * 1024), '##'], /more than 1048576 bytes/],
])('%s is one problem of -', async (_what, chunks, says) => {
  const [result] = await lintPiped(chunks);
  expect(result).toMatchObject({
    file: '-',
    ok: false,
    problems: [{ message: expect.stringMatching(says) as string }],
  });
});
