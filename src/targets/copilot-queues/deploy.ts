/**
 * What a rollout on queues finds when it begins: each queue on its baseline, both assistants there, and how many
 * conversations each queue has. It is kept, so that the order in which queues are moved never changes in a rollout.
 */
import type { TargetOf } from '../../domain/plan/target-schema.ts';
import type { Deployment, VersionRef } from '../../domain/rollout/deployment.ts';
import type { Arm } from '../../domain/judge/types.ts';
import type { CopilotRow } from '../../store/copilot.ts';
import { TargetError } from '../target-error.ts';
import type { DeployRequest } from '../target.ts';
import { armId, readAssistants } from './assistants.ts';
import type { DividedQueues } from '../../domain/split/assistant-queues.ts';
import type { QueuesClient } from './queues.ts';
import { ordered, sharesOf } from '../../domain/split/movable.ts';
import { volumesBy } from './volumes.ts';
import type { VolumesClient } from './volumes.ts';

export type DeployClient = QueuesClient & VolumesClient;
type Pair = TargetOf<'copilotQueues'>['pairs'][number];
type WholePair = Pair & { readonly baseline: string };

export async function deployQueues(
  client: DeployClient,
  { action, target }: DeployRequest & { readonly target: TargetOf<'copilotQueues'> },
  known: CopilotRow | null,
  nowMs: number,
): Promise<Deployment> {
  const pairs = target.pairs.map(wholePair);
  const mediaTypes = await mediaTypesOnBaseline(client, action.name, pairs);
  const [baseline, candidate] = [
    await armOf(client, known, 'baseline', { name: action.name, version: null }, pairs),
    await armOf(client, known, 'candidate', action, pairs),
  ];
  const { volumes, ...span } = await volumesBy(client, 'queueId', { queueIds: pairs.map(({ queue }) => queue), nowMs });
  const queues = pairs.map(({ queue, ...assistants }) => ({
    id: queue,
    ...assistants,
    mediaTypes: mediaTypes.get(queue) ?? [],
    volume: volumes.get(queue) ?? 0,
  }));
  const inOrder = [...ordered(queues, action.name)];
  const handle: DividedQueues = { unit: 'queue', queues: inOrder, ...span };
  const named = { target: 'copilotQueues', actionName: action.name, unit: 'queue' } as const;
  return { ...named, baseline, candidate, shares: sharesOf(inOrder), handle };
}

export function wholePair({ queue, baseline, candidate }: Pair): WholePair {
  if (baseline !== undefined) return { queue, baseline, candidate };
  throw new TargetError(
    'NoBaseline',
    `The pair of queue ${queue} names no baseline. Add the assistant that it has now.`,
  );
}

/** Reads only. */
export async function mediaTypesOnBaseline(
  { assistants, routing }: QueuesClient,
  actionName: string,
  pairs: readonly WholePair[],
): Promise<ReadonlyMap<string, readonly string[] & string[]>> {
  const ids = pairs.map(({ queue }) => queue);
  const { unknown } = await routing.lookUp('queue', ids);
  if (unknown.length > 0)
    throw new TargetError(
      'QueueMissing',
      `The organisation has no queue ${unknown.join(', ')}. Correct target.pairs; \`assist-rollouts organisation queues\` lists its queues.`,
    );
  const found = new Map<string, { readonly assistant: string | null; readonly mediaTypes: string[] }>();
  for (const { id, assistant, mediaTypes } of await assistants.queuesAmong(ids))
    found.set(id, { assistant: assistant?.id ?? null, mediaTypes });
  for (const { queue, baseline, candidate } of pairs) {
    const has = found.get(queue)?.assistant ?? null;
    if (has !== baseline) throw notOnBaseline(actionName, queue, { has, baseline, candidate });
  }
  return new Map([...found].map(([id, { mediaTypes }]) => [id, mediaTypes]));
}

function notOnBaseline(
  actionName: string,
  queue: string,
  { has, baseline, candidate }: { readonly has: string | null; readonly baseline: string; readonly candidate: string },
): TargetError {
  if (has === candidate)
    return new TargetError(
      'AlreadyServing',
      `Queue ${queue} has the candidate ${candidate} of ${actionName} already. Give it its baseline ${baseline} back, ` +
        'or leave the pair out.',
    );
  return new TargetError(
    'NoBaseline',
    `Queue ${queue} has ${has === null ? 'no assistant' : `assistant ${has}`}; the plan says baseline ${baseline}. ` +
      'Correct target.pairs, or give the queue that assistant.',
  );
}

async function armOf(
  { assistants }: QueuesClient,
  known: CopilotRow | null,
  arm: Arm,
  { name, version }: { readonly name: string; readonly version: string | null },
  pairs: readonly WholePair[],
): Promise<VersionRef> {
  const ids = [...new Set(pairs.map((pair) => pair[arm]))];
  const read = await readAssistants(assistants, ids, 'normal');
  const id = armId(name, ids);
  if (read === null)
    throw new TargetError(
      'VersionMissing',
      `The organisation has no assistant ${ids.join(' or ')}, the ${arm} of ${name}. Correct target.pairs.`,
    );
  return { id, version: version ?? knownVersion(known, id), fingerprint: read.fingerprint };
}

/** An assistant has no version: what the last rollout of the action called it, else one before all. */
function knownVersion(known: CopilotRow | null, id: string): string {
  const refs = [known?.deployment.candidate, known?.deployment.baseline];
  return refs.find((ref) => ref?.id === id)?.version ?? FIRST;
}

const FIRST = '0.0.0';
