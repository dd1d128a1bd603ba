/** What a rollout on agents finds as it begins, in the sandbox organisation. */
import { setTimeout as sleep } from 'node:timers/promises';
import { driftOf } from '../../../src/domain/rollout/drift.ts';
import type { Deployment } from '../../../src/domain/rollout/deployment.ts';
import { SEEDED_ASSISTANTS } from '../../../src/sandbox/copilot/seeded-assistants.ts';
import { SEEDED } from '../../../src/sandbox/seeded-organisation.ts';
import type { Database } from '../../../src/store/database.ts';
import { copilotQueues } from '../../../src/targets/copilot-queues/target.ts';
import type { OpenTarget } from '../../../src/targets/target.ts';
import { openStore } from '../../helpers/any-store.ts';
import { startCopilotSandbox } from './sandbox.ts';
import type { CopilotSandbox } from './sandbox.ts';

const CANDIDATE = SEEDED_ASSISTANTS.candidate.id;
const STAFFED = Object.values(SEEDED.queues)
  .map(({ id }) => id)
  .slice(0, 2);

let db: Database;
let org: CopilotSandbox;
let target: OpenTarget;
beforeEach(async () => {
  db = await openStore();
  org = await startCopilotSandbox(1);
  target = copilotQueues.open({ client: org.client, db, panelUrl: null, now: Date.now });
  for (const queue of STAFFED) await giveByHand(queue);
});
afterEach(async () => {
  await org.close();
  await db.close();
});

async function giveByHand(queue: string): Promise<void> {
  const { assistants } = org.client;
  await org.put(CANDIDATE, queue);
  const { id } = await assistants.startAssignment(CANDIDATE, queue, 'ManualAssignment');
  while ((await assistants.assignmentJob(CANDIDATE, queue, id)).status === 'InProgress') await sleep(50);
}

const deploy = (queues: readonly string[]): Promise<Deployment> =>
  target.deploy({
    target: {
      kind: 'copilotQueues',
      unit: 'agent',
      pairs: queues.map((queue) => ({ queue, candidate: CANDIDATE })),
    },
    action: { name: 'RefundCopilot', version: '1.0.0' },
    rolloutId: 'rollout-1',
    noCard: 'baseline',
  } as never);

test('queues that share a candidate: it is read once, and what was checked is what is seen', async () => {
  const deployment = await deploy(STAFFED);
  await target.setSplit(deployment, 50);
  const expected = { ...deployment, splitPercent: 50, stage: 'both', acceptedRivals: [] } as const;
  expect(driftOf(expected, await target.survey('RefundCopilot'))).toBeNull();
});

test('a queue without agents is refused: whether it is in manual mode nobody could tell', async () => {
  const [empty = ''] = org.queueIds;
  await org.put(CANDIDATE, empty);
  await expect(deploy([...STAFFED, empty])).rejects.toMatchObject({
    code: 'NoBaseline',
    message: expect.stringContaining(empty),
  });
});
