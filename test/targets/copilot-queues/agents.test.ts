/** Agents of a queue who are given an assistant of the sandbox organisation by the hundred, and whom it refuses. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Deployment } from '../../../src/domain/rollout/deployment.ts';
import type { DividedAgents } from '../../../src/domain/split/assistant-queues.ts';
import { sharesOf } from '../../../src/domain/split/movable.ts';
import { SEEDED_ASSISTANTS } from '../../../src/sandbox/copilot/seeded-assistants.ts';
import { agentsState, assignedIn, moveAgents } from '../../../src/targets/copilot-queues/agents.ts';
import { askedOf, startCopilotSandbox } from './sandbox.ts';
import type { CopilotSandbox } from './sandbox.ts';

const ASSISTANT = SEEDED_ASSISTANTS.candidate.id;
const GONE = '00000000-0000-4000-8000-000000000000';

let org: CopilotSandbox;
let queue: string;
beforeEach(async () => {
  org = await startCopilotSandbox(1);
  queue = org.queueIds[0] ?? '';
  await org.put(ASSISTANT, queue);
  const { assistants } = org.client;
  const { id } = await assistants.startAssignment(ASSISTANT, queue, 'ManualAssignment');
  while ((await assistants.assignmentJob(ASSISTANT, queue, id)).status === 'InProgress') await sleep(50);
});
afterEach(() => org.close());

async function usersOfOrganisation(): Promise<string[]> {
  const pages = await Promise.all(
    [1, 2].map((page) => org.call<{ entities: { id: string }[] }>('GET', `users?pageSize=100&pageNumber=${page}`)),
  );
  return pages.flatMap(({ entities }) => entities.map(({ id }) => id));
}

function divided(ids: readonly string[]): { deployment: Deployment; handle: DividedAgents } {
  const agents = ids.map((id) => ({ id, queues: [queue], volume: 1 }));
  const handle: DividedAgents = {
    unit: 'agent',
    assistants: { [queue]: ASSISTANT },
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
  const { assistants } = org.client;
  const { deployment, handle } = divided((await usersOfOrganisation()).slice(0, 150));
  await moveAgents(assistants, deployment, handle, 100);
  expect(agentsState(handle, await assignedIn(assistants, handle))).toEqual({ candidateShare: 100, isAnybody: true });
  await moveAgents(assistants, deployment, handle, 100);
  expect(bulkSizes('add')).toEqual([100, 50]);
  await moveAgents(assistants, deployment, handle, 0);
  expect(agentsState(handle, await assignedIn(assistants, handle))).toEqual({ candidateShare: 0, isAnybody: false });
  expect(bulkSizes('remove')).toEqual([100, 50]);
});

test('whom the organisation refuses is said by name, all the others have it, and only who is missing is asked for again', async () => {
  const { assistants } = org.client;
  const { deployment, handle } = divided([GONE, ...(await usersOfOrganisation()).slice(0, 120)]);
  const refused = { code: 'AgentsRefused', message: expect.stringContaining(`${GONE} on queue ${queue}`) };
  await expect(moveAgents(assistants, deployment, handle, 100)).rejects.toMatchObject(refused);
  const { candidateShare } = agentsState(handle, await assignedIn(assistants, handle));
  expect([candidateShare > 99, candidateShare < 100]).toEqual([true, true]);
  await expect(moveAgents(assistants, deployment, handle, 100)).rejects.toMatchObject(refused);
  expect(bulkSizes('add')).toEqual([100, 21, 1]);
  await moveAgents(assistants, deployment, handle, 0);
  expect(agentsState(handle, await assignedIn(assistants, handle)).isAnybody).toBe(false);
});
