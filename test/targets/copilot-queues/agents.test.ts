/** Agents of a queue who are given an assistant of the sandbox organisation by the hundred, and whom it refuses. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Deployment } from '../../../src/domain/rollout/deployment.ts';
import type { DividedAgents } from '../../../src/domain/split/assistant-queues.ts';
import type { AssignmentMode } from '../../../src/genesys/assistant-users.ts';
import { sharesOf } from '../../../src/domain/split/movable.ts';
import type { CopilotSettings } from '../../../src/sandbox/copilot/settings.ts';
import { SEEDED_ASSISTANTS } from '../../../src/sandbox/copilot/seeded-assistants.ts';
import { agentsState, moveAgents } from '../../../src/targets/copilot-queues/agents.ts';
import { assignedIn } from '../../../src/targets/copilot-queues/given.ts';
import { askedOf, startCopilotSandbox } from './sandbox.ts';
import type { CopilotSandbox } from './sandbox.ts';

const ASSISTANT = SEEDED_ASSISTANTS.candidate.id;
const GONE = '00000000-0000-4000-8000-000000000000';

let org: CopilotSandbox;
let queue: string;
let other: string;
beforeEach(() => begin());
afterEach(() => org.close());

async function begin(copilot: Partial<CopilotSettings> = {}): Promise<void> {
  org = await startCopilotSandbox(2, copilot);
  [queue = '', other = ''] = org.queueIds;
  for (const id of org.queueIds) {
    await org.put(ASSISTANT, id);
    await assign(id, 'ManualAssignment');
  }
}

async function assign(id: string, mode: AssignmentMode): Promise<void> {
  const { assistants } = org.client;
  const job = await assistants.startAssignment(ASSISTANT, id, mode);
  while ((await assistants.assignmentJob(ASSISTANT, id, job.id)).status === 'InProgress') await sleep(50);
}

async function usersOfOrganisation(): Promise<string[]> {
  const pages = await Promise.all(
    [1, 2].map((page) => org.call<{ entities: { id: string }[] }>('GET', `users?pageSize=100&pageNumber=${page}`)),
  );
  return pages.flatMap(({ entities }) => entities.map(({ id }) => id));
}

function divided(
  ids: readonly string[],
  queuesOf: (at: number) => string[] = () => [queue],
): { deployment: Deployment; handle: DividedAgents } {
  const agents = ids.map((id, at) => ({ id, queues: queuesOf(at), volume: 1 }));
  const queues = new Set(agents.flatMap((agent) => agent.queues));
  const handle: DividedAgents = {
    unit: 'agent',
    assistants: Object.fromEntries([...queues].map((id) => [id, ASSISTANT])),
    agents,
    volumeFrom: '',
    volumeTo: '',
  };
  const named = { target: 'copilotQueues', actionName: 'RefundCopilot', unit: 'agent', baseline: null } as const;
  return { handle, deployment: { ...named, candidate: null, shares: sharesOf(agents), handle } };
}

const bulkSizes = (verb: 'add' | 'remove'): number[] =>
  askedOf(org, 'POST')
    .filter(({ path }) => path.endsWith(`/users/bulk/${verb}`))
    .map(({ text }) => (JSON.parse(text) as { entities: unknown[] }).entities.length);

test('more than a hundred agents are given it, and lose it, a hundred at a time', async () => {
  const { deployment, handle } = divided((await usersOfOrganisation()).slice(0, 150));
  await moveAgents(org.client, deployment, handle, 100);
  expect(agentsState(handle, await assignedIn(org.client, handle))).toEqual({
    candidateShare: 100,
    isAnybody: true,
    astray: null,
  });
  await moveAgents(org.client, deployment, handle, 100);
  expect(bulkSizes('add')).toEqual([100, 50]);
  await moveAgents(org.client, deployment, handle, 0);
  expect(agentsState(handle, await assignedIn(org.client, handle))).toEqual({
    candidateShare: 0,
    isAnybody: false,
    astray: null,
  });
  expect(bulkSizes('remove')).toEqual([100, 50]);
});

test('whom the organisation refuses is said by name, all the others have it, and only who is missing is asked for again', async () => {
  const { deployment, handle } = divided([GONE, ...(await usersOfOrganisation()).slice(0, 120)]);
  const refused = { code: 'AgentsRefused', message: expect.stringContaining(`${GONE} on queue ${queue}`) };
  await expect(moveAgents(org.client, deployment, handle, 100)).rejects.toMatchObject(refused);
  const { candidateShare } = agentsState(handle, await assignedIn(org.client, handle));
  expect([candidateShare > 99, candidateShare < 100]).toEqual([true, true]);
  await expect(moveAgents(org.client, deployment, handle, 100)).rejects.toMatchObject(refused);
  expect(bulkSizes('add')).toEqual([100, 21, 1]);
  await moveAgents(org.client, deployment, handle, 0);
  expect(agentsState(handle, await assignedIn(org.client, handle)).isAnybody).toBe(false);
});

describe('one queue of two that another hand changed', () => {
  let given: ReturnType<typeof divided>;
  /** Half of the agents are in each. */
  const deploy = async (): Promise<void> => {
    given = divided((await usersOfOrganisation()).slice(0, 4), (at) => [at % 2 === 0 ? queue : other]);
  };
  beforeEach(deploy);
  const move = (percent: number): Promise<void> => moveAgents(org.client, given.deployment, given.handle, percent);
  const state = async () => agentsState(given.handle, await assignedIn(org.client, given.handle));
  const hasOther = async (): Promise<number> => {
    const ids = given.handle.agents.map(({ id }) => id);
    return (await org.client.assistants.usersAmong(ASSISTANT, other, ids)).size;
  };

  test.each<[string, Partial<CopilotSettings>, RegExp | null, () => Promise<unknown>]>([
    ['was detached', {}, /has no assistant any more/, () => org.client.assistants.removeQueue(ASSISTANT, queue)],
    ['has another assistant', {}, /was given to assistant/, () => org.put(SEEDED_ASSISTANTS.baseline.id, queue)],
    ['was deleted', {}, null, () => org.deleteQueue(queue)],
    ['was deleted, and is listed on', { listsDeletedQueues: true }, null, () => org.deleteQueue(queue)],
  ])('%s: nobody has it there, and the way back of all the others is proven', async (_, copilot, said, act) => {
    await org.close();
    await begin(copilot);
    await deploy();
    await move(75);
    expect(await hasOther()).toBeGreaterThan(0);
    await act();
    const astray = said === null ? null : { message: expect.stringMatching(said) as string };
    expect((await state()).astray).toEqual(astray && expect.objectContaining(astray));
    await move(0);
    expect(await state()).toMatchObject({ candidateShare: 0, isAnybody: false });
    expect(await hasOther()).toBe(0);
  });

  test.each([409, 400])(
    'was switched to automatic (%i): all of its agents have it, and a person is asked',
    async (status) => {
      await org.close();
      await begin({ wrongMode: { status, code: 'wrong.mode' } });
      await deploy();
      await move(75);
      await assign(queue, 'AutoAssignment');
      await expect(move(0)).rejects.toMatchObject({
        code: 'ContentChanged',
        message: expect.stringContaining(
          `queue ${queue} does not let assistant ${ASSISTANT} be given to single agents`,
        ),
        drift: { kind: 'rival' },
      });
      expect(await hasOther()).toBe(0);
      expect(await state()).toMatchObject({ candidateShare: 50, isAnybody: true });
      await assign(queue, 'ManualAssignment');
      await move(0);
      expect(await state()).toEqual({ candidateShare: 0, isAnybody: false, astray: null });
    },
  );

  test("was given to another of the rollout's candidates: the way back is not called proven while its agents have that", async () => {
    const second = await org.createAssistant('The other candidate');
    const { deployment, handle } = given;
    const pairs = { ...handle.assistants, [other]: second };
    await org.put(second, other);
    await org.put(second, queue);
    const both = { ...handle, assistants: pairs, agents: handle.agents.filter(({ queues }) => queues.includes(queue)) };
    await expect(moveAgents(org.client, deployment, both, 0)).rejects.toMatchObject({
      message: expect.stringContaining(`queue ${queue} was given to assistant ${second}`),
      drift: { kind: 'rival' },
    });
    expect(agentsState(both, await assignedIn(org.client, both))).toMatchObject({ isAnybody: true });
  });

  test('is automatic where everybody is meant to have it: that is what was asked for', async () => {
    await assign(queue, 'AutoAssignment');
    await move(100);
    expect(await state()).toMatchObject({ candidateShare: 100 });
  });

  test('was detached: a rise gives it to all the others, and names the queue', async () => {
    await org.client.assistants.removeQueue(ASSISTANT, queue);
    await expect(move(100)).rejects.toMatchObject({
      message: expect.stringContaining(`queue ${queue} has no assistant any more`),
      drift: { kind: 'rival' },
    });
    expect(await hasOther()).toBe(2);
    expect((await state()).candidateShare).toBe(50);
  });

  test('was deleted: between 0 and 100 it is said by name, at 100 all who are left have it', async () => {
    await org.deleteQueue(queue);
    await expect(move(75)).rejects.toMatchObject({
      message: expect.stringContaining(`queue ${queue} was deleted`),
      drift: { kind: 'deleted' },
    });
    await move(100);
    expect(await state()).toEqual({ candidateShare: 100, isAnybody: true, astray: null });
  });
});
