import { effectiveCards } from '../gathering/block.ts';
import { logValueOf, noOnsets, stepOnsets } from '../maths/onset-slots.ts';
import type { OnsetSlots } from '../maths/onset-slots.ts';
import { thresholdOf } from '../maths/calibration.ts';
import type { Look } from '../types.ts';
import { moreNeeded } from './accepted.ts';
import type { AcceptedBefore } from './accepted.ts';

/**
 * Sequential sample-ratio test: do conversations reach the arms in the ratio that the split asks for?
 *
 * If not, something loses or misroutes cards of one arm and no comparison can be trusted. Each first card of a
 * conversation is the
 * candidate's with probability p (the split) under the null, with odds multiplied by rho under a mismatch:
 * e = rho^c / (1 + p (rho - 1))^n for c of n. Mixed over rho and over moments of onset. A mixture of tilts does what
 * the
 * Dirichlet-multinomial prior does in the paper, but p may change from look to look.
 *
 * Conversations may come in bursts that all go one way (an agent or queue at a time). How much more the candidate's
 * number varies from look
 * to look than a fair draw would is estimated from the looks before, about the share found so far (so that a mismatch
 * does not count as
 * variation), and the evidence of a look counts to the power of its inverse.
 *
 * Reference: M. Lindon, A. Malek (2022), "Anytime-Valid Inference for Multinomial Count Data", NeurIPS 35, section 3.
 * Worked number: split 10 %, rho = 2, 20 candidate cards of 100: ln e = 20 ln 2 - 100 ln 1.1 = 4.3319.
 */
export interface SampleRatio {
  readonly process: OnsetSlots;
  /** Highest ln e-value so far: once broken, the data stay broken until a person accepts it. */
  readonly peak: number;
  readonly firstCards: number;
  readonly candidate: number;
  /** Candidate's share of `firstCards` as the splits asked for it, in cards. */
  readonly expected: number;
  /** These figures when the evidence was highest; absent before there was any. */
  readonly atPeak?: RatioFigures;
  /** Absent while nobody had to. */
  readonly accepted?: AcceptedBefore;
  /** Looks so far, and their sum of squared standardised deviations. */
  readonly looks: number;
  readonly deviations: number;
}

export type RatioFigures = Pick<SampleRatio, 'firstCards' | 'candidate' | 'expected'>;

/** A fair draw's variation is assumed with the weight of so many looks. */
const FAIR_LOOKS = 12;

export const SAMPLE_RATIO_ALPHA = 0.007;

const TILTS = [0.25, 0.5, 0.7, 0.85, 0.95, 1 / 0.95, 1 / 0.85, 1 / 0.7, 2, 4] as const;
/** Most on what loses a quarter to a third of an arm: less takes longer anyway, more is found at once. */
const WEIGHTS = [0.04, 0.08, 0.22, 0.1, 0.06, 0.06, 0.1, 0.22, 0.08, 0.04] as const;

export function startSampleRatio(): SampleRatio {
  return { process: noOnsets, peak: 0, firstCards: 0, candidate: 0, expected: 0, looks: 0, deviations: 0 };
}

/** Looks while a split settles (null), or in which one arm gets all (0, 100), say nothing. */
export function addToSampleRatio(ratio: SampleRatio, look: Look): SampleRatio {
  const { splitPercent, dividesOthers } = look;
  if (splitPercent === null || dividesOthers || splitPercent <= 0 || splitPercent >= 100) return ratio;
  const first = look.cards.filter((card) => card.firstOfConversation);
  if (first.length === 0) return ratio;
  const candidate = first.filter((card) => card.arm === 'candidate').length;
  const share = splitPercent / 100;
  const logEvidence = TILTS.map((tilt) => logRatioTilt(candidate, first.length, share, tilt) / dispersion(ratio));
  const process = stepOnsets(
    ratio.process,
    logEvidence,
    effectiveCards(first.length * (1 - share), first.length * share),
  );
  const now = logValueOf(process, WEIGHTS);
  const figures = {
    firstCards: ratio.firstCards + first.length,
    candidate: ratio.candidate + candidate,
    expected: ratio.expected + first.length * share,
  };
  const atPeak = now > ratio.peak ? figures : ratio.atPeak;
  return {
    process,
    peak: Math.max(ratio.peak, now),
    ...figures,
    ...(atPeak && { atPeak }),
    ...(ratio.accepted && { accepted: ratio.accepted }),
    looks: ratio.looks + 1,
    deviations: ratio.deviations + squaredDeviation(ratio, candidate, first.length, share),
  };
}

/** At least 1; of the looks before. */
function dispersion({ looks, deviations }: SampleRatio): number {
  return Math.max(1, (FAIR_LOOKS + deviations) / (FAIR_LOOKS + looks));
}

/**
 * Of this look from the share found in the looks before, in units of a fair draw's variance (that of the share found
 * included).
 */
function squaredDeviation(
  { candidate: before, expected }: SampleRatio,
  candidate: number,
  cards: number,
  share: number,
): number {
  const found = expected < MIN_EXPECTED ? share : Math.min(0.999, Math.max(0.001, (share * before) / expected));
  const variance = cards * found * (1 - found) * (1 + (expected < MIN_EXPECTED ? 0 : (cards * share) / expected));
  return (candidate - cards * found) ** 2 / variance;
}

const MIN_EXPECTED = 5;

export function isRatioBroken(ratio: SampleRatio): boolean {
  return ratio.peak >= thresholdOf(SAMPLE_RATIO_ALPHA) + moreNeeded(ratio.accepted);
}

/** ln of the likelihood ratio of "odds times tilt" to "as asked". */
export function logRatioTilt(candidate: number, cards: number, share: number, tilt: number): number {
  return candidate * Math.log(tilt) - cards * Math.log1p(share * (tilt - 1));
}
