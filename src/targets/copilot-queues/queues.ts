/** Whole queues between two assistants: read as they stand, and moved by one PUT each, never without an assistant. */
import type { Arm } from '../../domain/judge/types.ts';
import { achievedShare } from '../../domain/rollout/shares.ts';
import type { Deployment } from '../../domain/rollout/deployment.ts';
import type { StrayedFrom } from '../../domain/split/seen-version.ts';
import type { GenesysClient } from '../../genesys/client.ts';
import { isGenesysError } from '../../genesys/errors.ts';
import type { Urgency } from '../../genesys/token-bucket.ts';
import { assertAsChecked } from './assistants.ts';
import { each } from './each.ts';
import { goneRefused, strayRefused } from './refusals.ts';
import type { QueueOfPair, DividedQueues } from '../../domain/split/assistant-queues.ts';
import { movedAt, shareOf } from '../../domain/split/movable.ts';

export type QueuesClient = Pick<GenesysClient, 'assistants' | 'routing'>;

/** Where a queue of the rollout is: on one of its two, on a third, on none, or not there any more. */
export type Place = 'baseline' | 'candidate' | 'none' | 'gone' | { readonly other: string };

export interface PlacedQueue {
  readonly queue: QueueOfPair;
  readonly place: Place;
}

/** For a write or a proof: each is looked up, for a listing of assistants may go on to have a queue that is no more. */
export async function placesOf(
  client: QueuesClient,
  handle: DividedQueues,
  urgency: Urgency | undefined,
): Promise<readonly PlacedQueue[]> {
  const listed = await listedPlaces(client, handle, urgency);
  return withoutGone(client, listed, listed, urgency);
}

/** For a look: all are looked up where the listing does not show the share that was written, 0..100. */
export async function placesSeen(
  client: QueuesClient,
  handle: DividedQueues,
  share: number,
  urgency: Urgency | undefined,
): Promise<readonly PlacedQueue[]> {
  const listed = await listedPlaces(client, handle, urgency);
  const unlisted = listed.filter(({ place }) => place === 'none');
  const found = await withoutGone(client, listed, unlisted, urgency);
  return stateOf(found).candidateShare === share ? found : withoutGone(client, found, found, urgency);
}

async function listedPlaces(
  { assistants }: QueuesClient,
  { queues }: DividedQueues,
  urgency: Urgency | undefined,
): Promise<readonly PlacedQueue[]> {
  const listed = await assistants.queuesAmong(
    queues.map(({ id }) => id),
    urgency,
  );
  const assistantOf = new Map(listed.map(({ id, assistant }) => [id, assistant?.id ?? null]));
  return queues.map((queue) => ({ queue, place: placeOf(queue, assistantOf.get(queue.id) ?? null) }));
}

async function withoutGone(
  { routing }: QueuesClient,
  placed: readonly PlacedQueue[],
  uncertain: readonly PlacedQueue[],
  urgency: Urgency | undefined,
): Promise<readonly PlacedQueue[]> {
  if (uncertain.length === 0) return placed;
  const ids = uncertain.map(({ queue }) => queue.id);
  const gone = new Set((await routing.lookUp('queue', ids, urgency)).unknown);
  return placed.map((one) => (gone.has(one.queue.id) ? { ...one, place: 'gone' as const } : one));
}

function placeOf({ baseline, candidate }: QueueOfPair, assistant: string | null): Place {
  if (assistant === null) return 'none';
  if (assistant === candidate) return 'candidate';
  return assistant === baseline ? 'baseline' : { other: assistant };
}

export interface QueuesState {
  /** 0..100, by volume. */
  readonly candidateShare: number;
  /** Which those are; null: there are none. */
  readonly astray: StrayedFrom | null;
  readonly covered: boolean;
}

/** A queue that is no more has no conversations: it counts as wherever all the others are, else as the baseline's. */
export function stateOf(placed: readonly PlacedQueue[]): QueuesState {
  const there = placed.filter(({ place }) => place !== 'gone');
  const onCandidate = there.filter(({ place }) => place === 'candidate');
  const isWhole = onCandidate.length === there.length && there.length > 0;
  const all = placed.map(({ queue }) => queue);
  const others = there.filter(({ place }) => typeof place === 'object');
  return {
    candidateShare: isWhole
      ? 100
      : shareOf(
          onCandidate.map(({ queue }) => queue),
          all,
        ),
    astray: others.length === 0 ? null : strayed(others),
    covered: there.every(({ place }) => place === 'baseline' || place === 'candidate'),
  };
}

/**
 * Writes what differs, one queue after the other, whatever becomes of those before it: a call that dies in between leaves
 * every queue with one of its two assistants, and the next call goes on from there.
 */
export async function moveQueues(
  client: QueuesClient,
  deployment: Deployment,
  handle: DividedQueues,
  percent: number,
  urgency?: Urgency,
): Promise<void> {
  const share = achievedShare(deployment, percent);
  const moved = new Set(movedAt(handle.queues, share).map(({ id }) => id));
  const placed = await placesOf(client, handle, urgency);
  const moves = placed.flatMap(({ queue, place }) => {
    const arm = moved.has(queue.id) ? ('candidate' as const) : ('baseline' as const);
    return place === arm || place === 'gone' || typeof place === 'object' ? [] : [{ queue, arm }];
  });
  const checked = checksOf(client, deployment, handle, urgency);
  const gone = new Set<string>();
  await each(moves, async ({ queue, arm }) => {
    await checked(arm, queue[arm]);
    if ((await give(client, queue, arm, urgency)) === 'gone') gone.add(queue.id);
  });
  const found = placed.map((one) => (gone.has(one.queue.id) ? { ...one, place: 'gone' as const } : one));
  refuseForeign(deployment, found, share);
}

/**
 * Each once. The candidate is given on while all of it is as it was checked; on the way back one baseline that was
 * changed or deleted keeps no queue of another's from coming back.
 */
function checksOf(
  { assistants }: QueuesClient,
  deployment: Deployment,
  { queues }: DividedQueues,
  urgency: Urgency | undefined,
): (arm: Arm, assistant: string) => Promise<void> {
  const checks = new Map<string, Promise<void>>();
  return (arm, assistant) => {
    const ids = [...new Set(queues.map((queue) => queue[arm]))];
    const of = arm === 'candidate' ? ids : [assistant];
    const key = `${arm} ${of.join(' ')}`;
    const check = checks.get(key) ?? assertAsChecked(assistants, deployment, { arm, ids, of }, urgency);
    checks.set(key, check);
    return check;
  };
}

async function give(
  { assistants, routing }: QueuesClient,
  queue: QueueOfPair,
  arm: Arm,
  urgency: Urgency | undefined,
): Promise<'given' | 'gone'> {
  try {
    await assistants.putQueue(queue[arm], { id: queue.id, mediaTypes: queue.mediaTypes }, urgency);
    return 'given';
  } catch (error) {
    if (!isGenesysError(error, 'notFound')) throw error;
    const { unknown } = await routing.lookUp('queue', [queue.id], urgency);
    if (!unknown.includes(queue.id)) throw error;
    return 'gone';
  }
}

/** Said after all that could be done: what another hand chose is never overwritten. */
function refuseForeign({ actionName }: Deployment, placed: readonly PlacedQueue[], share: number): void {
  const { astray } = stateOf(placed);
  if (astray !== null)
    throw strayRefused(actionName, astray, 'Give the queue back to one of the two in the organisation.');
  const gone = placed.filter(({ place }) => place === 'gone');
  if (gone.length === 0 || share === 0 || share === 100) return;
  const ids = gone.map(({ queue }) => queue.id).join(', ');
  throw goneRefused(actionName, ids, `Queue ${ids} is not in the organisation any more`, share);
}

function strayed(others: readonly PlacedQueue[]): StrayedFrom {
  const named = others.map(({ queue, place }) => `${queue.id} to ${typeof place === 'object' ? place.other : ''}`);
  return {
    message: `A third assistant was given a queue of this rollout: queue ${named.join('; queue ')}.`,
    rivals: named,
  };
}
