/**
 * Agents of queues that have one assistant in manual assignment mode: those of the candidate's share are assigned, the
 * others are not. The mode itself is never switched: that would clear what is assigned.
 */
import { achievedShare } from '../../domain/rollout/shares.ts';
import type { Deployment } from '../../domain/rollout/deployment.ts';
import type { RefusedUser } from '../../genesys/assistant-users.ts';
import type { Assistants } from '../../genesys/assistants.ts';
import { isGenesysError } from '../../genesys/errors.ts';
import type { Urgency } from '../../genesys/token-bucket.ts';
import { TargetError } from '../target-error.ts';
import { assertAsChecked } from './assistants.ts';
import type { AgentOfQueues, DividedAgents } from '../../domain/split/assistant-queues.ts';
import { movedAt, shareOf } from '../../domain/split/movable.ts';

/** For each queue, which of the rollout's agents are assigned. */
export type Assigned = ReadonlyMap<string, ReadonlySet<string>>;

export async function assignedIn(
  assistants: Assistants,
  handle: Pick<DividedAgents, 'assistants' | 'agents'>,
  urgency?: Urgency,
): Promise<Assigned> {
  const assigned = new Map<string, ReadonlySet<string>>();
  for (const [queue, assistant] of Object.entries(handle.assistants)) {
    assigned.set(queue, await assistants.usersAmong(assistant, queue, agentsOf(handle, queue), urgency));
  }
  return assigned;
}

export interface AgentsState {
  /**
   * 0..100. An agent who has the assistant in some of their queues only is in neither arm: then it is half a hundredth
   * off, which no split that can be asked for is.
   */
  readonly candidateShare: number;
  readonly isAnybody: boolean;
}

export function agentsState({ agents }: DividedAgents, assigned: Assigned): AgentsState {
  const has = (agent: AgentOfQueues) => (queue: string) => assigned.get(queue)?.has(agent.id) === true;
  const inAny = agents.filter((agent) => agent.queues.some(has(agent)));
  const inAll = inAny.filter((agent) => agent.queues.every(has(agent)));
  const share = shareOf(inAll, agents);
  return {
    candidateShare: inAny.length === inAll.length ? share : Math.abs(share - 0.005),
    isAnybody: inAny.length > 0,
  };
}

/** Writes what differs, by the hundred. Whom the platform refuses is said by name, after all the others are done. */
export async function moveAgents(
  assistants: Assistants,
  deployment: Deployment,
  handle: DividedAgents,
  percent: number,
  urgency?: Urgency,
): Promise<void> {
  const moved = new Set(movedAt(handle.agents, achievedShare(deployment, percent)).map(({ id }) => id));
  const assigned = await assignedIn(assistants, handle, urgency);
  const changes = Object.entries(handle.assistants).map(([queue, assistant]) => {
    const has = (id: string): boolean => assigned.get(queue)?.has(id) === true;
    const ids = agentsOf(handle, queue);
    return {
      queue,
      assistant,
      add: ids.filter((id) => moved.has(id) && !has(id)),
      remove: ids.filter((id) => !moved.has(id) && has(id)),
    };
  });
  const ids = Object.values(handle.assistants);
  if (changes.some(({ add }) => add.length > 0))
    await assertAsChecked(assistants, deployment, { arm: 'candidate', ids }, urgency);
  const refused: Refused[] = [];
  for (const { queue, assistant, add, remove } of changes) {
    const some = [
      ...(await assistants.removeUsers(assistant, queue, remove, urgency)),
      ...(await assistants.addUsers(assistant, queue, add, urgency)),
    ];
    refused.push(...some.map((one) => ({ ...one, queue })));
  }
  if (refused.length > 0) throw agentsRefused(deployment, refused);
}

type Refused = RefusedUser & { readonly queue: string };

const MAX_NAMED = 5;

/** A 200 that tells that some failed: they are tried again. */
function agentsRefused({ actionName }: Deployment, refused: readonly Refused[]): TargetError {
  const named = refused
    .slice(0, MAX_NAMED)
    .map(({ userId, queue, code, message }) => `${userId} on queue ${queue} (${code}: ${message})`);
  const more = refused.length > MAX_NAMED ? `, and ${refused.length - MAX_NAMED} more` : '';
  return new TargetError(
    'AgentsRefused',
    `${actionName}: the organisation did not change the assistant of ${named.join(', ')}${more}. It is tried again; ` +
      'see whether they are still members of the queue and licensed.',
  );
}

/** Who asks for users of a queue in automatic mode is refused, with an answer that nobody has documented. */
export async function assertManual(
  assistants: Assistants,
  { queue, assistant, agent }: { readonly queue: string; readonly assistant: string; readonly agent: string },
): Promise<void> {
  try {
    await assistants.usersAmong(assistant, queue, [agent]);
  } catch (error) {
    if (!isGenesysError(error, 'badRequest', 'conflict', 'notFound')) throw error;
    throw new TargetError(
      'NotManual',
      `Queue ${queue} does not let assistant ${assistant} be given to single agents. Give the queue this assistant, ` +
        'and switch it to manual assignment of agents, by hand: the switch clears what is assigned. ' +
        `The organisation said: ${error.message}`,
    );
  }
}

function agentsOf({ agents }: Pick<DividedAgents, 'agents'>, queue: string): readonly string[] {
  return agents.filter(({ queues }) => queues.includes(queue)).map(({ id }) => id);
}
