/** What the judge has decided, in words for who is called: harm or none first, and never more than was decided. Pure. */
import { countsText } from '../judge/report/arm-names.ts';
import type { GuardrailReport, JudgeReport, SliceReport } from '../judge/types.ts';
import { rowText } from '../metrics/format.ts';
import { definitionOf } from '../metrics/index.ts';
import { guardrailLabel } from '../plan/guardrail-label.ts';

/** One line; the figures that it is taken from are the judge's sentences. */
export function judgedText(report: JudgeReport | null): string {
  if (report === null) return 'No card is judged yet, so neither harm nor safety is proven.';
  const beside = besideText(report);
  return beside === '' ? verdictText(report, 'No') : `${beside} ${verdictText(report, 'No other')}`;
}

function verdictText(report: JudgeReport, no: string): string {
  switch (report.verdict) {
    case 'harm':
      return harmText(report);
    case 'undecided':
      return `${no} harm is proven so far; not yet proven safe (${countsText(report)}).`;
    case 'safe':
      return `Proven safe so far: no worse than the plan's margins allow (${countsText(report)}).`;
    case 'noData':
      return `There is not enough to compare, so neither harm nor safety is proven (${countsText(report)}).`;
    case 'untrusted':
      return `The data cannot be trusted, so neither harm nor safety is proven (${countsText(report)}).`;
  }
}

/** Of what tipped it, as the judge gives it for its reason; the others by name. */
function harmText({ guardrails, slices = [], reason }: JudgeReport): string {
  const enforced = guardrails.filter(({ mode }) => mode === 'enforce');
  const harmed = enforced.filter(({ verdict }) => verdict === 'harm');
  const [tipped] = harmed;
  if (tipped === undefined) return sliceText(slices, reason);
  const others = harmed.slice(1).map(guardrailLabel);
  const left = enforced.length - harmed.length;
  return (
    `Harm is proven: ${worseText(tipped)}.` +
    (others.length === 0 ? '' : ` So it is of ${others.join(', ')}.`) +
    (left === 0 ? '' : ` Of ${left === 1 ? 'the other guardrail' : `${left} other guardrails`} it is not.`)
  );
}

/** What a queue's figures are made of is no figure of the metric. */
function sliceText(slices: readonly SliceReport[], reason: string): string {
  const slice = slices.find(({ sentence, verdict }) => verdict === 'harm' && reason.includes(sentence));
  if (slice === undefined) return 'Harm is proven.';
  return `Harm is proven in one ${SLICE[slice.by]} alone: ${definitionOf(slice.metric).whenWorse ?? slice.metric}.`;
}

const SLICE: Readonly<Record<SliceReport['by'], string>> = {
  queue: 'queue',
  mediaType: 'medium',
  language: 'language',
};

/** Proven of a guardrail that does not roll back: it must not pass for none. */
function besideText({ guardrails }: JudgeReport): string {
  return guardrails
    .filter(({ mode, verdict }) => mode !== 'enforce' && verdict === 'harm')
    .map(
      (row) =>
        `Harm is proven that ${row.mode === 'pause' ? 'only pauses it' : 'is only observed'}: ${worseText(row)}.`,
    )
    .join(' ');
}

/** `cards come late: p95 1.6 s instead of 0.6 s`; without figures where those of all cards do not show it. */
function worseText(row: GuardrailReport): string {
  const { metric, statistic, baselineValue, candidateValue } = row;
  const { whenWorse, worseWhen } = definitionOf(metric);
  const said = whenWorse ?? `${guardrailLabel(row)} is worse`;
  if (baselineValue === null || candidateValue === null) return said;
  const isShown =
    worseWhen === null || (worseWhen === 'lower' ? candidateValue < baselineValue : candidateValue > baselineValue);
  if (!isShown) return `${said}, though the figures of all cards do not show it`;
  const of = whenWorse === null || statistic === undefined ? '' : `${statistic} `;
  return `${said}: ${of}${plainValue(row, candidateValue)} instead of ${plainValue(row, baselineValue)}`;
}

function plainValue(row: GuardrailReport, value: number): string {
  const { baselineValue, candidateValue } = row;
  const inSeconds = definitionOf(row.metric).unit === 'ms' && Math.max(baselineValue ?? 0, candidateValue ?? 0) >= 1000;
  return inSeconds ? `${(value / 1000).toFixed(value < 100 ? 2 : 1)} s` : rowText(row, value);
}
