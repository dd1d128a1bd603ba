/** What a read-back of the organisation must show before an end may be said. */
import type { Fingerprint } from '../split/fingerprint.ts';
import { differingParts } from '../split/fingerprint.ts';

interface ReadArm {
  readonly enabled: boolean;
  /** Null: the version is not there any more. */
  readonly fingerprint: Fingerprint | null;
}

export interface ReadBack {
  readonly covered: boolean;
  /** Share of conversations that see the candidate, 0..100. */
  readonly effectiveSplitPercent: number;
  readonly candidate: ReadArm;
  readonly baseline: ReadArm;
}

/** The contents that were checked; what another hand wrote proves nothing. */
export interface Checked {
  readonly candidate: { readonly fingerprint: Fingerprint };
  readonly baseline: { readonly fingerprint: Fingerprint };
}

/** Both arms serve as asked, each with the content that was checked. */
export function isSplit(state: ReadBack, percent: number, checked: Checked): boolean {
  return (
    state.covered &&
    state.effectiveSplitPercent === percent &&
    isAsChecked(state, checked, 'candidate') &&
    isAsChecked(state, checked, 'baseline')
  );
}

export function isPromoted(state: ReadBack, checked: Checked): boolean {
  return (
    state.covered &&
    state.effectiveSplitPercent === 100 &&
    state.candidate.enabled &&
    !state.baseline.enabled &&
    isAsChecked(state, checked, 'candidate')
  );
}

/** The candidate is off, whatever it holds by now. */
export function isRestored(state: ReadBack, checked: Checked): boolean {
  return (
    state.covered &&
    state.effectiveSplitPercent === 0 &&
    state.baseline.enabled &&
    !state.candidate.enabled &&
    isAsChecked(state, checked, 'baseline')
  );
}

function isAsChecked(state: ReadBack, checked: Checked, arm: 'candidate' | 'baseline'): boolean {
  const { fingerprint } = state[arm];
  return fingerprint !== null && differingParts(fingerprint, checked[arm].fingerprint).length === 0;
}
