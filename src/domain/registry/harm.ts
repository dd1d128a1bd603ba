/** A version never changes, so what was proven against it once holds for whatever is started again. Pure. */
import type { Verdict } from '../judge/types.ts';
import type { RegistryEntry } from './entry.ts';

type Judged = Pick<RegistryEntry, 'rolloutId' | 'version' | 'startedAt' | 'reason' | 'undo'> & {
  readonly verdict: Verdict | null;
  /** Null: not known, and taken for the same. */
  readonly contentSha256: string | null;
};

/** A start, as far as it says whether it may be of what was proven harmful. */
export interface Insisted {
  readonly force?: boolean | undefined;
  readonly reason?: string | undefined;
}

/**
 * Why a version is not started again, in one sentence; null: nothing was proven against it, or a person insists and says
 * why. `rollouts`: newest first, of one action.
 */
export function harmBefore(
  rollouts: readonly Judged[],
  { version, contentSha256 }: Pick<Judged, 'version' | 'contentSha256'>,
  { force, reason = '' }: Insisted,
): string | null {
  if (force === true && reason.trim() !== '') return null;
  const harmful = rollouts.find(
    (one) =>
      one.undo === null &&
      one.version === version &&
      one.verdict === 'harm' &&
      (one.contentSha256 === null || contentSha256 === null || one.contentSha256 === contentSha256),
  );
  return harmful === undefined
    ? null
    : `v${version} was proven harmful in rollout ${harmful.rolloutId} of ${harmful.startedAt.slice(0, 10)}: ${harmful.reason}`;
}

export const HARM_WAY_OUT =
  'Publish a version that is mended; or say why it is tried once more: --force --reason <text>.';
