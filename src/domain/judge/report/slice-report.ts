/** What is said of the slices: each with the guardrail that shows most. */
import { designEffects } from '../clusters/design-effect.ts';
import { rateText } from '../../metrics/format.ts';
import { oddsText, countText } from './odds.ts';
import { logSlice, noSums, slicedGuardrails } from '../bets/slice-bets.ts';
import type { SlicedGuardrail } from '../bets/slice-bets.ts';
import { sliceLedger, sliceThreshold } from '../bets/slices.ts';
import type { Slice } from '../bets/slices.ts';
import type { JudgeMemory } from '../state.ts';
import type { Slices } from '../../plan/plan.ts';
import type { Mutable } from '../../shared/mutable.ts';
import type { SliceReport } from '../types.ts';

const WORDS = { queue: 'queue', mediaType: 'media type', language: 'language' } as const;

/** null where the plan asks for none. */
export function sliceReportsOf(
  { slicing, slices, guardrails }: JudgeMemory,
  distrusted: boolean,
): readonly SliceReport[] | null {
  if (slicing === null) return null;
  const sliced = slicedGuardrails(guardrails, slicing);
  return slices.flatMap((slice, place) => {
    const lead = sliced[leadOf(slice, sliced)];
    return lead === undefined ? [] : [reportSlice(slice, place, lead, sliced, slicing, distrusted)];
  });
}

function leadOf(slice: Slice, sliced: readonly SlicedGuardrail[]): number {
  const design = designEffects(sliceLedger(slice));
  const parts = sliced.map((_, i) => logSlice(slice.process, sliced, design, i));
  return parts.indexOf(Math.max(...parts));
}

function reportSlice(
  slice: Slice,
  place: number,
  lead: SlicedGuardrail,
  sliced: readonly SlicedGuardrail[],
  slicing: Slices,
  distrusted: boolean,
): SliceReport {
  const needed = sliceThreshold(slicing.alpha, place);
  const [weight, baseline, candidate] = slice.sums[sliced.indexOf(lead)] ?? noSums;
  const harmed = slice.peak >= needed;
  const value = (arm: 'baseline' | 'candidate'): number | null =>
    weight === 0 ? null : { baseline, candidate }[arm] / weight;
  const report: Mutable<SliceReport> = {
    by: slice.by,
    name: slice.name,
    metric: lead.guardrail.metric,
    verdict: harmed
      ? ('harm' as const)
      : distrusted
        ? ('untrusted' as const)
        : value('baseline') === null
          ? ('noData' as const)
          : ('undecided' as const),
    baselineValue: value('baseline'),
    candidateValue: value('candidate'),
    logEvidence: { harm: harmed ? slice.peak : slice.now },
    needed,
    n: slice.cards,
    sentence: '',
  };
  if (lead.guardrail.statistic !== undefined) report.statistic = lead.guardrail.statistic;
  report.sentence = sliceSentence(report);
  return report;
}

function sliceSentence({
  by,
  name,
  metric,
  statistic,
  verdict,
  baselineValue,
  candidateValue,
  logEvidence,
  needed,
  n,
}: Omit<SliceReport, 'sentence'>): string {
  const slow = metric === 'deliveryLatency' ? ' slow cards' : '';
  const values =
    baselineValue === null || candidateValue === null
      ? 'no cards of both arms within the same time and split yet'
      : `candidate ${rateText(candidateValue)}${slow} vs baseline ${rateText(baselineValue)}${slow}`;
  return (
    `${WORDS[by]} ${name}: ${metric}${statistic === undefined ? '' : ` ${statistic}`} ${verdict}: ${values}, ` +
    `n ${countText(n.candidate)} / ${countText(n.baseline)} cards, ` +
    `evidence of harm ${oddsText(logEvidence.harm)}, needed ${oddsText(needed)}.`
  );
}

/** For people: the harmed slices, or in one line how all of them stand. */
export function sliceLines(slices: readonly SliceReport[] | undefined): readonly string[] {
  if (slices === undefined || slices.length === 0) return [];
  const harmed = slices.filter(({ verdict }) => verdict === 'harm');
  if (harmed.length > 0) return harmed.map(({ sentence }) => sentence);
  const most = slices.reduce((a, b) => (b.logEvidence.harm - b.needed > a.logEvidence.harm - a.needed ? b : a));
  return [`slices: ${slices.length} followed, none harmed; nearest to it ${most.sentence}`];
}
