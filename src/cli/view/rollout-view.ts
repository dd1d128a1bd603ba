/** A rollout on a terminal: steps, split asked and observed, both arms, every guardrail with its sentence. */
import { aboutLines } from '../../domain/plan/about.ts';
import { modeText } from '../../domain/plan/mode-text.ts';
import { armCard, armName, countedThing } from '../../domain/judge/report/arm-names.ts';
import type { GuardrailReport, JudgeReport, Verdict } from '../../domain/judge/types.ts';
import { learnedText } from '../../domain/judge/report/learned-report.ts';
import { onTimeText } from '../../domain/judge/report/circumstances.ts';
import { recentText } from '../../domain/judge/report/effect-text.ts';
import { budgetText } from '../../domain/rollout/card-budget.ts';
import { guardrailLabel } from '../../domain/plan/guardrail-label.ts';
import { sliceLines } from '../../domain/judge/report/slice-report.ts';
import { rowText } from '../../domain/metrics/format.ts';
import type { ShownStatus } from '../../configurator/lost.ts';
import type { RolloutView } from '../../configurator/rollouts.ts';
import type { StepStatus } from '../../workflows/messages.ts';
import type { Paint, Tone } from './paint.ts';
import { table } from './table.ts';
import { formatDuration } from '../../domain/shared/duration.ts';
import { ofWhom, percent, shownText } from './units.ts';
import type { WatchProgress } from '../../workflows/messages.ts';
import { shownOptions } from '../../domain/rollout/shown.ts';
import { proofText, timeToSafetyText, timeToUndoText } from '../../domain/rollout/outcome-text.ts';

export interface ViewStyle {
  readonly paint: Paint;
  readonly now: number;
}

export function rolloutLines(view: RolloutView, style: ViewStyle): string[] {
  const { status } = view;
  // What an end was decided on stays what is shown of it.
  const report = status.outcome === null ? (view.progress?.report ?? status.report) : status.report;
  return [
    headline(status, style),
    ...aboutLines(status).map(shownText),
    ...(view.url === null ? [] : [style.paint('dim', view.url)]),
    '',
    ...(status.steps.length === 0 ? [] : [...stepLines(status.steps, style.paint), '']),
    splitLine(view, style.now),
    ...(view.progress?.budgets ?? []).map(budgetText),
    ...troubleLines(view, style),
    ...(report === null
      ? [view.lost === null ? 'no cards judged yet' : 'what was judged is in the audit log']
      : [...armLines(report), '', ...guardrailLines(report, style.paint), ...sliceLines(report.slices)]),
    '',
    ...(status.outcome === null ? openEnd(view, style) : outcomeLines(status, style.paint)),
  ];
}

function headline(status: ShownStatus, { paint, now }: ViewStyle): string {
  const { deployment } = status;
  const before = deployment === null ? status.baselineVersion : (deployment.baseline?.version ?? 'no card');
  const from = before === null ? '' : `${before} → `;
  const to = deployment !== null && deployment.candidate === null ? 'no card' : status.version;
  const end = status.endedAt === null ? now : Date.parse(status.endedAt);
  const phase = status.paused ? `${status.phase}, paused` : status.phase;
  // An undo goes the other way.
  const way = status.outcome === 'undone' && before !== null ? `${to} → ${before}` : `${from}${to}`;
  const title = paint('bold', `${status.action} ${way}`);
  return `${title}  ${paint(phaseTone(status), phase)}  ${formatDuration(end - Date.parse(status.startedAt))}`;
}

const BAD: readonly ShownStatus['phase'][] = [
  'rolledBack',
  'rollingBack',
  'needsAttention',
  'rejected',
  'terminated',
  'failed',
  'timedOut',
  'cancelled',
  'frozen',
];

function phaseTone({ phase, paused }: ShownStatus): Tone {
  if (phase === 'promoted' || phase === 'retired' || phase === 'undone') return 'good';
  if (BAD.includes(phase)) return 'bad';
  return paused || phase === 'held' || phase === 'awaitingApproval' || phase === 'awaitingHook' ? 'warn' : 'bold';
}

const MARKS: Readonly<Record<StepStatus['state'], string>> = { done: '✔', running: '▶', pending: '·', skipped: '–' };

function stepLines(steps: readonly StepStatus[], paint: Paint): string[] {
  return steps.map(({ index, label, state }) => {
    const text = `${MARKS[state]} ${index + 1}. ${shownText(label)}`;
    return state === 'running' ? paint('bold', text) : paint('dim', text);
  });
}

/**
 * A split that has just been set is observed only once its first cards have settled; an ended rollout observes nothing.
 */
function splitLine({ status, progress }: RolloutView, now: number): string {
  const { achievedPercent } = status;
  const achieved = achievedPercent === undefined ? '' : `, achieved ${percent(achievedPercent, 2)}`;
  const asked = `split asked ${percent(status.splitPercent, 2)}${ofWhom(status)}${achieved}`;
  if (progress === null) return asked;
  const observed =
    progress.observedSplitPercent === null
      ? 'observed – (cards are settling)'
      : `observed ${percent(progress.observedSplitPercent)}${overallText(progress)}`;
  return [
    asked,
    observed,
    ...(progress.unserved === undefined ? [] : [shownText(progress.unserved)]),
    ...silence(armCard('candidate', progress.report.noCard), progress.lastCandidateCardAt, now),
    ...silence(armCard('baseline', progress.report.noCard), progress.lastBaselineCardAt, now),
  ].join(', ');
}

/** Of all conversations, where the split is for a part of them. */
function overallText({ observedOverallPercent }: WatchProgress): string {
  return observedOverallPercent === undefined ? '' : ` there, ${percent(observedOverallPercent)} of all`;
}

const SILENT_MS = 10_000;

function silence(card: string, lastAt: string | null, now: number): string[] {
  const ms = lastAt === null ? 0 : now - Date.parse(lastAt);
  return ms < SILENT_MS ? [] : [`newest ${card} heard of ${formatDuration(ms)} old`];
}

/** What fails and is tried again: an organisation or a database that is away shows here, not in a log somewhere. */
function troubleLines({ troubles }: RolloutView, { paint, now }: ViewStyle): string[] {
  return troubles.map(({ activity, attempt, failure, nextTryAt }) => {
    const next =
      nextTryAt === null
        ? 'being tried now'
        : `tried again in ${formatDuration(Math.max(0, Date.parse(nextTryAt) - now))}`;
    return paint('bad', `! ${activity} failed (attempt ${attempt}, ${next}): ${shownText(failure)}`);
  });
}

/** Both arms side by side: cards, acceptance, p95 of delivery latency. */
function armLines(report: JudgeReport): string[] {
  const acceptance = find(report, (row) => row.metric === 'acceptanceRate');
  const latency = find(report, (row) => row.metric === 'deliveryLatency' && row.statistic === 'p95');
  const row = (arm: 'candidate' | 'baseline') => [
    armName(arm, report.noCard),
    String(report.n[arm]),
    armValue(acceptance, arm),
    armValue(latency, arm),
  ];
  return table(
    [
      { title: 'arm' },
      { title: countedThing(report.noCard), right: true },
      { title: 'acceptance', right: true },
      { title: 'p95 latency', right: true },
    ],
    [row('candidate'), row('baseline')],
  );
}

function find(report: JudgeReport, test: (row: GuardrailReport) => boolean): GuardrailReport | undefined {
  return report.guardrails.find(test);
}

function armValue(row: GuardrailReport | undefined, arm: 'candidate' | 'baseline'): string {
  if (row === undefined) return '–';
  return rowText(row, arm === 'candidate' ? row.candidateValue : row.baselineValue);
}

const TONES: Readonly<Record<Verdict, Tone>> = {
  harm: 'bad',
  safe: 'good',
  undecided: 'dim',
  noData: 'warn',
  untrusted: 'bad',
};

function guardrailLines(report: JudgeReport, paint: Paint): string[] {
  return report.guardrails.flatMap((row) => {
    const more = [recentText(row), onTimeText(row), learnedText(row)].filter((text) => text !== null);
    return [
      `${paint(TONES[row.verdict], '●')} ${row.sentence}${modeText(row.mode)}`,
      ...more.map((text) => paint('dim', `  ${text}`)),
    ];
  });
}

export function guardrailName(row: Pick<GuardrailReport, 'metric' | 'name' | 'statistic' | 'mode'>): string {
  return `${guardrailLabel(row)}${row.mode === 'enforce' ? '' : ` (${row.mode})`}`;
}

/** A run that was lost waits for nothing once somebody has looked after what it left. */
export function waitingLine({ status, lost }: Pick<RolloutView, 'status' | 'lost'>): string {
  const isOver = lost !== null && lost.recovery !== null && lost.recovery.kind !== 'underWay';
  return `${isOver ? 'since then' : 'waiting for'}: ${shownText(status.waitingFor)}`;
}

function openEnd({ status, hook, lost }: RolloutView, { paint, now }: ViewStyle): string[] {
  const can =
    status.canDo.length === 0
      ? []
      : [`you can: ${status.canDo.map((act) => `${act}${shownOptions(act, status)}`).join(', ')}`];
  return [
    ...(status.reason === '' || status.overrides?.includes(status.reason) === true
      ? []
      : [`why: ${shownText(status.reason)}`]),
    ...(status.overrides ?? []).map((text) => paint('bad', shownText(text))),
    waitingLine({ status, lost }),
    ...(hook === undefined ? [] : [hookLine(hook)]),
    ...hoursLines(status, now),
    ...deadlineLines(status, now),
    ...blindLines(status, paint, now),
    ...can,
  ];
}

function hookLine({ tries, lastReply }: NonNullable<RolloutView['hook']>): string {
  return `asked ${tries === 1 ? 'once' : `${tries} times`}, last answer: ${shownText(lastReply)}`;
}

/** Since it was counted, time counts while it is open. */
function hoursLines({ openHours }: ShownStatus, now: number): string[] {
  if (openHours === undefined) return [];
  const { countedMs, ofMs, atMs, open, endsAtMs } = openHours;
  const passedMs = Math.min(ofMs, countedMs + (open ? Math.max(0, now - atMs) : 0));
  const end = new Date(endsAtMs).toISOString().slice(0, 16);
  return [
    `${formatDuration(passedMs)} of ${formatDuration(ofMs)} open hours, ` +
      `${open ? 'counting' : 'standing: they are closed'}; all of it by ${end}Z`,
  ];
}

/** Every wait ends: how long it may last yet, and what happens then. */
function deadlineLines({ deadline }: ShownStatus, now: number): string[] {
  if (deadline === undefined || deadline === null) return [];
  return [
    `time left: ${formatDuration(Math.max(0, Date.parse(deadline.at) - now))} for ${shownText(deadline.what)}, then: ` +
      deadline.action,
  ];
}

function blindLines({ blindSince }: ShownStatus, paint: Paint, now: number): string[] {
  return blindSince === undefined || blindSince === null
    ? []
    : [
        paint(
          'bad',
          `! nobody watches: no judge that can act has looked for ${formatDuration(now - Date.parse(blindSince))}`,
        ),
      ];
}

export function outcomeLines(status: ShownStatus, paint: Paint): string[] {
  const { safety, outcome } = status;
  const said =
    (outcome === 'promoted' || outcome === 'retired') && status.report !== null
      ? `; the judge's last word: ${status.report.verdict}`
      : '';
  return [
    paint(phaseTone(status), `outcome: ${outcome ?? 'none'}`) +
      (outcome === 'rejected' ? '' : `, ${proofText(safety)}${said}`),
    `reason: ${shownText(status.reason)}`,
    ...(outcome === 'rolledBack' && safety !== null ? [timeToSafetyText(safety)] : []),
    ...(outcome === 'undone' && safety !== null ? [timeToUndoText(safety)] : []),
  ];
}
