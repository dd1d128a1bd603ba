/** A worker process is killed (SIGKILL) in the middle of a watch; another goes on where it stopped. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import type { Plan } from '../../src/domain/plan/plan.ts';
import { startIngest } from '../../src/ingest/server.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { loadJudgeState } from '../../src/store/judge-states.ts';
import { ROLLOUT_WORKFLOW, ROLLOUTS_QUEUE, rolloutWorkflowId, statusQuery } from '../../src/workflows/messages.ts';
import type { rollout } from '../../src/workflows/rollout.ts';
import { describeSharedPostgres } from '../helpers/database.ts';
import { patientPlan } from '../helpers/stack.ts';
import { testTemporal } from '../helpers/temporal.ts';
import { patientClient } from '../helpers/patient-client.ts';
import { openPatiently } from '../helpers/patient-store.ts';
import { newSecret } from '../helpers/push.ts';

jest.setTimeout(300_000);

const MAIN = join(__dirname, '../../dist/src/cli/main.js');

/** Long enough to be killed in. */
const plan = (): Promise<Plan> => patientPlan(15_000, 105_000);

describeSharedPostgres('workers on PostgreSQL', (postgres) => {
  test('a killed worker costs seconds: the rollout goes on, no card is judged twice, and the end is proven', async () => {
    const { address, namespace } = await testTemporal();
    const url = await postgres().createDatabase();
    const db = await openPatiently(url);
    const secret = newSecret();
    const ingest = await startIngest({ db, secrets: [secret], now: Date.now, port: 0 });
    const sandbox = await startSandbox({ traffic: { cardsPerSecond: 60 } });
    const connection = await Connection.connect({ address });
    const client = patientClient({ connection, namespace });
    const children: ChildProcess[] = [];
    const startWorker = (): ChildProcess => {
      const child = spawn(process.execPath, [MAIN, 'worker', '--json'], {
        stdio: ['ignore', 'ignore', 'inherit'],
        env: {
          PATH: process.env.PATH,
          TEMPORAL_ADDRESS: address,
          TEMPORAL_NAMESPACE: namespace,
          DATABASE_URL: url,
          GENESYS_CLIENT_ID: 'sandbox-client',
          GENESYS_CLIENT_SECRET: 'sandbox-secret',
          GENESYS_LOGIN_URL: sandbox.url,
          GENESYS_API_URL: sandbox.url,
          EVENTS_PUBLIC_URL: ingest.url,
          EVENTS_SIGNING_SECRETS: secret,
        },
      });
      children.push(child);
      return child;
    };
    try {
      const first = startWorker();
      const rolloutPlan = await plan();
      const handle = await client.workflow.start<typeof rollout>(ROLLOUT_WORKFLOW, {
        workflowId: rolloutWorkflowId(rolloutPlan.action.name),
        taskQueue: ROLLOUTS_QUEUE,
        args: [{ plan: rolloutPlan, startedBy: 'test' }],
      });
      while ((await handle.query(statusQuery).catch(() => null))?.phase !== 'baking') await pause(200);
      await pause(4000);
      first.kill('SIGKILL');
      await once(first, 'exit');
      startWorker();
      const result = await handle.result();
      expect(result).toMatchObject({ outcome: 'promoted', safety: { provenByReadBack: true } });
      const judged = result.report?.n ?? { baseline: 0, candidate: 0 };
      const memory = await loadJudgeState(db, handle.firstExecutionRunId);
      const [seen] = await db.query<{ cards: number }>('select count(*) as cards from exposures where seq <= $1', [
        memory?.cursor ?? 0,
      ]);
      expect(judged.baseline + judged.candidate).toBeGreaterThan(200);
      expect(judged.baseline + judged.candidate).toBeLessThanOrEqual(seen?.cards ?? 0);
    } finally {
      for (const child of children) child.kill('SIGKILL');
      await connection.close();
      await sandbox.close();
      await ingest.close();
      await db.close();
    }
  });
});

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
