/** What keeps a rollout from beginning where another action, or the same on another target, has what it needs. */
import type { Deployment } from '../../../src/domain/rollout/deployment.ts';
import { SEEDED_ASSISTANTS } from '../../../src/sandbox/copilot/seeded-assistants.ts';
import { copilotRowOf } from '../../../src/store/copilot.ts';
import type { Database } from '../../../src/store/database.ts';
import { copilotQueues } from '../../../src/targets/copilot-queues/target.ts';
import { copilotSuggestions } from '../../../src/targets/copilot-suggestions/target.ts';
import type { DeployRequest, OpenTarget } from '../../../src/targets/target.ts';
import { openStore } from '../../helpers/any-store.ts';
import { startCopilotSandbox } from '../copilot-queues/sandbox.ts';
import type { CopilotSandbox } from '../copilot-queues/sandbox.ts';

const BASELINE = SEEDED_ASSISTANTS.baseline.id;
const CANDIDATE = SEEDED_ASSISTANTS.candidate.id;

let db: Database;
let org: CopilotSandbox;
let texts: OpenTarget;
let queues: OpenTarget;

beforeAll(async () => {
  db = await openStore();
  org = await startCopilotSandbox(2);
  const deps = { client: org.client, db, panelUrl: null, now: Date.now };
  [texts, queues] = [copilotSuggestions.open(deps), copilotQueues.open(deps)];
});
afterAll(async () => {
  await org.close();
  await db.close();
});
beforeEach(async () => {
  for (const table of ['copilot_deployments', 'copilot_texts']) await db.query(`delete from ${table}`);
  for (const queue of org.queueIds) await org.put(BASELINE, queue);
});

const firstText = (name: string): DeployRequest => ({
  target: { kind: 'copilotSuggestions', assistant: BASELINE },
  action: { name, version: '1.0.0', suggestion: { title: name, text: `The rules of ${name}.`, sources: [] } },
  rolloutId: `text of ${name}`,
  noCard: 'baseline',
});
const onQueues = (name: string): DeployRequest => ({
  target: {
    kind: 'copilotQueues',
    pairs: org.queueIds.map((queue) => ({ queue, baseline: BASELINE, candidate: CANDIDATE })),
  },
  action: { name, version: '2.0.0' },
  rolloutId: `queues of ${name}`,
});
const promoted = async (target: OpenTarget, deployment: Deployment): Promise<void> => {
  await target.setSplit(deployment, 100);
  await target.retire(deployment, 'baseline');
};
const rolledBack = async (target: OpenTarget, deployment: Deployment): Promise<void> => {
  await target.setSplit(deployment, 0);
  await target.retire(deployment, 'candidate');
};

test('two first texts that begin at once on one assistant: one is refused, and nothing of it stands anywhere', async () => {
  const both = await Promise.allSettled([texts.deploy(firstText('Refund')), texts.deploy(firstText('Order'))]);
  expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  expect(both.find(({ status }) => status === 'rejected')).toMatchObject({
    reason: { code: 'OtherCandidate', message: expect.stringContaining(BASELINE) },
  });
  const rows = await Promise.all(['Refund', 'Order'].map((name) => copilotRowOf(db, name)));
  expect(rows.filter((row) => row !== null)).toHaveLength(1);
});

describe('a rollout of queues under the name of a text', () => {
  const refused = (serves: string) => ({
    code: 'OtherTarget',
    message: expect.stringMatching(
      new RegExp(`^Refund is on copilotSuggestions, ${serves}.*copilotQueues.*action\\.name`),
    ),
  });

  test('is refused while the text serves, which then serves as before', async () => {
    await promoted(texts, await texts.deploy(firstText('Refund')));
    const before = await copilotRowOf(db, 'Refund');
    await expect(queues.deploy(onQueues('Refund'))).rejects.toMatchObject(refused('where v1.0.0 serves'));
    expect(await copilotRowOf(db, 'Refund')).toEqual(before);
    const { target, action } = onQueues('Refund');
    expect(await queues.describe({ target, action })).toMatchObject({
      refused: true,
      note: expect.stringContaining('Refund is on copilotSuggestions'),
    });
  });

  test('is refused while the rollout of the text goes on, at any split', async () => {
    await texts.deploy(firstText('Refund'));
    await expect(queues.deploy(onQueues('Refund'))).rejects.toMatchObject(
      refused('where rollout text of Refund has not ended'),
    );
  });

  test('of two that begin at once one is refused', async () => {
    const both = await Promise.allSettled([queues.deploy(onQueues('Refund')), texts.deploy(firstText('Refund'))]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(both.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'OtherTarget' } });
  });

  test('begins when no text of it serves any more', async () => {
    await rolledBack(texts, await texts.deploy(firstText('Refund')));
    expect(await queues.deploy(onQueues('Refund'))).toMatchObject({ target: 'copilotQueues', actionName: 'Refund' });
  });
});

describe('a text under the name of a rollout of queues', () => {
  test.each([
    ['goes on', async () => undefined, 'where rollout queues of Refund has not ended'],
    ['was promoted', (deployment: Deployment) => promoted(queues, deployment), 'where v2.0.0 serves'],
    ['was rolled back', (deployment: Deployment) => rolledBack(queues, deployment), 'where v0.0.0 serves'],
  ])('is refused where that %s', async (_, then, where) => {
    await then(await queues.deploy(onQueues('Refund')));
    const before = await copilotRowOf(db, 'Refund');
    const refusal = expect.stringContaining(`Refund is on copilotQueues, ${where}`);
    await expect(texts.deploy(firstText('Refund'))).rejects.toMatchObject({ code: 'OtherTarget', message: refusal });
    expect(await copilotRowOf(db, 'Refund')).toEqual(before);
    const { target, action } = firstText('Refund');
    expect(await texts.describe({ target, action })).toMatchObject({ refused: true, note: refusal });
  });
});
