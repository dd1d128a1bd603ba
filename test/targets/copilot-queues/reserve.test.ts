/** The way back of assistants while other work has used up the rate, but for what is kept for safety. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Deployment } from '../../../src/domain/rollout/deployment.ts';
import { isRestored } from '../../../src/domain/rollout/proofs.ts';
import type { GenesysClient } from '../../../src/genesys/client.ts';
import { SEEDED_ASSISTANTS } from '../../../src/sandbox/copilot/seeded-assistants.ts';
import { SEEDED } from '../../../src/sandbox/seeded-organisation.ts';
import type { Database } from '../../../src/store/database.ts';
import { copilotQueues } from '../../../src/targets/copilot-queues/target.ts';
import type { OpenTarget } from '../../../src/targets/target.ts';
import { openStore } from '../../helpers/any-store.ts';
import { startCopilotSandbox } from './sandbox.ts';
import type { CopilotSandbox } from './sandbox.ts';

const BASELINE = SEEDED_ASSISTANTS.baseline.id;
const CANDIDATE = SEEDED_ASSISTANTS.candidate.id;
const NOWHERE = '00000000-0000-4000-8000-000000000000';

let db: Database;
let org: CopilotSandbox;
beforeAll(async () => {
  db = await openStore();
});
afterAll(() => db.close());
beforeEach(async () => {
  await db.query('delete from copilot_deployments');
  org = await startCopilotSandbox(2);
});
afterEach(() => org.close());

const targetOf = (client: GenesysClient): OpenTarget =>
  copilotQueues.open({ client, db, panelUrl: null, now: Date.now });

/** Its clock stands still, so that no call comes back: only safety has some left. */
async function exhausted(): Promise<GenesysClient> {
  const client = org.clientWith({ callsPerMinute: 400, maxWaitMs: 0, now: () => 0 });
  const isLeft = async (): Promise<boolean> =>
    client.assistants.ofQueue(NOWHERE).then(
      () => true,
      (error: unknown) => (error as { readonly kind?: unknown }).kind !== 'rateLimited',
    );
  while (await isLeft());
  return client;
}

async function expectBack(deployment: Deployment): Promise<void> {
  const target = targetOf(await exhausted());
  await expect(target.readBack(deployment)).rejects.toMatchObject({ kind: 'rateLimited' });
  await target.retire(deployment, 'candidate', 'safety');
  expect(isRestored(await target.readBack(deployment, 'safety'), deployment)).toBe(true);
  expect(await target.survey(deployment.actionName, 'safety')).toContainEqual(
    expect.objectContaining({ id: deployment.candidate?.id, splitPercent: 0 }),
  );
}

async function deployed(): Promise<Deployment> {
  const deployment = await targetOf(org.client).deploy({
    target: {
      kind: 'copilotQueues',
      pairs: org.queueIds.map((queue) => ({ queue, baseline: BASELINE, candidate: CANDIDATE })),
    },
    action: { name: 'RefundCopilot', version: '1.1.0' },
    rolloutId: 'rollout-1',
  });
  await targetOf(org.client).setSplit(deployment, 100);
  return deployment;
}

test('queues go back, are read back and are found by the guardian', async () => {
  await expectBack(await deployed());
});

test('so do those beside a queue that is not there any more', async () => {
  const deployment = await deployed();
  await org.deleteQueue(org.queueIds[0] ?? '');
  await expectBack(deployment);
});

test('agents go back, are read back and are found by the guardian', async () => {
  const queue = Object.values(SEEDED.queues)[0]?.id ?? '';
  await org.put(CANDIDATE, queue);
  const { assistants } = org.client;
  const { id } = await assistants.startAssignment(CANDIDATE, queue, 'ManualAssignment');
  while ((await assistants.assignmentJob(CANDIDATE, queue, id)).status === 'InProgress') await sleep(50);
  const deployment = await targetOf(org.client).deploy({
    target: { kind: 'copilotQueues', unit: 'agent', pairs: [{ queue, candidate: CANDIDATE }] },
    action: { name: 'RefundCopilot', version: '1.1.0' },
    rolloutId: 'rollout-1',
    noCard: 'baseline',
  });
  await targetOf(org.client).setSplit(deployment, 100);
  await expectBack(deployment);
});
