/** What is said of the slices: each with the guardrail that shows most. */
import { designEffects } from '../clusters/design-effect.ts';
import { rateText } from '../../metrics/format.ts';
import { oddsText, countText } from './odds.ts';
import { logSlice, noSums, slicedGuardrails } from '../bets/slice-bets.ts';
import type { SlicedGuardrail } from '../bets/slice-bets.ts';
import { sliceAlpha, sliceLedger, sliceThreshold } from '../bets/slices.ts';
import type { Slice } from '../bets/slices.ts';
import { sliceEffect, sliceMarks } from '../decision/slice-effect.ts';
import type { JudgeMemory } from '../state.ts';
import type { Mutable } from '../../shared/mutable.ts';
import type { JudgeReport, SliceReport } from '../types.ts';

const WORDS = { queue: 'queue', mediaType: 'media type', language: 'language' } as const;

/** null where the plan asks for none. */
export function sliceReportsOf(memory: JudgeMemory, distrusted: boolean): readonly SliceReport[] | null {
  const { slicing, slices, guardrails } = memory;
  if (slicing === null) return null;
  const sliced = slicedGuardrails(guardrails, slicing);
  return slices.flatMap((slice, place) => {
    const design = designEffects(sliceLedger(slice));
    const parts = sliced.map((_, i) => logSlice(slice.process, sliced, design, i));
    const at = parts.indexOf(Math.max(...parts));
    const lead = sliced[at];
    if (lead === undefined) return [];
    const sums = slice.sums[at] ?? noSums;
    const alpha = sliceAlpha(slicing.alpha, place) * lead.weight;
    const figures = { ...figuresOf(lead, sums, memory, slicing.times), effect: sliceEffect(lead, sums, design, alpha) };
    return [reportSlice(slice, lead, figures, { needed: sliceThreshold(slicing.alpha, place), distrusted })];
  });
}

type Figures = Pick<SliceReport, 'baselineValue' | 'candidateValue' | 'effect' | 'tolerated' | 'limit' | 'harmful'>;

function figuresOf(
  lead: SlicedGuardrail,
  [weight, baseline, candidate]: Slice['sums'][number],
  { baselineMemory }: JudgeMemory,
  times: number,
): Omit<Figures, 'effect'> {
  return weight === 0
    ? { baselineValue: null, candidateValue: null, tolerated: null, limit: null, harmful: null }
    : {
        baselineValue: baseline / weight,
        candidateValue: candidate / weight,
        ...sliceMarks(lead, baseline / weight, baselineMemory, times),
      };
}

function reportSlice(
  slice: Slice,
  { guardrail: { metric, statistic } }: SlicedGuardrail,
  figures: Figures,
  { needed, distrusted }: { readonly needed: number; readonly distrusted: boolean },
): SliceReport {
  const harmed = slice.peak >= needed;
  const report: Mutable<SliceReport> = {
    by: slice.by,
    name: slice.name,
    metric,
    verdict: harmed
      ? ('harm' as const)
      : distrusted
        ? ('untrusted' as const)
        : figures.baselineValue === null
          ? ('noData' as const)
          : ('undecided' as const),
    ...figures,
    logEvidence: { harm: harmed ? slice.peak : slice.now },
    needed,
    n: slice.cards,
    sentence: '',
  };
  if (statistic !== undefined) report.statistic = statistic;
  report.sentence = sliceSentence(report);
  return report;
}

/** "queue 6f2f…" */
export function sliceName({ by, name }: Pick<SliceReport, 'by' | 'name'>): string {
  return `${WORDS[by]} ${name}`;
}

/** "9.8 %", and of latency "12.0 % slow cards". */
export function sliceValueText({ metric }: Pick<SliceReport, 'metric'>, value: number | null): string {
  return value === null ? '–' : `${rateText(value)}${metric === 'deliveryLatency' ? ' slow cards' : ''}`;
}

function sliceSentence(report: SliceReport): string {
  const { metric, statistic, verdict, baselineValue, candidateValue, logEvidence, needed, n } = report;
  const values =
    baselineValue === null || candidateValue === null
      ? 'no cards of both arms within the same time and split yet'
      : `candidate ${sliceValueText(report, candidateValue)} vs baseline ${sliceValueText(report, baselineValue)}`;
  return (
    `${sliceName(report)}: ${metric}${statistic === undefined ? '' : ` ${statistic}`} ${verdict}: ${values}, ` +
    `n ${countText(n.candidate)} / ${countText(n.baseline)} cards, ` +
    `evidence of harm ${oddsText(logEvidence.harm)}, needed ${oddsText(needed)}.`
  );
}

/** For people: the harmed slices, or in one line how all of them stand. */
export function sliceLines(slices: readonly SliceReport[] | undefined): readonly string[] {
  if (slices === undefined || slices.length === 0) return [];
  const harmed = slices.filter(({ verdict }) => verdict === 'harm');
  if (harmed.length > 0) return harmed.map(({ sentence }) => sentence);
  const most = slices.reduce((a, b) => (nearness(b) > nearness(a) ? b : a));
  return [`slices: ${slices.length} followed, none harmed; nearest to it ${most.sentence}`];
}

/** How near it is to harm: the higher the nearer, 0 where it is reached. */
export function nearness({ logEvidence, needed }: SliceReport): number {
  return logEvidence.harm - needed;
}

/** The slice that made the verdict `harm`, which no guardrail of the whole had; null: none did. */
export function tippingSlice({ verdict, reason, slices = [] }: JudgeReport): SliceReport | null {
  const found = slices.find((slice) => slice.verdict === 'harm' && reason.startsWith(slice.sentence));
  return verdict === 'harm' && found !== undefined ? found : null;
}
