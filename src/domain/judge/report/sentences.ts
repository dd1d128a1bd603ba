/** The judge's sentences: always the metric, both values, the limit and n, with units. */
import { thresholdOf } from '../maths/calibration.ts';
import { marginText, rowText } from '../../metrics/format.ts';
import { definitionOf } from '../../metrics/index.ts';
import { oddsText, countText } from './odds.ts';
import { guardrailLabel } from '../../plan/guardrail-label.ts';
import type { Guardrail } from '../../plan/plan.ts';
import { armName, countedThing } from './arm-names.ts';
import type { Arm, ArmCounts, GuardrailReport, Verdict } from '../types.ts';

type Unworded = Omit<GuardrailReport, 'sentence'>;

/** What else explains a verdict, each in one clause; null where there is nothing to say. */
export interface Circumstances {
  readonly distrust: string | null;
  /** Why agents are too few to know. */
  readonly fewAgents: string | null;
  /** Whether delivery or content moved. */
  readonly moved: string | null;
  /** Proven at the planned end of the step, not by the evidence of all looks. */
  readonly plannedEnd: string | null;
  /** What is strange about a custom metric's values. */
  readonly oddity: string | null;
  /** ln e that proves harm. */
  readonly harmNeeded: number;
  readonly noCard: Arm | null;
}

/** The same for the verdict on all of them. */
export interface OverallCircumstances {
  readonly distrust: string | null;
  readonly proven: { readonly n: ArmCounts } | null;
  readonly noCard: Arm | null;
}

export function guardrailSentence(guardrail: Guardrail, report: Unworded, circumstances: Circumstances): string {
  const carry = report.metric === 'custom' ? ' that carry it' : '';
  const oddity = circumstances.oddity === null ? '' : `; ${circumstances.oddity}`;
  return (
    `${guardrailLabel(report)} ${report.verdict}: ${valuesClause(guardrail, report, circumstances)}, ` +
    `${countsClause(report.n, circumstances)}${carry}${endClause(guardrail, report, circumstances)}` +
    `${nothingClause(guardrail, report)}${oddity}.`
  );
}

/** A share of nothing is nothing, so that no number of cards proves a version within it. */
function nothingClause({ margin, metric, unit }: Guardrail, { baselineValue, verdict }: Unworded): string {
  if (margin.kind !== 'relative' || baselineValue !== 0 || verdict !== 'undecided') return '';
  return (
    '; a share of 0 is nothing: give the margin in ' +
    { own: unit ?? 'the unit of the metric', ms: 'ms', share: 'pp' }[definitionOf(metric).unit]
  );
}

/**
 * Harm is proven against the baseline on all cards, often long before the figure shown has settled: while that figure
 * is still on the
 * good side of the limit, the sentence must say which of the two was proven.
 */
function insideClause(
  guardrail: Guardrail,
  { candidateValue, limit, metric, statistic }: Unworded,
  noCard: Arm | null,
): string {
  if (candidateValue === null || limit === null) return '';
  const isInside = guardrail.worseWhen === 'higher' ? candidateValue < limit : candidateValue > limit;
  return isInside
    ? ` that it is worse than ${noCard === 'baseline' ? 'no card' : 'the baseline'} (the ${statistic ?? metric} shown is ` +
        'that of all cards so far, not of the latest alone)'
    : '';
}

export function overallSentence(
  verdict: Verdict,
  guardrails: readonly GuardrailReport[],
  cards: ArmCounts,
  circumstances: OverallCircumstances,
): string {
  const { distrust } = circumstances;
  const enforced = guardrails.filter((guardrail) => guardrail.mode === 'enforce');
  if (verdict === 'untrusted' && distrust !== null)
    return `Data untrusted: ${distrust}; ${countsClause(cards, circumstances)}.`;
  if (verdict === 'safe') return safeSentence(enforced.length, cards, circumstances);
  const decisive = enforced.find((guardrail) => guardrail.verdict === verdict);
  if (decisive !== undefined) return decisive.sentence;
  return verdict === 'noData'
    ? `noData: ${missingClause(cards, circumstances)}, ${countsClause(cards, circumstances)}.`
    : `${verdict}: no guardrail is enforced, ${countsClause(cards, circumstances)}.`;
}

function safeSentence(enforced: number, cards: ArmCounts, { proven, ...circumstances }: OverallCircumstances): string {
  const all =
    enforced === 1
      ? 'The enforced guardrail is proven within its margin'
      : `All ${enforced} enforced guardrails are proven within their margins`;
  return proven === null
    ? `${all}, ${countsClause(cards, circumstances)}.`
    : `${all} at the planned end of the step, ${countsClause(proven.n, circumstances)} then (now ${counts(cards)}).`;
}

function valuesClause(guardrail: Guardrail, report: Unworded, { noCard }: NoCard): string {
  const { baselineValue, candidateValue, limit } = report;
  if (baselineValue === null || candidateValue === null || limit === null)
    return missingClause(report.n, { noCard }, report.metric === 'custom' ? ' with this metric' : '');
  const text = (value: number): string => rowText(report, value);
  return (
    `${armName('candidate', noCard)} ${text(candidateValue)} vs ${armName('baseline', noCard)} ` +
    `${text(baselineValue)}, limit ${text(limit)} (${marginClause(guardrail)})`
  );
}

interface NoCard {
  readonly noCard: Arm | null;
}

function missingClause(n: ArmCounts, { noCard }: NoCard, which = ''): string {
  const things = countedThing(noCard);
  const of = (arm: Arm): string => (arm === noCard ? `conversations without a card` : `${arm} cards`);
  if (n.candidate === 0) return n.baseline === 0 ? `no ${things}${which} yet` : `no ${of('candidate')}${which} yet`;
  return n.baseline === 0
    ? `no ${of('baseline')}${which} yet`
    : `no ${things}${which} of both arms within the same time and split ` +
        `yet${which === '' ? '' : ', after the first that set its scale'}`;
}

function endClause(
  guardrail: Guardrail,
  report: Unworded,
  { distrust, fewAgents, moved, plannedEnd, harmNeeded, noCard }: Circumstances,
): string {
  const { harm, safe } = report.logEvidence;
  if (report.verdict === 'harm')
    return `, evidence ${oddsText(harm)}${insideClause(guardrail, report, noCard)}${moved === null ? '' : `; ${moved}`}`;
  if (report.verdict === 'safe' && plannedEnd !== null) return `, ${plannedEnd}`;
  if (report.verdict === 'safe') return `, evidence ${oddsText(safe)}`;
  if (report.verdict === 'untrusted') return `; ${distrust ?? 'the data are broken'}`;
  if (report.verdict === 'noData') return '';
  if (fewAgents !== null) return `; ${fewAgents}`;
  return (
    `, evidence of harm ${oddsText(harm)} (needed ${oddsText(harmNeeded)}), of safety ${oddsText(safe)} (needed ` +
    `${oddsText(thresholdOf(guardrail.alpha))})`
  );
}

function countsClause(n: ArmCounts, { noCard }: NoCard): string {
  return `n ${counts(n)} ${countedThing(noCard)}`;
}

function counts(n: ArmCounts): string {
  return `${countText(n.candidate)} / ${countText(n.baseline)}`;
}

/** "10 % lower", "1 pp higher", "200 ms higher". */
export function marginClause(guardrail: Guardrail): string {
  return `${marginText(guardrail)} ${guardrail.worseWhen}`;
}
