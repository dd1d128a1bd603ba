/** Whoever sleeps between the word of Temporal and the row puts nothing back over what was proven meanwhile. */
import { isRestored } from '../../../src/domain/rollout/proofs.ts';
import type { Deployment } from '../../../src/domain/rollout/deployment.ts';
import { SEEDED_ASSISTANTS } from '../../../src/sandbox/copilot/seeded-assistants.ts';
import { copilotRowOf } from '../../../src/store/copilot.ts';
import type { Database } from '../../../src/store/database.ts';
import { copilotQueues } from '../../../src/targets/copilot-queues/target.ts';
import type { OpenTarget } from '../../../src/targets/target.ts';
import { openStore } from '../../helpers/any-store.ts';
import { startCopilotSandbox } from './sandbox.ts';
import type { CopilotSandbox } from './sandbox.ts';

const [BASELINE, CANDIDATE] = [SEEDED_ASSISTANTS.baseline.id, SEEDED_ASSISTANTS.candidate.id];
const ACTION = 'RefundCopilot';

let db: Database;
let org: CopilotSandbox;
let target: OpenTarget;
beforeEach(async () => {
  db = await openStore();
  org = await startCopilotSandbox(4);
  target = copilotQueues.open({ client: org.client, db, panelUrl: null, now: Date.now });
});
afterEach(async () => {
  await org.close();
  await db.close();
});

const deploy = (rolloutId: string, version: string, candidate: string): Promise<Deployment> =>
  target.deploy({
    target: { kind: 'copilotQueues', pairs: org.queueIds.map((queue) => ({ queue, baseline: BASELINE, candidate })) },
    action: { name: ACTION, version },
    rolloutId,
  } as never);

test.each([false, true])(
  'a raise that comes after the roll back is refused, and so after the begin of the next rollout (%p)',
  async (next) => {
    const third = await org.createAssistant('the next candidate');
    const deployment = await deploy('first', '1.0.0', CANDIDATE);
    const slow: Database = {
      ...db,
      tx: async (work) => {
        await target.retire(deployment, 'candidate', 'safety');
        expect(isRestored(await target.readBack(deployment, 'safety'), deployment)).toBe(true);
        if (next) await target.setSplit(await deploy('second', '2.0.0', third), 50);
        return db.tx(work);
      },
    };
    const sleepy = copilotQueues.open({ client: org.client, db: slow, panelUrl: null, now: Date.now });
    await expect(sleepy.setSplit(deployment, 50)).rejects.toMatchObject({ code: 'WriteConflict' });
    expect(await copilotRowOf(db, ACTION)).toMatchObject(
      next
        ? { rolloutId: 'second', splitPercent: 50, retired: null, deployment: { candidate: { version: '2.0.0' } } }
        : { rolloutId: 'first', splitPercent: 0, retired: 'candidate' },
    );
  },
);
