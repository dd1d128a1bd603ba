/** The true end of a rollout: what it says, and what a rollout of its kind may say at all. */
import type { Document } from '../observer/documents.ts';
import { isOnTrial, unservedBuckets } from '../observer/documents.ts';
import type { Played, Scene } from './rollout.ts';
import type { Kind } from './draw.ts';
import { wavesHandle } from './play.ts';
import { within } from './rollout.ts';

export interface Unanswered {
  readonly candidateId: string;
  readonly givenUpAtMs: number;
}

export interface End {
  readonly action: string;
  /** Null: it has no word of its own. */
  readonly outcome: string | null;
  readonly reason: string;
  /** The campaign's own person had to give it up. */
  readonly helped: boolean;
  /** What it waited for then. */
  readonly waitedFor: string;
  /** A harmful candidate that a person gave up before harm was told. */
  readonly unanswered: Unanswered | null;
  /** A sentence for each thing that should not be so. */
  readonly wrong: readonly string[];
  readonly stuck: readonly string[] | null;
}

const CALL_MS = 5_000;
const MAY_END_UNSERVED: readonly Kind[] = ['aborted', 'undone', 'calledOff'];

/** Null while it has none. */
export async function endOf(played: Played, { client, observer }: Scene): Promise<End | null> {
  const { action } = played.planned;
  const found = await within(CALL_MS, played.handle.describe()).catch((error: Error) => error.name);
  if (typeof found === 'string') return found === 'WorkflowNotFoundError' ? passedOver(played, client) : null;
  if (found.status.name === 'RUNNING') return null;
  if (found.status.name !== 'COMPLETED')
    return isSafe(observer.versions(action)) ? ended(played, null, found.status.name) : null;
  const handle = client.workflow.getHandle(found.workflowId, found.runId);
  const said = await within(CALL_MS, handle.result() as Promise<Said>).catch(() => null);
  return said === null ? null : ended(played, said.outcome, said.reason, said.deployment?.candidate.id);
}

/** A member that its waves did not begin, since another went back. */
async function passedOver(played: Played, client: Scene['client']): Promise<End | null> {
  const { waves } = played.planned;
  if (waves === null) return null;
  const found = await within(CALL_MS, wavesHandle(client, waves).describe()).catch(() => null);
  return found === null || found.status.name === 'RUNNING' ? null : ended(played, null, 'not begun by its waves');
}

/** One version serves everybody. */
function isSafe(versions: readonly Document[]): boolean {
  return unservedBuckets(versions) === 0 && !versions.some(isOnTrial);
}

interface Said {
  readonly outcome: string;
  readonly reason: string;
  readonly deployment?: { readonly candidate: { readonly id: string } } | null;
}

function ended(
  { planned, helpedAtMs, waitedFor, taken }: Played,
  outcome: string | null,
  reason: string,
  candidateId?: string,
): End {
  const { action, kind, hand } = planned;
  const helped = helpedAtMs !== null;
  const unanswered =
    kind === 'harmful' && helped && hand === null && candidateId !== undefined && !/harm:/.test(reason)
      ? { candidateId, givenUpAtMs: helpedAtMs }
      : null;
  const wasAborted = [...taken].some((one) => one.startsWith('abort'));
  // Before anything of it was served: by a person, or by an organisation that refuses.
  const mayBeRejected = MAY_END_UNSERVED.includes(kind) || hand !== null || helped || /40\d/.test(reason);
  const wrong = [
    ...(outcome === 'promoted' && kind === 'harmful' ? [`${action}: promoted, though it harms`] : []),
    ...(outcome === 'promoted' && wasAborted ? [`${action}: promoted, though it was aborted`] : []),
    ...(outcome === 'rolledBack' && kind !== 'harmful' && /harm/.test(reason) ? [`${action}: ${reason}`] : []),
    ...(outcome === 'rejected' && !mayBeRejected ? [`${action}: rejected: ${reason}`] : []),
  ];
  return { action, outcome, reason, helped, waitedFor, unanswered, wrong, stuck: null };
}
