/** One queue or assistant that cannot be moved, or given: all the others are. */
import { isRestored } from '../../../src/domain/rollout/proofs.ts';
import type { Deployment } from '../../../src/domain/rollout/deployment.ts';
import { SEEDED_ASSISTANTS } from '../../../src/sandbox/copilot/seeded-assistants.ts';
import type { CopilotSettings } from '../../../src/sandbox/copilot/settings.ts';
import type { Database } from '../../../src/store/database.ts';
import { copilotQueues } from '../../../src/targets/copilot-queues/target.ts';
import type { OpenTarget } from '../../../src/targets/target.ts';
import { openStore } from '../../helpers/any-store.ts';
import { startCopilotSandbox } from './sandbox.ts';
import type { CopilotSandbox } from './sandbox.ts';

const QUEUES = 6;
const BASELINE = SEEDED_ASSISTANTS.baseline.id;
const CANDIDATE = SEEDED_ASSISTANTS.candidate.id;

let db: Database;
let org: CopilotSandbox;
let target: OpenTarget;
let deployment: Deployment;
/** Baseline of the last half of the queues. */
let second: string;

beforeAll(async () => {
  db = await openStore();
});
afterAll(() => db.close());
beforeEach(() => begin());
afterEach(() => org.close());

async function begin(copilot: Partial<CopilotSettings> = {}): Promise<void> {
  await db.query('delete from copilot_deployments');
  org = await startCopilotSandbox(QUEUES, copilot);
  second = await org.createAssistant('A second baseline');
  await org.call('PUT', `assistants/${second}/copilot`, await org.call('GET', `assistants/${BASELINE}/copilot`));
  target = copilotQueues.open({ client: org.client, db, panelUrl: null, now: Date.now });
  const pairs = org.queueIds.map((queue, at) => ({
    queue,
    baseline: at < QUEUES / 2 ? BASELINE : second,
    candidate: CANDIDATE,
  }));
  for (const { queue, baseline } of pairs) await org.put(baseline, queue);
  deployment = await target.deploy({
    target: { kind: 'copilotQueues', pairs },
    action: { name: 'RefundCopilot', version: '1.1.0' },
    rolloutId: 'rollout-1',
  });
}

const onCandidate = async (): Promise<string[]> =>
  [...(await org.assistantsOfQueues())].filter(([, id]) => id === CANDIDATE).map(([queue]) => queue);

test.each([100, 0])(
  'a PUT that is refused of one queue: to %i %% all the others are moved, and it is tried again',
  async (to) => {
    await target.setSplit(deployment, 100 - to);
    const [refused = ''] = org.queueIds;
    org.refuse(refused);
    await expect(target.setSplit(deployment, to)).rejects.toMatchObject({ kind: 'forbidden' });
    expect(await onCandidate()).toHaveLength(to === 0 ? 1 : QUEUES - 1);
    org.grantAgain();
    await target.setSplit(deployment, to);
    expect((await target.readBack(deployment)).effectiveSplitPercent).toBe(to);
  },
);

test('a baseline that was deleted: the queues of the other come back, and it is named', async () => {
  await target.setSplit(deployment, 100);
  await org.call('DELETE', `assistants/${second}`);
  await expect(target.retire(deployment, 'candidate', 'safety')).rejects.toMatchObject({
    code: 'VersionMissing',
    message: expect.stringContaining(second),
  });
  expect((await onCandidate()).toSorted()).toEqual(org.queueIds.slice(QUEUES / 2).toSorted());
});

test('a baseline that was changed: the queues of the other come back, and a person takes both as they are', async () => {
  await target.setSplit(deployment, 100);
  await org.editRules(second);
  const refused: unknown = await target.setSplit(deployment, 0).catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: 'ContentChanged', drift: { kind: 'baselineContent' } });
  expect((await onCandidate()).toSorted()).toEqual(org.queueIds.slice(QUEUES / 2).toSorted());
  const { fingerprint } = (refused as { drift: { fingerprint: Record<string, string> } }).drift;
  const accepted = { ...deployment, baseline: deployment.baseline && { ...deployment.baseline, fingerprint } };
  await target.setSplit(accepted, 0);
  expect(isRestored(await target.readBack(accepted), accepted)).toBe(true);
});

describe.each([false, true])('a deleted queue (listed on with assistants: %s)', (listsDeletedQueues) => {
  beforeEach(async () => {
    await org.close();
    await begin({ listsDeletedQueues });
  });

  test('between 0 and 100 it is said by name; a roll back is proven without it', async () => {
    const { shares = [] } = deployment;
    await target.setSplit(deployment, shares[2] ?? 0);
    const [gone = ''] = (await onCandidate()).toSorted();
    await org.deleteQueue(gone);
    await expect(target.setSplit(deployment, shares[3] ?? 0)).rejects.toMatchObject({
      message: expect.stringContaining(gone),
      drift: { kind: 'deleted' },
    });
    await target.setSplit(deployment, 0);
    await target.retire(deployment, 'candidate');
    expect(isRestored(await target.readBack(deployment), deployment)).toBe(true);
  });

  test('that is to be given the candidate: all the others have it, and it is said by name, or does not matter', async () => {
    const { shares = [] } = deployment;
    const inOrder = (deployment.handle as { queues: { id: string }[] }).queues.map(({ id }) => id);
    const [gone = ''] = inOrder;
    await org.deleteQueue(gone);
    await expect(target.setSplit(deployment, shares[3] ?? 0)).rejects.toMatchObject({
      message: expect.stringContaining(gone),
      drift: { kind: 'deleted' },
    });
    expect((await onCandidate()).filter((id) => id !== gone).toSorted()).toEqual(inOrder.slice(1, 3).toSorted());
    await target.setSplit(deployment, 100);
    expect((await target.readBack(deployment)).effectiveSplitPercent).toBe(100);
    // And who looks from outside sees what was proven.
    const seen = (await target.survey(null)).find(({ id }) => id === deployment.candidate?.id);
    expect(seen?.splitPercent).toBe(100);
    // So it is once it stands alone: it would be called a hole of a version that everybody has.
    await target.retire(deployment, 'baseline');
    expect(await target.survey('RefundCopilot')).toContainEqual(
      expect.objectContaining({ id: deployment.candidate?.id, group: 'control', splitPercent: 100 }),
    );
  });
});
