/** The judge's sentences: always the metric, both values, the limit and n, with units. */
import { thresholdOf } from '../maths/calibration.ts';
import { rowText } from '../../metrics/format.ts';
import { definitionOf } from '../../metrics/index.ts';
import { differenceText, marginClause, toleranceText } from './difference.ts';
import { allGainsClause, gainsClause } from './gains.ts';
import { oddsText, countText } from './odds.ts';
import { guardrailLabel } from '../../plan/guardrail-label.ts';
import type { Guardrail } from '../../plan/plan.ts';
import { toleranceOf } from '../../plan/tolerance.ts';
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
  /** Why it is harm all the same where its own evidence is not enough. */
  readonly together: string | null;
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
    `${gainsClause(guardrail, report, thanText(circumstances.noCard))}${nothingClause(guardrail, report)}${oddity}.`
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

/** What the evidence of harm is of; on all cards, often long before the figure shown has settled. */
function provenClause(guardrail: Guardrail, report: Unworded, noCard: Arm | null): string {
  const { candidateValue, tolerated } = report;
  const than = thanText(noCard);
  const proven =
    toleranceOf(guardrail) === 0
      ? `worse than ${than}`
      : `worse by more than the tolerated ${toleranceText(guardrail)}`;
  const isShownSo = candidateValue === null || tolerated == null || isWorse(guardrail, candidateValue, tolerated);
  return ` that it is ${proven}${isShownSo ? '' : ` (${elsewhereClause(guardrail, report)})`}`;
}

function thanText(noCard: Arm | null): string {
  return noCard === 'baseline' ? 'no card' : 'the baseline';
}

/** Why the figures of all cards do not show it. */
function elsewhereClause(guardrail: Guardrail, report: Unworded): string {
  const { recent, tolerated, metric, statistic } = report;
  const shown = `the ${statistic ?? metric} shown is that of all cards so far`;
  if (recent !== undefined && tolerated != null && isWorse(guardrail, recent.candidateValue, tolerated))
    return (
      `${shown}; of the latest ${counts(recent.n)} it is ${rowText(report, recent.candidateValue)} vs ` +
      rowText(report, recent.baselineValue)
    );
  return statistic === undefined
    ? `${shown}, not of the latest alone`
    : `${shown}, not of the latest alone nor of what lies beyond it`;
}

function isWorse({ worseWhen }: Guardrail, value: number, than: number): boolean {
  return worseWhen === 'higher' ? value > than : value < than;
}

/** Both harm and safety may be proven there, and both are near to what is not so. */
function betweenClause(guardrail: Guardrail, { candidateValue, tolerated, limit }: Unworded): string {
  const isBetween =
    candidateValue !== null &&
    tolerated != null &&
    limit !== null &&
    isWorse(guardrail, candidateValue, tolerated) &&
    !isWorse(guardrail, candidateValue, limit);
  return isBetween ? '; it seems between what is tolerated and the limit, where any proof takes most cards' : '';
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
  if (verdict === 'safe') return safeSentence(enforced.length, cards, circumstances, allGainsClause(guardrails));
  const decisive = enforced.find((guardrail) => guardrail.verdict === verdict);
  if (decisive !== undefined) return decisive.sentence;
  return verdict === 'noData'
    ? `noData: ${missingClause(cards, circumstances)}, ${countsClause(cards, circumstances)}.`
    : `${verdict}: no guardrail is enforced, ${countsClause(cards, circumstances)}.`;
}

function safeSentence(
  enforced: number,
  cards: ArmCounts,
  { proven, ...circumstances }: OverallCircumstances,
  gains: string,
): string {
  const all =
    enforced === 1
      ? 'The enforced guardrail is proven within its margin'
      : `All ${enforced} enforced guardrails are proven within their margins`;
  return proven === null
    ? `${all}, ${countsClause(cards, circumstances)}${gains}.`
    : `${all} at the planned end of the step, ${countsClause(proven.n, circumstances)} then (now ${counts(cards)})${gains}.`;
}

function valuesClause(guardrail: Guardrail, report: Unworded, { noCard }: NoCard): string {
  const { baselineValue, candidateValue, limit } = report;
  if (baselineValue === null || candidateValue === null || limit === null)
    return missingClause(report.n, { noCard }, report.metric === 'custom' ? ' with this metric' : '');
  const text = (value: number): string => rowText(report, value);
  return (
    `${armName('candidate', noCard)} ${text(candidateValue)} vs ${armName('baseline', noCard)} ` +
    `${text(baselineValue)}${apartClause(guardrail, report.verdict, candidateValue, baselineValue)}, ` +
    `limit ${text(limit)} (${marginClause(guardrail)})`
  );
}

/** " (25 % lower; tolerated 5 % lower)"; harm says further on what it is proven against. */
function apartClause(guardrail: Guardrail, verdict: Verdict, candidate: number, baseline: number): string {
  const apart = [
    differenceText(guardrail, candidate, baseline),
    verdict === 'harm' ? null : `tolerated ${toleranceText(guardrail)} ${guardrail.worseWhen}`,
  ].filter((part) => part !== null);
  return apart.length === 0 ? '' : ` (${apart.join('; ')})`;
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
  { distrust, fewAgents, moved, plannedEnd, harmNeeded, together, noCard }: Circumstances,
): string {
  const { learned } = report;
  const { harm, safe } = report.logEvidence;
  if (report.verdict === 'harm')
    return (
      `, evidence ${oddsText(harm)}${provenClause(guardrail, report, noCard)}` +
      (together === null ? '' : ` (needed alone ${oddsText(harmNeeded)}); ${together}`) +
      (moved === null ? '' : `; ${moved}`)
    );
  if (report.verdict === 'safe' && plannedEnd !== null) return `, ${plannedEnd}`;
  const among = learned?.decides === true ? ` (after each agent's first ${learned.first})` : '';
  if (report.verdict === 'safe') return `, evidence ${oddsText(safe)}${among}`;
  if (report.verdict === 'untrusted') return `; ${distrust ?? 'the data are broken'}`;
  if (report.verdict === 'noData') return '';
  if (fewAgents !== null) return `; ${fewAgents}`;
  return (
    `, evidence of harm ${oddsText(harm)} (needed ${oddsText(harmNeeded)}), of safety${among} ${oddsText(safe)} (needed ` +
    `${oddsText(thresholdOf(guardrail.alpha))})${betweenClause(guardrail, report)}`
  );
}

function countsClause(n: ArmCounts, { noCard }: NoCard): string {
  return `n ${counts(n)} ${countedThing(noCard)}`;
}

function counts(n: ArmCounts): string {
  return `${countText(n.candidate)} / ${countText(n.baseline)}`;
}
