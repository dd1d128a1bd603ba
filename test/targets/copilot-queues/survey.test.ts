/** All rollouts of assistants at one look: one that has ended, or that cannot be looked at, hides none of the others. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Deployment } from '../../../src/domain/rollout/deployment.ts';
import { sharesOf } from '../../../src/domain/split/movable.ts';
import { isUnderTrial } from '../../../src/domain/guardian/seen.ts';
import { SEEDED_ASSISTANTS } from '../../../src/sandbox/copilot/seeded-assistants.ts';
import { changeCopilotSplit, saveCopilotDeployment } from '../../../src/store/copilot.ts';
import type { Database } from '../../../src/store/database.ts';
import { saveRollout } from '../../../src/store/rollouts.ts';
import { copilotQueues } from '../../../src/targets/copilot-queues/target.ts';
import type { OpenTarget } from '../../../src/targets/target.ts';
import { rolloutRow } from '../../helpers/rollout-row.ts';
import { openStore } from '../../helpers/any-store.ts';
import { askedOf, startCopilotSandbox } from './sandbox.ts';
import type { CopilotSandbox } from './sandbox.ts';

const BASELINE = SEEDED_ASSISTANTS.baseline.id;
const CANDIDATE = SEEDED_ASSISTANTS.candidate.id;

let db: Database;
let org: CopilotSandbox;
let target: OpenTarget;
let queues: Deployment;
let agents: Deployment;

beforeAll(async () => {
  db = await openStore();
});
afterAll(() => db.close());
beforeEach(async () => {
  await db.query('delete from copilot_deployments');
  await db.query("delete from rollouts where rollout_id = 'rollout-agents'");
  org = await startCopilotSandbox(4);
  target = copilotQueues.open({ client: org.client, db, panelUrl: null, now: Date.now });
  const pairs = org.queueIds.slice(1).map((queue) => ({ queue, baseline: BASELINE, candidate: CANDIDATE }));
  queues = await target.deploy({
    target: { kind: 'copilotQueues', pairs },
    action: { name: 'RefundCopilot', version: '1.1.0' },
    rolloutId: 'rollout-queues',
  });
  await target.setSplit(queues, 50);
  agents = await onAgents(org.queueIds[0] ?? '');
});
afterEach(() => org.close());

/** All of its agents have it. */
async function onAgents(queue: string): Promise<Deployment> {
  const { assistants } = org.client;
  await org.put(CANDIDATE, queue);
  const { id } = await assistants.startAssignment(CANDIDATE, queue, 'ManualAssignment');
  while ((await assistants.assignmentJob(CANDIDATE, queue, id)).status === 'InProgress') await sleep(50);
  const { entities } = await org.call<{ entities: { id: string }[] }>('GET', 'users?pageSize=3');
  const divided = entities.map((user) => ({ id: user.id, queues: [queue], volume: 1 }));
  const made: Deployment = {
    target: 'copilotQueues',
    actionName: 'OrderCopilot',
    unit: 'agent',
    baseline: null,
    candidate: {
      id: `${CANDIDATE} of OrderCopilot`,
      version: '2.0.0',
      fingerprint: queues.candidate?.fingerprint ?? {},
    },
    shares: sharesOf(divided),
    handle: { unit: 'agent', assistants: { [queue]: CANDIDATE }, agents: divided, volumeFrom: '', volumeTo: '' },
  };
  const deployment = await saveCopilotDeployment(db, 'rollout-agents', made);
  await target.setSplit(deployment, 100);
  return deployment;
}

const underTrial = async (): Promise<Record<string, number>> =>
  Object.fromEntries(
    (await target.survey(null)).filter(isUnderTrial).map(({ actionName, splitPercent }) => [actionName, splitPercent]),
  );

test('an agent rollout that has ended, and whose queue went elsewhere, hides no orphan, and is not looked at any more', async () => {
  const [queue = ''] = org.queueIds;
  expect(await underTrial()).toEqual({ OrderCopilot: 100, RefundCopilot: expect.any(Number) as number });
  await target.retire(agents, 'candidate');
  await org.client.assistants.removeQueue(CANDIDATE, queue);
  const before = org.requests.length;
  expect(Object.keys(await underTrial())).toEqual(['RefundCopilot']);
  expect(org.requests.slice(before).filter(({ path, text }) => `${path} ${text}`.includes(queue))).toEqual([]);
  expect(await target.survey('OrderCopilot')).toMatchObject([{ enabled: false, splitPercent: 0 }]);
});

test('one that is promoted is looked at until its rollout has ended', async () => {
  await target.retire(agents, 'baseline');
  expect((await target.survey(null)).map(({ actionName }) => actionName)).not.toContain('OrderCopilot');
  await saveRollout(db, rolloutRow({ rolloutId: 'rollout-agents', action: 'OrderCopilot' }));
  expect(await target.survey(null)).toContainEqual(
    expect.objectContaining({ actionName: 'OrderCopilot', group: 'control' }),
  );
});

test('a queue in automatic mode: the candidate is seen before everybody, and what another hand did is told', async () => {
  const [queue = ''] = org.queueIds;
  await changeCopilotSplit(db, agents, { splitPercent: 34, retired: null });
  await org.client.assistants.startAssignment(CANDIDATE, queue, 'AutoAssignment');
  for (;;) {
    const found = (await target.survey(null)).find(({ actionName }) => actionName === 'OrderCopilot');
    expect(found).toMatchObject({ group: 'candidate', enabled: true, splitPercent: 100 });
    if (found?.astray !== undefined) {
      expect(found.astray.message).toContain(
        `queue ${queue} does not let assistant ${CANDIDATE} be given to single agents`,
      );
      // A second look finds the same, word for word: else nobody could confirm it.
      expect(await target.survey('OrderCopilot')).toMatchObject([{ astray: found.astray }]);
      return;
    }
    await sleep(50);
  }
});

test('where nobody is let in at all it fails as one: nobody is sent to look at each by itself', async () => {
  await org.fault({ match: { method: 'POST', pathPrefix: '/api/v2/assistants' }, status: 401, times: 20 });
  await org.fault({ match: { method: 'GET', pathPrefix: '/api/v2/assistants' }, status: 401, times: 50 });
  await expect(target.survey(null)).rejects.toMatchObject({ kind: 'unauthorized' });
});

test('one that cannot be looked at is named with why, and the others are seen', async () => {
  const [queue = ''] = org.queueIds;
  const path = `/api/v2/assistants/${CANDIDATE}/queues/${queue}/users/query`;
  await org.fault({ match: { method: 'POST', pathPrefix: path }, status: 403, times: 2 });
  await expect(target.survey('OrderCopilot')).rejects.toMatchObject({ kind: 'forbidden' });
  await expect(target.survey(null)).rejects.toMatchObject({
    name: 'PartlySeen',
    message: expect.stringMatching(/^OrderCopilot could not be looked at: POST .*403/),
    seen: [{ actionName: 'RefundCopilot', group: 'candidate' }, { actionName: 'RefundCopilot' }],
  });
  expect(askedOf(org, 'POST').some((request) => request.path === path)).toBe(true);
});
