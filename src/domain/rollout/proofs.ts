/** What a read-back of the organisation must show before an end may be said. */

export interface ReadBack {
  readonly covered: boolean;
  /** Share of conversations that see the candidate, 0..100. */
  readonly effectiveSplitPercent: number;
  readonly candidate: { readonly enabled: boolean };
  readonly baseline: { readonly enabled: boolean };
}

export function isPromoted(state: ReadBack): boolean {
  return state.covered && state.effectiveSplitPercent === 100 && state.candidate.enabled && !state.baseline.enabled;
}

export function isRestored(state: ReadBack): boolean {
  return state.covered && state.effectiveSplitPercent === 0 && state.baseline.enabled && !state.candidate.enabled;
}
