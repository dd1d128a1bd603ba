/** Who of a rollout's agents has the candidate in each of its queues, also where the organisation does not let us ask. */
import type { DividedAgents } from '../../domain/split/assistant-queues.ts';
import { isGenesysError } from '../../genesys/errors.ts';
import type { GenesysError } from '../../genesys/errors.ts';
import type { Urgency } from '../../genesys/token-bucket.ts';
import type { QueuesClient } from './queues.ts';

/**
 * `everybody`: single agents cannot be asked after, and all of them may have a candidate, this one or another of the
 * rollout's. `elsewhere`: the queue has an assistant of nobody's, or none. `gone`: there is no such queue any more. Of the
 * last two nobody has it.
 */
export interface Astray {
  readonly kind: 'everybody' | 'elsewhere' | 'gone';
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
    return whyRefused(client, handle, queue, urgency);
  }
}

/** With which answer a queue refuses that is not in manual mode, nobody has documented. */
export function isRefusedQueue(error: unknown): error is GenesysError {
  return isGenesysError(error, 'badRequest', 'conflict', 'notFound');
}

export function agentsOf({ agents }: Pick<DividedAgents, 'agents'>, queue: string): readonly string[] {
  return agents.filter(({ queues }) => queues.includes(queue)).map(({ id }) => id);
}

/**
 * A listing of assistants may go on to have a queue that is no more. The clause is the same at each look, for it is what
 * the drift is told apart by.
 */
async function whyRefused(
  { assistants, routing }: QueuesClient,
  handle: Handle,
  queue: string,
  urgency: Urgency | undefined,
): Promise<Astray> {
  const assistant = handle.assistants[queue] ?? '';
  const { unknown } = await routing.lookUp('queue', [queue], urgency);
  if (unknown.includes(queue)) return { kind: 'gone', clause: `queue ${queue} was deleted` };
  const [found] = await assistants.queuesAmong([queue], urgency);
  const has = found?.assistant?.id ?? null;
  if (has !== assistant)
    return {
      kind: Object.values(handle.assistants).includes(has ?? '') ? 'everybody' : 'elsewhere',
      clause: `queue ${queue} ${has === null ? 'has no assistant any more' : `was given to assistant ${has}`}`,
    };
  return {
    kind: 'everybody',
    clause:
      `queue ${queue} does not let assistant ${assistant} be given to single agents any more, as in automatic ` +
      'assignment mode, in which all of its agents have it',
  };
}
