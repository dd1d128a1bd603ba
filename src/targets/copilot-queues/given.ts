/** Who of a rollout's agents has the candidate in each of its queues, also where the organisation does not let us ask. */
import type { DividedAgents } from '../../domain/split/assistant-queues.ts';
import { isGenesysError } from '../../genesys/errors.ts';
import type { GenesysError } from '../../genesys/errors.ts';
import type { Urgency } from '../../genesys/token-bucket.ts';
import type { QueuesClient } from './queues.ts';

/**
 * `automatic`: single agents cannot be asked after, and all of them have it. `elsewhere`: the queue has another assistant,
 * or none. `gone`: there is no such queue any more. Of the last two nobody has it.
 */
export interface Astray {
  readonly kind: 'automatic' | 'elsewhere' | 'gone';
  /** What another hand did, in one clause. */
  readonly clause: string;
}

export type Given = ReadonlySet<string> | Astray;

/** By queue. */
export type Assigned = ReadonlyMap<string, Given>;

export const isAstray = (given: Given | undefined): given is Astray => given !== undefined && 'kind' in given;

type Handle = Pick<DividedAgents, 'assistants' | 'agents'>;

export async function assignedIn(client: QueuesClient, handle: Handle, urgency?: Urgency): Promise<Assigned> {
  const assigned = new Map<string, Given>();
  for (const queue of Object.keys(handle.assistants))
    assigned.set(queue, await givenIn(client, handle, queue, urgency));
  return assigned;
}

export async function givenIn(
  client: QueuesClient,
  handle: Handle,
  queue: string,
  urgency: Urgency | undefined,
): Promise<Given> {
  const assistant = handle.assistants[queue] ?? '';
  try {
    return await client.assistants.usersAmong(assistant, queue, agentsOf(handle, queue), urgency);
  } catch (error) {
    if (!isRefusedQueue(error)) throw error;
    return whyRefused(client, { queue, assistant, error }, urgency);
  }
}

/** With which answer a queue refuses that is not in manual mode, nobody has documented. */
export function isRefusedQueue(error: unknown): error is GenesysError {
  return isGenesysError(error, 'badRequest', 'conflict', 'notFound');
}

export function agentsOf({ agents }: Pick<DividedAgents, 'agents'>, queue: string): readonly string[] {
  return agents.filter(({ queues }) => queues.includes(queue)).map(({ id }) => id);
}

interface Refused {
  readonly queue: string;
  readonly assistant: string;
  readonly error: GenesysError;
}

/** A listing of assistants may go on to have a queue that is no more. */
async function whyRefused(
  { assistants, routing }: QueuesClient,
  { queue, assistant, error }: Refused,
  urgency: Urgency | undefined,
): Promise<Astray> {
  const { unknown } = await routing.lookUp('queue', [queue], urgency);
  if (unknown.includes(queue)) return { kind: 'gone', clause: `queue ${queue} was deleted` };
  const [found] = await assistants.queuesAmong([queue], urgency);
  const has = found?.assistant?.id ?? null;
  if (has !== assistant)
    return {
      kind: 'elsewhere',
      clause: `queue ${queue} ${has === null ? 'has no assistant any more' : `was given to assistant ${has}`}`,
    };
  return {
    kind: 'automatic',
    clause:
      `queue ${queue} does not let assistant ${assistant} be given to single agents any more, as in automatic ` +
      `assignment mode, in which all of its agents have it (${error.message.replace(/\.$/, '')})`,
  };
}
