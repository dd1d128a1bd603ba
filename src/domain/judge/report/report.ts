import { shownFigure } from '../decision/compared-quantity.ts';
import { effectOf } from '../decision/effect.ts';
import { recentFigures } from '../decision/recent-figures.ts';
import { thresholdOf } from '../maths/calibration.ts';
import { logSafe } from '../bets/evidence.ts';
import { jointHarmPart } from '../bets/joint-harm.ts';
import type { Gathered } from '../bets/joint-harm.ts';
import { harmNeeded } from './needed.ts';
import { oddityOf } from './custom-oddities.ts';
import { toleranceTimes, worsen } from '../maths/margin.ts';
import { distrustClause, lateWarning } from './distrust.ts';
import { fewAgentsClause, movedClause, plannedEndClause, togetherClause } from './circumstances.ts';
import { learnedOf, learnedReport } from './learned-report.ts';
import { latenessOf, onTimeReportOf } from './on-time-report.ts';
import { provenAtPlannedEnd } from '../decision/planned-end.ts';
import { guardrailSentence, overallSentence } from './sentences.ts';
import { gainsOf, goalsOf } from './gains.ts';
import { sliceReportsOf } from './slice-report.ts';
import { gatheredOf, openState, trackOf } from '../state.ts';
import type { JudgeMemory } from '../state.ts';
import { distrustOf } from '../trust/trust.ts';
import { rateOf } from '../../metrics/index.ts';
import type { Guardrail } from '../../plan/plan.ts';
import type { Mutable } from '../../shared/mutable.ts';
import type { ArmCounts, GuardrailReport, JudgeReport, JudgeState, PlannedEndAnswer, Verdict } from '../types.ts';

/** What the judge says now. Throws JudgeStateError for a state that is not the judge's. */
export function reportOf(state: JudgeState): JudgeReport {
  const memory = openState(state);
  const { noCard } = memory;
  const distrust = distrustClause(memory);
  const late = lateWarning(memory);
  const proven = provenAtPlannedEnd(memory);
  const guardrails = gatheredOf(memory).map((gathered, i) =>
    reportGuardrail(memory, gathered, distrust, { leads: isLeader(memory, i), proven, index: i }),
  );
  const slices = sliceReportsOf(memory, distrust !== null);
  const harmed = slices?.find((slice) => slice.verdict === 'harm') ?? null;
  const byGuardrails = overallVerdict(guardrails, distrust !== null, memory.cards);
  const verdict = harmed === null ? byGuardrails : 'harm';
  const reason =
    harmed !== null && byGuardrails !== 'harm'
      ? harmed.sentence
      : overallSentence(verdict, guardrails, memory.cards, {
          distrust,
          proven: needsPlannedEnd(memory, guardrails) ? proven : null,
          noCard,
        });
  return {
    verdict,
    reason: late === null ? reason : `${reason} ${late}`,
    guardrails,
    n: memory.cards,
    ...(noCard === null ? {} : { noCard }),
    ...goalsOf(guardrails),
    ...(distrust === null ? {} : { distrust: distrustOf(memory) }),
    ...(slices === null ? {} : { slices }),
    ...plannedEndOf(memory),
  };
}

function plannedEndOf({ plannedEnd }: JudgeMemory): Pick<JudgeReport, 'plannedEnd'> {
  if (plannedEnd === null || plannedEnd.answer === null) return {};
  const { safe, look, n } = plannedEnd.answer;
  return { plannedEnd: { atMs: plannedEnd.atMs, safe, look, n } };
}

/** Some enforced guardrail's safety is not proven by its e-process alone. */
function needsPlannedEnd({ guardrails }: JudgeMemory, reports: readonly GuardrailReport[]): boolean {
  return reports.some(
    ({ mode, logEvidence }, i) => mode === 'enforce' && logEvidence.safe < thresholdOf(guardrails[i]?.alpha ?? 1),
  );
}

interface Standing {
  /** The one that leads when the joint budget says harm, though no guardrail does alone. */
  readonly leads: boolean;
  readonly proven: PlannedEndAnswer | null;
  readonly index: number;
}

function isLeader({ joint, guardrails }: JudgeMemory, index: number): boolean {
  return joint.leader === index && jointHarmPart(joint, guardrails) >= 1;
}

/** Field by field, for it is done at every look: a spread takes longer than all the rest. */
function reportGuardrail(
  memory: JudgeMemory,
  gathered: Gathered,
  distrust: string | null,
  { leads, proven, index }: Standing,
): GuardrailReport {
  const { guardrail, plan, evidence } = gathered;
  const needed = harmNeeded(memory.guardrails, guardrail);
  const harmed = leads || evidence.harmPeak >= needed;
  const baselineValue = shownFigure(guardrail, memory.comparison, 'baseline');
  const candidateValue = shownFigure(guardrail, memory.comparison, 'candidate');
  const compared = baselineValue !== null && candidateValue !== null;
  const found = memory.learning?.do === 'leaveOut' ? learnedOf(memory, index) : null;
  const proof = found?.gathered ?? gathered;
  const design = found?.of.design ?? memory.design;
  const safe = logSafe(proof.evidence, plan, design);
  const bySequence = verdictOf(guardrail, harmed, safe, distrust !== null, compared);
  const atEnd = proven !== null && bySequence === 'undecided' && guardrail.mode === 'enforce';
  const onTime = onTimeReportOf(memory, guardrail, index, distrust !== null);
  const recent = recentFigures(memory, guardrail);
  const report: Mutable<GuardrailReport> = {
    metric: guardrail.metric,
    mode: guardrail.mode,
    verdict: atEnd ? 'safe' : bySequence,
    baselineValue,
    candidateValue,
    limit: baselineValue === null ? null : worsen(guardrail, baselineValue),
    tolerated: baselineValue === null ? null : worsen(guardrail, baselineValue, toleranceTimes(guardrail)),
    logEvidence: { harm: harmed ? evidence.harmPeak : evidence.harmNow, safe },
    effect: effectOf(guardrail, memory.comparison, memory.design),
    n: cardsOf(memory, guardrail),
    sentence: '',
  };
  addNames(report, guardrail);
  Object.assign(report, gainsOf(memory, { ...proof, design }, { index, verdict: report.verdict, baselineValue }));
  const learned = learnedReport(memory, index);
  if (learned !== undefined) report.learned = learned;
  if (recent !== null) report.recent = recent;
  if (onTime !== null) report.onTime = onTime;
  const circumstances = {
    distrust,
    fewAgents: fewAgentsClause(memory.design),
    moved: onTime === null || report.verdict !== 'harm' ? null : movedClause(onTime, latenessOf(memory)),
    plannedEnd: atEnd ? plannedEndClause(proven, index) : null,
    harmNeeded: needed,
    together: leads && evidence.harmPeak < needed ? togetherClause(memory.joint, memory.guardrails) : null,
    noCard: memory.noCard,
    oddity: oddityOf(guardrail, memory.comparison),
  };
  report.sentence = guardrailSentence(guardrail, report, circumstances);
  return report;
}

function verdictOf(
  guardrail: Guardrail,
  harmed: boolean,
  safe: number,
  distrusted: boolean,
  compared: boolean,
): Verdict {
  if (harmed) return 'harm';
  if (distrusted) return 'untrusted';
  if (!compared) return 'noData';
  return safe >= thresholdOf(guardrail.alpha) ? 'safe' : 'undecided';
}

/** Without an enforced guardrail nothing can be proven: undecided, never safe. */
function overallVerdict(guardrails: readonly GuardrailReport[], distrusted: boolean, cards: ArmCounts): Verdict {
  const enforced = guardrails.filter((guardrail) => guardrail.mode === 'enforce').map((guardrail) => guardrail.verdict);
  if (enforced.includes('harm')) return 'harm';
  if (distrusted) return 'untrusted';
  if (cards.baseline === 0 || cards.candidate === 0 || enforced.includes('noData')) return 'noData';
  return enforced.length > 0 && enforced.every((verdict) => verdict === 'safe') ? 'safe' : 'undecided';
}

function addNames(report: Mutable<GuardrailReport>, { metric, name, unit, statistic = 'p95' }: Guardrail): void {
  if (metric === 'custom' && name !== undefined) report.name = name;
  if (metric === 'custom' && unit !== undefined) report.unit = unit;
  if (rateOf(metric) === null) report.statistic = statistic;
}

/** Cards that count for the guardrail. */
function cardsOf({ cards, timed, custom }: JudgeMemory, guardrail: Guardrail): ArmCounts {
  if (guardrail.metric === 'custom') return trackOf(custom, guardrail)?.n ?? { baseline: 0, candidate: 0 };
  return rateOf(guardrail.metric) === null ? timed : cards;
}
