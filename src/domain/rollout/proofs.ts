/** What a read-back of the organisation must show before an end may be said. */
import type { Fingerprint } from '../split/fingerprint.ts';
import { differingParts } from '../split/fingerprint.ts';
import { isSameAudience } from '../split/audience.ts';
import type { Audience } from '../split/audience.ts';
import { achievedShare } from './shares.ts';
import type { Shares } from './shares.ts';

interface ReadArm {
  /** To anybody, of those whom the rollout divides. */
  readonly servesHere: boolean;
  /** Null: the version is not there any more. */
  readonly fingerprint: Fingerprint | null;
}

/** An arm that is null is none: there no card is shown. */
export interface ReadBack {
  readonly covered: boolean;
  /** Share of conversations in the candidate's arm, 0..100. */
  readonly effectiveSplitPercent: number;
  readonly candidate: ReadArm | null;
  readonly baseline: ReadArm | null;
  /** Whom the share is of; absent or null: everybody. */
  readonly of?: Audience | null;
}

type CheckedArm = { readonly fingerprint: Fingerprint } | null;

/** The contents that were checked, and the shares that can be had; what another hand wrote proves nothing. */
export interface Checked extends Shares {
  readonly candidate: CheckedArm;
  readonly baseline: CheckedArm;
}

/** Both arms serve as asked, each with the content that was checked. */
export function isSplit(state: ReadBack, percent: number, checked: Checked, of: Audience | null = null): boolean {
  return (
    isCoveredAsMeant(state) &&
    isSameAudience(state.of ?? null, of) &&
    showsSplit(state, achievedShare(checked, percent)) &&
    isAsChecked(state.candidate, checked.candidate) &&
    isAsChecked(state.baseline, checked.baseline)
  );
}

export function isPromoted(state: ReadBack, checked: Checked): boolean {
  const { candidate, baseline } = state;
  return (
    (candidate === null || (state.covered && candidate.servesHere)) &&
    showsSplit(state, 100) &&
    !(baseline?.servesHere ?? false) &&
    isAsChecked(candidate, checked.candidate)
  );
}

/** The candidate is off, whatever it holds by now. */
export function isRestored(state: ReadBack, checked: Checked): boolean {
  const { candidate, baseline } = state;
  return (
    (baseline === null || (state.covered && baseline.servesHere)) &&
    showsSplit(state, 0) &&
    !(candidate?.servesHere ?? false) &&
    isAsChecked(baseline, checked.baseline)
  );
}

/** Beside an arm in which no card is shown, some conversations are meant to see none. */
function isCoveredAsMeant({ covered, baseline, candidate }: ReadBack): boolean {
  return covered || baseline === null || candidate === null;
}

/**
 * A control's range cannot end at every bucket (100 - 99.99 is more than 0.01): where only a control serves, one bucket
 * more is let.
 */
export function showsSplit(
  { effectiveSplitPercent, candidate }: { readonly effectiveSplitPercent: number; readonly candidate: unknown },
  asked: number,
): boolean {
  return Math.abs(effectiveSplitPercent - asked) <= (candidate === null ? 0.0101 : 0);
}

function isAsChecked(read: ReadArm | null, checked: CheckedArm): boolean {
  if (read === null || checked === null) return read === null && checked === null;
  return read.fingerprint !== null && differingParts(read.fingerprint, checked.fingerprint).length === 0;
}
