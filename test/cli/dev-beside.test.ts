/** A start beside a `dev` that was started for another target. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { targetOfDev, tellDev } from '../../src/local/dev-beside.ts';
import { ROOT } from '../helpers/sources.ts';
import { cli } from './fixtures.ts';

const ref = { workflowId: 'rollout/RefundAssist', runId: 'run-1', url: null };
const ADDRESS = '127.0.0.1:7233';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'dev-beside-'));
});
afterEach(() => rm(home, { recursive: true }));

const start = (plan: string, env: Readonly<Record<string, string>> = {}) =>
  cli(['start', join(ROOT, 'examples/demo', plan)], {
    env: { ASSIST_ROLLOUTS_HOME: home, ...env },
    configurator: { startRollout: () => Promise.resolve(ref) },
  });

test('a plan for another target is warned of, with both ways out, and started all the same', async () => {
  await tellDev(home, { target: 'assistPanel', address: ADDRESS });
  const { code, stderr, stdout } = await start('1.5.0.yaml');
  expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('Started ') });
  expect(stderr).toMatch(
    /^warning The plan is for agentAssistActions, and the `dev` that runs here shows cards on assistPanel.*--target agentAssistActions, or write target: \{ kind: assistPanel \}/,
  );
  expect((await start('panel-1.5.0.yaml')).stderr).toBe('');
});

test('nothing is said of a dev that has ended, that was killed, or whose Temporal is another', async () => {
  const takeBack = await tellDev(home, { target: 'assistPanel', address: ADDRESS });
  expect((await start('1.5.0.yaml', { TEMPORAL_ADDRESS: '127.0.0.1:7999' })).stderr).toBe('');
  expect(await targetOfDev(home, 'localhost:7233')).toBe('assistPanel');
  await takeBack();
  expect((await start('1.5.0.yaml')).stderr).toBe('');
  await writeFile(join(home, 'dev.json'), JSON.stringify({ pid: 2 ** 30, target: 'assistPanel', address: ADDRESS }));
  expect((await start('1.5.0.yaml')).stderr).toBe('');
  await writeFile(join(home, 'dev.json'), '{');
  expect((await start('1.5.0.yaml')).stderr).toBe('');
});
