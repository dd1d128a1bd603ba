/** The assistants of a rollout's arms: what they hold, and what their arm is called. */
import { createHash } from 'node:crypto';
import type { Arm } from '../../domain/judge/types.ts';
import { contentDrift } from '../../domain/rollout/drift.ts';
import type { Drift } from '../../domain/rollout/drift.ts';
import { armLabel } from '../../domain/rollout/deployment.ts';
import type { Deployment, VersionRef } from '../../domain/rollout/deployment.ts';
import type { Fingerprint } from '../../domain/split/fingerprint.ts';
import type { Assistants } from '../../genesys/assistants.ts';
import { isGenesysError } from '../../genesys/errors.ts';
import type { Urgency } from '../../genesys/token-bucket.ts';
import { TargetError } from '../target-error.ts';
import { fingerprintOf, isPartOf } from './fingerprint.ts';
import type { AssistantContent } from './fingerprint.ts';

/** What the assistants of an arm hold. */
export interface ReadArm {
  readonly fingerprint: Fingerprint;
  /** Of the one that was changed last: ISO instant and id, where the organisation tells. */
  readonly changedAt: string | null;
  readonly changedBy: string | null;
  /** Ids of those that are not there any more. */
  readonly missing: readonly string[];
}

/** Null where one of them is not there any more. `isWhole`: the arm has no others. */
export async function readAssistants(
  assistants: Assistants,
  ids: readonly string[],
  urgency: Urgency | undefined,
  isWhole = true,
): Promise<ReadArm | null> {
  const read = await readPresent(assistants, ids, urgency, isWhole);
  return read === null || read.missing.length > 0 ? null : read;
}

/**
 * Those that are there, for they may be before somebody; null where none is. Many queues may have the same: it is read
 * once.
 */
export async function readPresent(
  assistants: Assistants,
  ids: readonly string[],
  urgency: Urgency | undefined,
  isWhole = true,
): Promise<ReadArm | null> {
  const found = await Promise.all(
    [...new Set(ids)].toSorted().map(async (id) => ({ id, content: await contentOf(assistants, id, urgency) })),
  );
  const contents = found.flatMap(({ content }) => content ?? []);
  const missing = found.flatMap(({ id, content }) => (content === null ? [id] : []));
  if (contents.length === 0 && missing.length > 0) return null;
  const [last] = contents.map(({ assistant }) => lastChangeOf(assistant)).toSorted((a, b) => (a.at > b.at ? -1 : 1));
  return {
    fingerprint: fingerprintOf(contents, !isWhole || found.length > 1),
    changedAt: last?.at || null,
    changedBy: last?.by ?? null,
    missing,
  };
}

/** Null: it is not there any more. */
async function contentOf(
  assistants: Assistants,
  id: string,
  urgency: Urgency | undefined,
): Promise<AssistantContent | null> {
  try {
    const { copilot, ...assistant } = await assistants.get(id, urgency);
    return { id, assistant, copilot: copilot ?? null };
  } catch (error) {
    if (isGenesysError(error, 'notFound')) return null;
    throw error;
  }
}

function lastChangeOf(assistant: AssistantContent['assistant']): { readonly at: string; readonly by: string | null } {
  const { dateModified, modifiedBy } = assistant;
  const by = typeof modifiedBy === 'object' && modifiedBy !== null && 'id' in modifiedBy ? modifiedBy.id : null;
  return { at: typeof dateModified === 'string' ? dateModified : '', by: typeof by === 'string' ? by : null };
}

/**
 * What an arm is called where its cards are kept: an assistant may serve other actions too, so its own id would mix
 * their cards.
 */
export function armId(actionName: string, assistantIds: readonly string[]): string {
  const ids = [...new Set(assistantIds)].toSorted();
  if (ids.length === 1) return `${ids[0]} of ${actionName}`;
  const hash = createHash('sha256').update(ids.join(' ')).digest('hex').slice(0, 12);
  return `${ids.length} assistants ${hash} of ${actionName}`;
}

/** `ids` are all assistants of the arm, `of` those that would be given. */
export interface GivenOfArm {
  readonly arm: Arm;
  readonly ids: readonly string[];
  readonly of?: readonly string[];
}

/** What was changed by another hand is never given to anybody who does not have it. */
export async function assertAsChecked(
  assistants: Assistants,
  deployment: Deployment,
  { arm, ids, of = ids }: GivenOfArm,
  urgency: Urgency | undefined,
): Promise<void> {
  const version = deployment[arm];
  if (version === null) return;
  const isWhole = of.length === ids.length;
  const read = await readAssistants(assistants, of, urgency, isWhole);
  if (read === null) throw missing(deployment, arm, { ...version, id: isWhole ? version.id : of.join(' and ') });
  const others = Object.entries(version.fingerprint).filter(([part]) => !isWhole && !of.some(isPartOf(part)));
  const drift = contentDrift(arm, version, {
    ...read,
    fingerprint: { ...Object.fromEntries(others), ...read.fingerprint },
  });
  if (drift === null) return;
  // A person takes the arm as a whole.
  const whole = isWhole ? null : await readAssistants(assistants, ids, urgency);
  throw contentChanged(deployment, (whole && contentDrift(arm, version, whole)) ?? drift);
}

function contentChanged({ actionName }: Deployment, drift: Drift): TargetError {
  return new TargetError(
    'ContentChanged',
    `${actionName} ${drift.message} Another hand changed it, so it is given to nobody. Put its ` +
      'configuration back, or roll the change out under a new version.',
    drift,
  );
}

function missing({ actionName }: Deployment, arm: Arm, version: VersionRef): TargetError {
  return new TargetError(
    'VersionMissing',
    `${actionName} ${armLabel(version)} (${version.id}), the ${arm}, is no longer in the organisation, so nobody can ` +
      `be given it. ${arm === 'baseline' ? 'Make an assistant for these queues and start a new rollout' : 'Abort this rollout'}.`,
  );
}
