/**
 * Agents of queues that have one assistant in manual assignment mode: those of the candidate's share are assigned, the
 * others are not. The mode itself is never switched: that would clear what is assigned.
 */
import { achievedShare } from '../../domain/rollout/shares.ts';
import type { Deployment } from '../../domain/rollout/deployment.ts';
import type { RefusedUser } from '../../genesys/assistant-users.ts';
import type { Assistants } from '../../genesys/assistants.ts';
import type { Urgency } from '../../genesys/token-bucket.ts';
import { TargetError } from '../target-error.ts';
import { assertAsChecked } from './assistants.ts';
import { each } from './each.ts';
import { agentsOf, givenIn, isAstray, isRefusedQueue } from './given.ts';
import type { Assigned, Astray, Given } from './given.ts';
import type { QueuesClient } from './queues.ts';
import { goneRefused, strayRefused } from './refusals.ts';
import type { AgentOfQueues, DividedAgents } from '../../domain/split/assistant-queues.ts';
import type { StrayedFrom } from '../../domain/split/seen-version.ts';
import { movedAt, shareOf } from '../../domain/split/movable.ts';

export interface AgentsState {
  /**
   * 0..100. An agent who has the assistant in some of their queues only is in neither arm: then it is half a hundredth
   * off, which no split that can be asked for is.
   */
  readonly candidateShare: number;
  readonly isAnybody: boolean;
  /** What another hand did to queues that are there; null: nothing. */
  readonly astray: StrayedFrom | null;
}

/** A queue that is no more has no agents: whoever was in it alone counts as wherever all the others are. */
export function agentsState({ agents }: DividedAgents, assigned: Assigned): AgentsState {
  const isGone = (queue: string): boolean => isKind(assigned.get(queue), 'gone');
  const has =
    ({ id }: AgentOfQueues) =>
    (queue: string): boolean => {
      const given = assigned.get(queue);
      return isAstray(given) ? given.kind === 'everybody' : given?.has(id) === true;
    };
  const there = agents
    .map((agent) => ({ ...agent, queues: agent.queues.filter((queue) => !isGone(queue)) }))
    .filter(({ queues }) => queues.length > 0);
  const inAny = there.filter((agent) => agent.queues.some(has(agent)));
  const inAll = inAny.filter((agent) => agent.queues.every(has(agent)));
  const share = inAll.length === there.length && there.length > 0 ? 100 : shareOf(inAll, agents);
  const astray = [...assigned.values()].filter(isAstray);
  return {
    candidateShare: inAny.length === inAll.length ? share : Math.abs(share - 0.005),
    isAnybody: inAny.length > 0 || astray.some(({ kind }) => kind === 'everybody'),
    astray: strayed(astray.filter(({ kind }) => kind !== 'gone')),
  };
}

const isKind = (given: Given | undefined, kind: Astray['kind']): boolean => isAstray(given) && given.kind === kind;

/**
 * Writes what differs, queue by queue, by the hundred. What the platform refuses of one agent or queue is said by name,
 * after all the others are done.
 */
export async function moveAgents(
  client: QueuesClient,
  deployment: Deployment,
  handle: DividedAgents,
  percent: number,
  urgency?: Urgency,
): Promise<void> {
  const { assistants } = client;
  const share = achievedShare(deployment, percent);
  const moved = new Set(movedAt(handle.agents, share).map(({ id }) => id));
  const [refused, astray]: [Refused[], Astray[]] = [[], []];
  let checking: Promise<void> | undefined;
  const ids = Object.values(handle.assistants);
  const checked = () => (checking ??= assertAsChecked(assistants, deployment, { arm: 'candidate', ids }, urgency));
  await each(Object.entries(handle.assistants), async ([queue, assistant]) => {
    const given = await givenIn(client, handle, queue, urgency);
    if (isAstray(given)) return void astray.push(given);
    const agents = agentsOf(handle, queue);
    const note = (some: readonly RefusedUser[]): void => void refused.push(...some.map((one) => ({ ...one, queue })));
    const remove = agents.filter((id) => !moved.has(id) && given.has(id));
    note(await assistants.removeUsers(assistant, queue, remove, urgency));
    const add = agents.filter((id) => moved.has(id) && !given.has(id));
    if (add.length > 0) await checked();
    note(await assistants.addUsers(assistant, queue, add, urgency));
  });
  if (refused.length > 0) throw agentsRefused(deployment, refused);
  refuseAstray(deployment, astray, share);
}

/** What another hand chose is never overwritten, and where it is what was asked for, it is nobody's trouble. */
function refuseAstray({ actionName }: Deployment, astray: readonly Astray[], share: number): void {
  const other = strayed(
    astray.filter(({ kind }) => (kind === 'everybody' && share < 100) || (kind === 'elsewhere' && share > 0)),
  );
  if (other !== null)
    throw strayRefused(
      actionName,
      other,
      'Give the queue the candidate and manual assignment mode again, by hand, or abort.',
    );
  const gone = astray.filter(({ kind }) => kind === 'gone').map(({ clause }) => clause);
  if (gone.length === 0 || share === 0 || share === 100) return;
  throw goneRefused(actionName, gone.join(' '), `Of this rollout ${gone.join('; ')}`, share);
}

function strayed(astray: readonly Astray[]): StrayedFrom | null {
  if (astray.length === 0) return null;
  const clauses = astray.map(({ clause }) => clause);
  const allHaveIt = astray.every(({ kind }) => kind === 'everybody');
  return {
    ...(allHaveIt && { allHaveIt }),
    message: `Of the queues of this rollout ${clauses.join('; ')}.`,
    rivals: clauses,
  };
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

/** Who asks for users of a queue in automatic mode is refused. */
export async function assertManual(
  assistants: Assistants,
  { queue, assistant, agent }: { readonly queue: string; readonly assistant: string; readonly agent: string },
): Promise<void> {
  try {
    await assistants.usersAmong(assistant, queue, [agent]);
  } catch (error) {
    if (!isRefusedQueue(error)) throw error;
    throw notManual(queue, assistant, `The organisation said: ${error.message}`);
  }
}

export function notManual(queue: string, assistant: string, why: string): TargetError {
  return new TargetError(
    'NotManual',
    `Queue ${queue} does not let assistant ${assistant} be given to single agents. Give the queue this assistant, ` +
      `and switch it to manual assignment of agents, by hand: the switch clears what is assigned. ${why}`,
  );
}
