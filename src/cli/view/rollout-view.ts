/** A rollout on a terminal: steps and how far they are, split asked and observed, every guardrail, what a person has to do. */
import { VERDICT_TONES } from '../../domain/rollout/tone.ts';
import { aboutLines } from '../../domain/plan/about.ts';
import { modeText } from '../../domain/plan/mode-text.ts';
import { armCard, countedThing, countsText } from '../../domain/judge/report/arm-names.ts';
import type { GuardrailReport, JudgeReport } from '../../domain/judge/types.ts';
import { learnedText } from '../../domain/judge/report/learned-report.ts';
import { onTimeText } from '../../domain/judge/report/circumstances.ts';
import { recentText } from '../../domain/judge/report/effect-text.ts';
import { budgetText } from '../../domain/rollout/card-budget.ts';
import type { ShownStatus } from '../../configurator/lost.ts';
import { troubleText } from '../../configurator/progress.ts';
import type { RolloutView } from '../../configurator/rollouts.ts';
import { WAITS } from '../../domain/rollout/audit-reason.ts';
import type { LogEntry } from '../../domain/rollout/view.ts';
import type { Block } from './fit.ts';
import { fit } from './fit.ts';
import { clipLine } from './clip.ts';
import { endLines, watchedBake } from './end-view.ts';
import { guardrailBlocks } from './guardrail-view.ts';
import { clockText } from './local-time.ts';
import type { Paint } from './paint.ts';
import { statusTone } from './phase-tone.ts';
import { sliceBlocks } from './slice-view.ts';
import { stepsBlock } from './steps-view.ts';
import { formatDuration } from '../../domain/shared/duration.ts';
import { ofWhom, percent, shownText } from './units.ts';
import type { WatchProgress } from '../../workflows/messages.ts';
import { wrapLine } from './wrap.ts';

export interface ViewStyle {
  readonly paint: Paint;
  readonly now: number;
  /** Of the terminal; absent: no line is cut or broken, and nothing is left out. */
  readonly columns?: number;
  readonly rows?: number;
  /** Time zone (IANA) in which times are shown. */
  readonly zone?: string;
}

/** Broken to the columns, and no more lines than rows where what decides leaves that. */
export function rolloutLines(view: RolloutView, style: ViewStyle): string[] {
  const { status } = view;
  const { paint, now, columns = Infinity, rows = Infinity, zone = 'UTC' } = style;
  // What an end was decided on stays what is shown of it, and an ended rollout observes nothing.
  const progress = status.outcome === null ? view.progress : null;
  const report = progress?.report ?? status.report;
  const bake = watchedBake(view);
  const wrap = (lines: readonly string[]): string[] => lines.flatMap((line) => wrapLine(line, columns));
  const end = wrap(endLines(view, { paint, now, zone }));
  const blocks: readonly Block[] = [
    { lines: wrap([headline(status, style)]) },
    droppable(COSTS.about, [
      ...wrap(aboutLines(status).map(shownText)),
      ...(view.url === null ? [] : [paint('dim', view.url)]),
      ...(view.build === undefined ? [] : [paint('dim', `on build ${shownText(view.build)} of the worker`)]),
    ]),
    BLANK,
    ...(status.steps.length === 0 && bake === undefined
      ? []
      : [stepsBlock(status, bake, report, { paint, now, columns }), BLANK]),
    {
      lines: wrap([
        splitLine(view, progress, now),
        ...(progress?.budgets ?? []).map(budgetText),
        ...troubleLines(view, style),
      ]),
    },
    ...(report === null
      ? [{ lines: [view.lost === null ? 'no cards judged yet' : 'what was judged is in the audit log'] }]
      : judgeBlocks(report, { paint, columns, needed: status.needed })),
    BLANK,
    { lines: end },
    ...logBlocks(status.log ?? [], { paint, columns, zone }),
  ];
  return fit(blocks, rows);
}

/** The lower, the sooner it is left out. */
const COSTS = { about: 22, sentences: 20, stops: 58, log: [10, 15, 45], blank: 55 };
const BLANK: Block = { lines: [''], less: [{ cost: COSTS.blank, lines: [] }] };

function droppable(cost: number, lines: readonly string[]): Block {
  return { lines, less: [{ cost, lines: [] }] };
}

function judgeBlocks(
  report: JudgeReport,
  {
    paint,
    columns,
    needed,
  }: { readonly paint: Paint; readonly columns: number } & {
    readonly needed: ShownStatus['needed'] | undefined;
  },
) {
  const wrap = (lines: readonly string[]): string[] => lines.flatMap((line) => wrapLine(line, columns));
  if (hasNoCards(report)) return [{ lines: [`judge: waiting for the first ${countedThing(report.noCard)}`] }];
  return [
    {
      lines: wrap([
        `judge: ${paint(VERDICT_TONES[report.verdict], report.verdict)} on ${countsText(report)}, of the whole rollout`,
      ]),
    },
    ...guardrailBlocks(report, { paint, columns, needed }),
    ...sliceBlocks(report, { paint, columns }),
    ...report.guardrails.map((row) => droppable(sentenceCost(row), wrap(sentenceLines(row, paint)))),
  ];
}

/** Each guardrail would say the same of nothing. */
function hasNoCards({ verdict, n }: JudgeReport): boolean {
  return verdict === 'noData' && n.candidate === 0 && n.baseline === 0;
}

const LOG_ROWS = [20, 8, 3] as const;

/** What came to pass lately, newest last; of a person's acts the whole, as far as a line goes. */
function logBlocks(
  log: readonly LogEntry[],
  { paint, columns, zone }: { readonly paint: Paint; readonly columns: number; readonly zone: string },
): readonly Block[] {
  if (log.length === 0) return [];
  const width = columns === Infinity ? MAX_LOG_WIDTH : columns;
  // What is waited for stands above.
  const told = log.filter(({ actor, reason }) => actor !== 'engine' || !reason.startsWith(WAITS));
  const of = (rows: number): string[] => [
    '',
    paint('dim', `log (times of ${zone})`),
    ...told.slice(-rows).map(({ at, actor, act, reason }) => {
      const line = clipLine(`${clockText(at, zone)} ${shownText(actor)} ${act}: ${shownText(reason)}`, width);
      return actor === 'engine' ? paint('dim', line) : line;
    }),
  ];
  return [
    {
      lines: of(LOG_ROWS[0]),
      less: [
        { cost: COSTS.log[0] ?? 0, lines: of(LOG_ROWS[1]) },
        { cost: COSTS.log[1] ?? 0, lines: of(LOG_ROWS[2]) },
        { cost: COSTS.log[2] ?? 0, lines: [] },
      ],
    },
  ];
}

const MAX_LOG_WIDTH = 160;

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
  const on = deployment === null ? '' : `  on ${deployment.target}`;
  return `${title}${on}  ${paint(statusTone(status), phase)}  ${formatDuration(end - Date.parse(status.startedAt))}`;
}

/**
 * A split that has just been set is observed only once its first cards have settled; an ended rollout observes nothing.
 */
function splitLine({ status }: RolloutView, progress: WatchProgress | null, now: number): string {
  const { achievedPercent } = status;
  const achieved =
    achievedPercent === undefined ? '' : `, achieved ${percent(achievedPercent, 2)}${beforeWayBack(status)}`;
  const asked = `split asked ${percent(status.splitPercent, 2)}${ofWhom(status)}${achieved}`;
  if (progress === null) return asked;
  const observed =
    progress.observedSplitPercent === null
      ? 'observed – (cards are settling)'
      : `observed ${percent(progress.observedSplitPercent)}${overallText(progress)}`;
  return [
    asked,
    observed,
    ...[progress.unserved, progress.unseen].flatMap((clause) => (clause === undefined ? [] : shownText(clause))),
    ...silence(armCard('candidate', progress.report.noCard), progress.lastCandidateCardAt, now),
    ...silence(armCard('baseline', progress.report.noCard), progress.lastBaselineCardAt, now),
  ].join(', ');
}

/** What is written meanwhile is less, and nobody has read how much. */
function beforeWayBack({ phase }: ShownStatus): string {
  return phase === 'rollingBack' || phase === 'needsAttention' ? ' before the way back' : '';
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
  return troubles.map((trouble) => {
    const { failure, nextTryAt } = trouble;
    const next =
      nextTryAt === null
        ? ', being tried now'
        : `, tried again in ${formatDuration(Math.max(0, Date.parse(nextTryAt) - now))}`;
    return paint('bad', `! ${troubleText(trouble, next)}${failure === '' ? '' : `: ${shownText(failure)}`}`);
  });
}

/** Why, in the judge's words: what the table has no room for. */
function sentenceLines(row: GuardrailReport, paint: Paint): string[] {
  const more = [recentText(row), onTimeText(row), learnedText(row)].filter((text) => text !== null);
  return [
    `${paint(VERDICT_TONES[row.verdict], '●')} ${shownText(row.sentence)}${modeText(row.mode)}`,
    ...more.map((text) => paint('dim', `  ${text}`)),
  ];
}

/** Those that stop the rollout stay the longest: why it stands must not give way to what came to pass before. */
function sentenceCost({ mode, verdict }: GuardrailReport): number {
  if (mode === 'enforce' && (verdict === 'harm' || verdict === 'untrusted')) return COSTS.stops;
  const asked = { safe: 1, undecided: 2, noData: 3, untrusted: 4, harm: 5 }[verdict];
  return COSTS.sentences + (mode === 'enforce' ? asked : 0) / 10;
}
