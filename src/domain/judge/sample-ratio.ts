import { effectiveCards } from './block.ts';
import { logValueOf, startOnsetMixture, stepOnsetMixture } from './onset-mixture.ts';
import type { OnsetMixture } from './onset-mixture.ts';
import { thresholdOf } from './evidence.ts';
import type { Look } from './types.ts';

/**
 * Sequential sample-ratio test: do conversations reach the arms in the ratio that the split asks for?
 *
 * If not, something loses or misroutes cards of one arm and no comparison can be trusted. Each first card of a conversation is the
 * candidate's with probability p (the split) under the null, with odds multiplied by rho under a mismatch:
 * e = rho^c / (1 + p (rho - 1))^n for c of n. Mixed over rho and over moments of onset. A mixture of tilts does what the
 * Dirichlet-multinomial prior does in the paper, but p may change from look to look.
 *
 * Reference: M. Lindon, A. Malek (2022), "Anytime-Valid Inference for Multinomial Count Data", NeurIPS 35, section 3.
 * Worked number: split 10 %, rho = 2, 20 candidate cards of 100: ln e = 20 ln 2 - 100 ln 1.1 = 4.3319.
 */
export interface SampleRatio {
  readonly process: OnsetMixture;
  /** Highest ln e-value so far: once broken, the data stay broken. */
  readonly peak: number;
  readonly firstCards: number;
  readonly candidate: number;
  /** Candidate's share of `firstCards` as the splits asked for it, in cards. */
  readonly expected: number;
}

export const SAMPLE_RATIO_ALPHA = 0.0005;

const TILTS = [0.25, 0.5, 0.7, 0.85, 0.95, 1 / 0.95, 1 / 0.85, 1 / 0.7, 2, 4] as const;
const WEIGHTS = TILTS.map(() => 1 / TILTS.length);

export function startSampleRatio(): SampleRatio {
  return { process: startOnsetMixture(TILTS.length), peak: 0, firstCards: 0, candidate: 0, expected: 0 };
}

/** Looks while a split settles (null), or in which one arm gets all (0, 100), say nothing. */
export function addToSampleRatio(ratio: SampleRatio, look: Look): SampleRatio {
  const { splitPercent } = look;
  if (splitPercent === null || splitPercent <= 0 || splitPercent >= 100) return ratio;
  const first = look.cards.filter((card) => card.firstOfConversation);
  if (first.length === 0) return ratio;
  const candidate = first.filter((card) => card.arm === 'candidate').length;
  const share = splitPercent / 100;
  const logEvidence = TILTS.map((tilt) => logTilt(candidate, first.length, share, tilt));
  const process = stepOnsetMixture(ratio.process, logEvidence, effectiveCards(first.length * (1 - share), first.length * share));
  return {
    process,
    peak: Math.max(ratio.peak, logValueOf(process, WEIGHTS)),
    firstCards: ratio.firstCards + first.length,
    candidate: ratio.candidate + candidate,
    expected: ratio.expected + first.length * share,
  };
}

export function isRatioBroken(ratio: SampleRatio): boolean {
  return ratio.peak >= thresholdOf(SAMPLE_RATIO_ALPHA);
}

/** ln of the likelihood ratio of "odds times tilt" to "as asked". */
export function logTilt(candidate: number, cards: number, share: number, tilt: number): number {
  return candidate * Math.log(tilt) - cards * Math.log1p(share * (tilt - 1));
}
