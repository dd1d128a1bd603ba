/** What `retention` holds back for a run, asked of a real Temporal server. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@temporalio/client';
import { openDatabase } from '../../src/store/open.ts';
import { saveRollout } from '../../src/store/rollouts.ts';
import { rolloutRow } from '../helpers/rollout-row.ts';
import { NOON } from '../helpers/events.ts';
import { testTemporal } from '../helpers/temporal.ts';
import { cli, jsonLines } from './fixtures.ts';
import { patientConnection } from '../helpers/patient-client.ts';

const DAY = 86_400_000;
const home = mkdtempSync(join(tmpdir(), 'retention-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

test('a run that was terminated, or that Temporal has forgotten, holds nothing back and is said; one that goes on does; without Temporal the output says so', async () => {
  const { address, namespace } = await testTemporal();
  const connection = await patientConnection(address);
  const { workflow } = new Client({ connection, namespace });
  const begin = (workflowId: string) => workflow.start('rollout', { taskQueue: 'nobody', workflowId, args: [] });
  const db = await openDatabase({ kind: 'pglite', dataDir: join(home, 'database') });
  const row = (workflowId: string, rolloutId: string, days: number) =>
    saveRollout(
      db,
      rolloutRow({ rolloutId, workflowId, action: 'Card', version: '1', startedAt: new Date(NOON - days * DAY) }),
    );
  const terminated = await begin('rollout/Terminated');
  await terminated.terminate('gone');
  const running = await begin('rollout/Running');
  await row('rollout/Terminated', terminated.firstExecutionRunId, 200);
  await row('rollout/Forgotten', '5d9bd6ac-0000-4000-8000-000000000000', 150);
  await row('rollout/Running', running.firstExecutionRunId, 100);
  await db.close();
  const retain = async (env: Record<string, string>, ...args: string[]) =>
    cli(['retention', '--older-than', '90d', '--dry-run', ...args], {
      env: { ASSIST_ROLLOUTS_HOME: home, ...env },
      now: () => NOON,
    });

  const asked = { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace };
  const { stdout } = await retain(asked, '--json');
  expect(jsonLines(stdout)).toMatchObject([
    {
      heldBackBy: running.firstExecutionRunId,
      before: new Date(NOON - 100 * DAY).toISOString(),
      rollouts: 2,
      takenAsOver: [
        { rolloutId: terminated.firstExecutionRunId, old: true },
        { rolloutId: '5d9bd6ac-0000-4000-8000-000000000000', old: true },
      ],
    },
  ]);
  await running.terminate('over');
  const told = (await retain(asked)).stdout;
  expect(told).toContain(
    `The rollout ${running.firstExecutionRunId} never told of its end and is taken as over: Temporal knows no ` +
      'such run that goes on; it was last heard of at',
  );
  expect(told).not.toContain('stay for now');
  const alone = (await retain({ TEMPORAL_ADDRESS: '127.0.0.1:1' })).stdout;
  expect(alone).toContain('is taken as over: Temporal cannot be asked, and it was last heard of at');
  await connection.close();
});
