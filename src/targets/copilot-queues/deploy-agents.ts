/** What a rollout on agents finds when it begins: queues in manual mode, nobody assigned, and who their agents are. */
import type { TargetOf } from '../../domain/plan/target-schema.ts';
import type { Deployment } from '../../domain/rollout/deployment.ts';
import type { GenesysClient } from '../../genesys/client.ts';
import { TargetError } from '../target-error.ts';
import type { DeployRequest } from '../target.ts';
import { assertManual, notManual } from './agents.ts';
import { armId, readAssistants } from './assistants.ts';
import type { DeployClient } from './deploy.ts';
import { assignedIn, isAstray } from './given.ts';
import type { DividedAgents } from '../../domain/split/assistant-queues.ts';
import { ordered, sharesOf } from '../../domain/split/movable.ts';
import { volumesBy } from './volumes.ts';

export async function deployAgents(
  client: DeployClient & Pick<GenesysClient, 'people'>,
  { action, target }: DeployRequest & { readonly target: TargetOf<'copilotQueues'> },
  nowMs: number,
): Promise<Deployment> {
  const { assistants } = client;
  const byQueue = Object.fromEntries(target.pairs.map(({ queue, candidate }) => [queue, candidate]));
  const queueIds = Object.keys(byQueue);
  const ids = Object.values(byQueue);
  const read = await readAssistants(assistants, ids, 'normal');
  if (read === null)
    throw new TargetError(
      'VersionMissing',
      `The organisation has no assistant ${ids.join(' or ')}. Correct target.pairs.`,
    );
  const members = await membersOf(client, queueIds);
  for (const [queue, assistant] of Object.entries(byQueue)) {
    const agent = [...members].find(([, queues]) => queues.includes(queue))?.[0];
    if (agent === undefined) throw nobodyIn(queue);
    await assertManual(assistants, { queue, assistant, agent });
  }
  const { volumes, ...span } = await volumesBy(client, 'userId', { queueIds, nowMs });
  const agents = [...members].map(([id, queues]) => ({ id, queues, volume: volumes.get(id) ?? 0 }));
  if (agents.length < 2)
    throw new TargetError(
      'NoBaseline',
      `The queues of ${action.name} have ${agents.length} agents, who cannot be divided. Name queues with more members.`,
    );
  const inOrder = [...ordered(agents, action.name)];
  const handle: DividedAgents = { unit: 'agent', assistants: byQueue, agents: inOrder, ...span };
  await refuseAssigned(client, action.name, handle);
  const candidate = { id: armId(action.name, ids), version: action.version, fingerprint: read.fingerprint };
  return {
    target: 'copilotQueues',
    actionName: action.name,
    unit: 'agent',
    baseline: null,
    candidate,
    shares: sharesOf(inOrder),
    handle,
  };
}

/** Whether it is in manual mode only one of its agents can tell: whoever joins one in automatic mode has the assistant. */
function nobodyIn(queue: string): TargetError {
  return new TargetError(
    'NoBaseline',
    `Queue ${queue} has no agents, so nobody can be asked whether it is in manual assignment mode. Give it members, or ` +
      'take it out of target.pairs.',
  );
}

async function membersOf(
  { people }: Pick<GenesysClient, 'people'>,
  queueIds: readonly string[],
): Promise<ReadonlyMap<string, string[]>> {
  const members = new Map<string, string[]>();
  for (const queue of queueIds)
    for await (const { id } of people.membersOf(queue)) members.set(id, [...(members.get(id) ?? []), queue]);
  return members;
}

/** Whom a person gave it is nobody whom a rollout may take it from. */
async function refuseAssigned(client: DeployClient, actionName: string, handle: DividedAgents): Promise<void> {
  const ids = new Set<string>();
  for (const [queue, given] of await assignedIn(client, handle)) {
    if (isAstray(given)) throw notManual(queue, handle.assistants[queue] ?? '', given.clause);
    for (const id of given) ids.add(id);
  }
  if (ids.size === 0) return;
  throw new TargetError(
    'AlreadyServing',
    `${ids.size} agents of the queues of ${actionName} have the assistant already: ${[...ids].slice(0, 5).join(', ')}` +
      `${ids.size > 5 ? ', ...' : ''}. Take it from them first: a rollout begins with nobody.`,
  );
}
