/** An arm of several assistants, one of which another hand deleted: what is left of it is seen, and brought back. */
import { WorkflowNotFoundError } from '@temporalio/client';
import type { Client } from '@temporalio/client';
import { driftOf } from '../../../src/domain/rollout/drift.ts';
import type { Deployment } from '../../../src/domain/rollout/deployment.ts';
import { restoreBaseline } from '../../../src/guardian/restore.ts';
import { SEEDED_ASSISTANTS } from '../../../src/sandbox/copilot/seeded-assistants.ts';
import type { Database } from '../../../src/store/database.ts';
import { saveRollout } from '../../../src/store/rollouts.ts';
import { copilotQueues } from '../../../src/targets/copilot-queues/target.ts';
import type { OpenTarget } from '../../../src/targets/target.ts';
import { openStore } from '../../helpers/any-store.ts';
import { rolloutRow } from '../../helpers/rollout-row.ts';
import { startCopilotSandbox } from './sandbox.ts';
import type { CopilotSandbox } from './sandbox.ts';

const [BASELINE, CANDIDATE] = [SEEDED_ASSISTANTS.baseline.id, SEEDED_ASSISTANTS.candidate.id];
const ROLLOUT = { rolloutId: 'rollout-1', action: 'RefundCopilot', version: '1.1.0' };
const ofNoRun = {
  workflow: { getHandle: () => ({ describe: () => Promise.reject(new WorkflowNotFoundError('no', 'x', undefined)) }) },
} as unknown as Client;

let db: Database;
let org: CopilotSandbox;
let target: OpenTarget;
let asked: string[];
beforeAll(async () => {
  db = await openStore();
});
afterAll(() => db.close());
beforeEach(async () => {
  await db.query('delete from copilot_deployments');
  org = await startCopilotSandbox(6);
  target = copilotQueues.open({ client: org.client, db, panelUrl: null, now: Date.now });
  asked = [];
});
afterEach(() => org.close());

const recover = () =>
  restoreBaseline(
    {
      db,
      now: Date.now,
      onStoreAway: () => undefined,
      announce: () => Promise.resolve(),
      attempt: { begun: null, begin: () => undefined, askPerson: async ({ why }) => void asked.push(why) },
      targets: { all: () => [target], of: () => target },
    },
    ofNoRun,
    { action: ROLLOUT.action, by: 'guardian' },
  );

/** The first three queues have the first assistant of each arm, the others the second. */
async function allOnCandidate(baselines: [string, string], candidates: [string, string]): Promise<Deployment> {
  const pairs = org.queueIds.map((queue, at) => {
    const half = at < 3 ? 0 : 1;
    return { queue, baseline: baselines[half], candidate: candidates[half] };
  });
  for (const { queue, baseline } of pairs) await org.put(baseline, queue);
  const deployment = await target.deploy({
    target: { kind: 'copilotQueues', pairs },
    action: { name: ROLLOUT.action, version: ROLLOUT.version },
    rolloutId: ROLLOUT.rolloutId,
  } as never);
  await saveRollout(db, rolloutRow(ROLLOUT));
  await target.setSplit(deployment, 100);
  return deployment;
}

async function another(like: string): Promise<string> {
  const id = await org.createAssistant('another');
  await org.call('PUT', `assistants/${id}/copilot`, await org.call('GET', `assistants/${like}/copilot`));
  return id;
}

async function queuesWith(id: string): Promise<number> {
  return [...(await org.assistantsOfQueues()).values()].filter((has) => has === id).length;
}

test('one of two candidates is deleted: the queues of the other come back', async () => {
  const second = await another(CANDIDATE);
  const deployment = await allOnCandidate([BASELINE, BASELINE], [CANDIDATE, second]);
  for (const queue of org.queueIds.slice(3)) await org.put(BASELINE, queue);
  await org.call('DELETE', `assistants/${second}`);
  const drift = driftOf(
    { ...deployment, splitPercent: null, stage: 'both', acceptedRivals: [] },
    await target.survey(ROLLOUT.action),
  );
  expect(drift).toMatchObject({ kind: 'deleted', message: expect.stringContaining(`${second} was deleted`) });
  expect(await recover()).toMatchObject({ kind: 'restored' });
  expect(await queuesWith(BASELINE)).toBe(6);
});

test('one of two baselines is deleted: the queues of the other come back, and a person is asked for the rest', async () => {
  const second = await another(BASELINE);
  await allOnCandidate([BASELINE, second], [CANDIDATE, CANDIDATE]);
  await org.call('DELETE', `assistants/${second}`);
  await expect(recover()).rejects.toThrow(second);
  expect([await queuesWith(BASELINE), await queuesWith(CANDIDATE)]).toEqual([3, 3]);
  expect(asked).toEqual([expect.stringContaining(second)]);
});
