/** Whole queues between two assistants of the sandbox organisation. */
import { isPromoted, isRestored, isSplit } from '../../../src/domain/rollout/proofs.ts';
import type { Deployment } from '../../../src/domain/rollout/deployment.ts';
import type { Database } from '../../../src/store/database.ts';
import { SEEDED_ASSISTANTS } from '../../../src/sandbox/copilot/seeded-assistants.ts';
import { copilotQueues } from '../../../src/targets/copilot-queues/target.ts';
import type { DeployRequest, OpenTarget } from '../../../src/targets/target.ts';
import { askedOf, startCopilotSandbox } from './sandbox.ts';
import type { CopilotSandbox } from './sandbox.ts';
import { openStore } from '../../helpers/any-store.ts';

const QUEUES = 12;
const BASELINE = SEEDED_ASSISTANTS.baseline.id;
const CANDIDATE = SEEDED_ASSISTANTS.candidate.id;

let db: Database;
let org: CopilotSandbox;
let target: OpenTarget;
let deployment: Deployment;

beforeAll(async () => {
  db = await openStore();
});
afterAll(() => db.close());
beforeEach(async () => {
  await db.query('delete from copilot_deployments');
  org = await startCopilotSandbox(QUEUES);
  target = copilotQueues.open({ client: org.client, db, panelUrl: null, now: Date.now });
  deployment = await target.deploy(request());
});
afterEach(() => org.close());

function request(rolloutId = 'rollout-1'): DeployRequest {
  const pairs = org.queueIds.map((queue) => ({ queue, baseline: BASELINE, candidate: CANDIDATE }));
  return {
    target: { kind: 'copilotQueues', pairs },
    action: { name: 'RefundCopilot', version: '1.1.0' },
    rolloutId,
  };
}

const onCandidate = async (): Promise<string[]> =>
  [...(await org.assistantsOfQueues())].filter(([, id]) => id === CANDIDATE).map(([queue]) => queue);

test('shares are those that whole queues give, the same whoever asks again; a repeat of the deployment is the same', async () => {
  const { shares = [] } = deployment;
  expect(shares).toHaveLength(QUEUES + 1);
  expect(shares.slice(1, -1).every((share) => share > 0 && share < 100)).toBe(true);
  org.volumes.clear();
  expect(await target.deploy(request())).toEqual(deployment);
});

test('raising only adds queues, each by one PUT, and never a queue without an assistant; down again by one PUT each', async () => {
  const seen: string[][] = [];
  for (const percent of [5, 25, 50, 100]) {
    await target.setSplit(deployment, percent);
    expect(isSplit(await target.readBack(deployment), percent, deployment)).toBe(true);
    seen.push(await onCandidate());
  }
  for (const [at, queues] of seen.entries()) expect(seen[at + 1] ?? queues).toEqual(expect.arrayContaining(queues));
  expect(seen.at(-1)).toHaveLength(QUEUES);
  expect(askedOf(org, 'PUT')).toHaveLength(QUEUES);
  await target.setSplit(deployment, 0);
  expect(await onCandidate()).toEqual([]);
  expect(askedOf(org, 'PUT')).toHaveLength(2 * QUEUES);
  expect(askedOf(org, 'DELETE')).toEqual([]);
});

test('asking for what stands there writes nothing; the largest share that is not above the asked one is given', async () => {
  const { shares = [] } = deployment;
  const third = shares[3] ?? 0;
  await target.setSplit(deployment, third + 0.01);
  expect((await target.readBack(deployment)).effectiveSplitPercent).toBe(third);
  const before = askedOf(org, 'PUT').length;
  await target.setSplit(deployment, third);
  expect(askedOf(org, 'PUT')).toHaveLength(before);
});

test('media types that a queue had come back with it', async () => {
  const [queue = ''] = org.queueIds;
  await org.put(BASELINE, queue, ['Message']);
  const again = await target.deploy(request('rollout-2'));
  await target.setSplit(again, 100);
  expect(await org.mediaTypesOf(queue)).toEqual(['Message']);
  await target.setSplit(again, 0);
  expect(await org.mediaTypesOf(queue)).toEqual(['Message']);
});

test('promoted is proven with the baseline serving elsewhere still, and the version is the next baseline', async () => {
  await target.setSplit(deployment, 100);
  await target.retire(deployment, 'baseline');
  expect(isPromoted(await target.readBack(deployment), deployment)).toBe(true);
  expect(await target.survey('RefundCopilot')).toMatchObject([
    { group: 'control', enabled: true, splitPercent: 100, version: '1.1.0' },
    { enabled: false, splitPercent: 0 },
  ]);
  const pairs = org.queueIds.map((queue) => ({ queue, baseline: CANDIDATE, candidate: BASELINE }));
  const next = await target.deploy({
    target: { kind: 'copilotQueues', pairs },
    action: { name: 'RefundCopilot', version: '1.2.0' },
    rolloutId: 'rollout-2',
  });
  expect(next.baseline).toMatchObject({ id: deployment.candidate?.id, version: '1.1.0' });
});

test('rolled back is proven', async () => {
  await target.setSplit(deployment, 50);
  expect(isRestored(await target.readBack(deployment), deployment)).toBe(false);
  await target.setSplit(deployment, 0, 'safety');
  await target.retire(deployment, 'candidate', 'safety');
  expect(isRestored(await target.readBack(deployment), deployment)).toBe(true);
  expect(await target.survey('RefundCopilot')).toMatchObject([
    { group: 'candidate', enabled: false, splitPercent: 0, rolloutId: 'rollout-1' },
    { group: 'control', enabled: true, splitPercent: 100 },
  ]);
});

test('a queue that another hand gave to a third assistant is named and left alone, and all the others are moved', async () => {
  const third = await org.createAssistant('A third');
  const [taken = ''] = org.queueIds;
  await target.setSplit(deployment, 100);
  await org.put(third, taken);
  await expect(target.setSplit(deployment, 0)).rejects.toMatchObject({
    code: 'ContentChanged',
    message: expect.stringContaining(`queue ${taken} to ${third}`),
    drift: { kind: 'rival' },
  });
  expect(await onCandidate()).toEqual([]);
  expect((await org.assistantsOfQueues()).get(taken)).toBe(third);
  const state = await target.readBack(deployment);
  expect(state.covered).toBe(false);
  expect(isRestored(state, deployment)).toBe(false);
  // Nobody has the candidate any more, and it is not over.
  expect(await target.survey('RefundCopilot')).toMatchObject([
    { group: 'candidate', splitPercent: 0, halfBack: expect.stringContaining(`queue ${taken} to ${third}`) as string },
    { group: 'control' },
  ]);
  await org.put(BASELINE, taken);
  expect(await target.survey('RefundCopilot')).toMatchObject([{ halfBack: 'Nobody has proven it.' }, {}]);
  await target.setSplit(deployment, 0);
  await target.retire(deployment, 'candidate');
  expect(isRestored(await target.readBack(deployment), deployment)).toBe(true);
  for (const version of await target.survey('RefundCopilot')) expect(version.halfBack).toBeUndefined();
});

test('a queue whose assistant another hand took away is given one again', async () => {
  const [bare = ''] = org.queueIds;
  await org.call('DELETE', `assistants/${BASELINE}/queues/${bare}`);
  expect((await target.readBack(deployment)).covered).toBe(false);
  await target.setSplit(deployment, 0);
  expect((await target.readBack(deployment)).covered).toBe(true);
});

test('a rule that another hand edited: the assistant is given to no further queue, but taken away it can be', async () => {
  await target.setSplit(deployment, 25);
  await org.editRules(CANDIDATE);
  await expect(target.setSplit(deployment, 50)).rejects.toMatchObject({
    code: 'ContentChanged',
    message: expect.stringContaining('another rules'),
    drift: { kind: 'candidateContent' },
  });
  await target.setSplit(deployment, 0);
  expect(await onCandidate()).toEqual([]);
});

test('an edited baseline is not given back by itself: the drift says what it holds now, and is accepted by it', async () => {
  await target.setSplit(deployment, 25);
  await org.editRules(BASELINE);
  const refused = await target.setSplit(deployment, 0).catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: 'ContentChanged', drift: { kind: 'baselineContent' } });
  const { fingerprint } = (refused as { drift: { fingerprint: Record<string, string> } }).drift;
  const accepted = { ...deployment, baseline: deployment.baseline && { ...deployment.baseline, fingerprint } };
  await target.setSplit(accepted, 0);
  expect(isRestored(await target.readBack(accepted), accepted)).toBe(true);
});

describe('a queue that a living rollout of another action divides', () => {
  const other = (rolloutId: string, on: DeployRequest['target']): DeployRequest => ({
    target: on,
    action: { name: 'OrderCopilot', version: '2.0.0' },
    rolloutId,
  });
  const queues = (): DeployRequest => other('rollout-8', request().target);
  const refused = { code: 'QueueDivided', message: expect.stringMatching(/rollout-1 of RefundCopilot/) };

  test('is refused by name, whatever its split, and writes no row', async () => {
    await expect(target.deploy(queues())).rejects.toMatchObject(refused);
    await target.setSplit(deployment, 50);
    await expect(target.deploy(queues())).rejects.toMatchObject(refused);
    expect(await target.survey('OrderCopilot')).toEqual([]);
  });

  test('is refused to a rollout on its agents too', async () => {
    const [queue = ''] = org.queueIds;
    const agents = { kind: 'copilotQueues' as const, unit: 'agent' as const, pairs: [{ queue, candidate: CANDIDATE }] };
    await expect(target.deploy(other('rollout-8', agents))).rejects.toMatchObject(refused);
  });

  test('is free when that rollout has ended', async () => {
    await target.retire(deployment, 'candidate');
    expect(await target.deploy(queues())).toMatchObject({ actionName: 'OrderCopilot' });
    await expect(target.deploy(request('rollout-9'))).rejects.toMatchObject({ code: 'QueueDivided' });
  });

  test('of two that begin at once one is refused', async () => {
    await target.retire(deployment, 'candidate');
    const both = await Promise.allSettled([target.deploy(queues()), target.deploy(request('rollout-9'))]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(both.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'QueueDivided' } });
  });
});

describe('refused before anything is written', () => {
  const refusal = (over: Partial<{ queue: string; baseline: string; candidate: string }>) => {
    const [queue = ''] = org.queueIds;
    const pair = { queue, baseline: BASELINE, candidate: CANDIDATE, ...over };
    return target.deploy({ ...request('rollout-9'), target: { kind: 'copilotQueues', pairs: [pair] } });
  };
  const NOWHERE = '00000000-0000-4000-8000-000000000000';

  test('a queue or an assistant that there is not', async () => {
    await expect(refusal({ queue: NOWHERE })).rejects.toMatchObject({ code: 'QueueMissing' });
    await expect(refusal({ candidate: NOWHERE })).rejects.toMatchObject({ code: 'VersionMissing' });
  });

  test('a queue that is on another assistant, or on the candidate already', async () => {
    await expect(refusal({ baseline: NOWHERE })).rejects.toMatchObject({
      code: 'NoBaseline',
      message: expect.stringContaining(`has assistant ${BASELINE}`),
    });
    await expect(refusal({ baseline: CANDIDATE, candidate: BASELINE })).rejects.toMatchObject({
      code: 'AlreadyServing',
    });
  });
});

describe('faults', () => {
  const PUT = { method: 'PUT', pathPrefix: '/api/v2/assistants/' };

  test('a permission that is revoked between two writes leaves every queue served, and the next call ends it', async () => {
    org.revokeAfter(3, 'assistants:queue:edit');
    await expect(target.setSplit(deployment, 100)).rejects.toMatchObject({ kind: 'forbidden' });
    expect(await onCandidate()).toHaveLength(3);
    expect((await target.readBack(deployment)).covered).toBe(true);
    org.grantAgain();
    await target.setSplit(deployment, 100);
    expect(await onCandidate()).toHaveLength(QUEUES);
  });

  test('a PUT whose answer is lost is found done: no queue is written twice', async () => {
    await org.fault({ match: PUT, dropAnswer: 'afterWork' });
    await expect(target.setSplit(deployment, 100)).rejects.toMatchObject({ kind: 'network' });
    await target.setSplit(deployment, 100);
    expect(await onCandidate()).toHaveLength(QUEUES);
    expect(askedOf(org, 'PUT')).toHaveLength(QUEUES);
  });

  test.each([{ retryAfterSeconds: 1 }, {}])('too many requests (%j): the next call goes on', async (how) => {
    await org.fault({ match: PUT, status: 429, ...how });
    await expect(target.setSplit(deployment, 50)).rejects.toMatchObject({ kind: 'rateLimited' });
    await target.setSplit(deployment, 50);
    expect(isSplit(await target.readBack(deployment), 50, deployment)).toBe(true);
  });
});
