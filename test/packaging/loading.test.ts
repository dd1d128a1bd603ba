/** What a verb need not have is not loaded for it: Temporal's worker alone takes longer to load than the help to print. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../helpers/sources.ts';

const MAIN = join(ROOT, 'dist/src/cli/main.js');
const PRINTS_LOADED = `
process.on('exit', () => console.error(JSON.stringify(Object.keys(require.cache))));
process.argv = [process.argv[0], ${JSON.stringify(MAIN)}, ...process.argv.slice(1)];
require(${JSON.stringify(MAIN)});
`;

async function loadedFor(...args: readonly string[]): Promise<readonly string[]> {
  const { stderr } = await promisify(execFile)(process.execPath, ['-e', PRINTS_LOADED, '--', ...args]);
  return JSON.parse(stderr) as string[];
}

test.each([[['--help']], [['worker', '--help']], [['dev', '--help']]])(
  'Temporal’s worker is not loaded for %j',
  async (args) => {
    const loaded = await loadedFor(...args);
    expect(loaded).toContain(MAIN);
    expect(loaded.filter((file) => file.includes('/@temporalio/worker/'))).toEqual([]);
  },
);

test('no verb is loaded for the version', async () => {
  const loaded = await loadedFor('--version');
  expect(loaded).toContain(MAIN);
  expect(loaded.filter((file) => file.includes('/cli/commands/'))).toEqual([]);
});
