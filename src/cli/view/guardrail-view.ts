/** Guardrails as a table that keeps what decides at any width: name, state, both values, limit, cards, evidence both ways. */
import stringWidth from 'string-width';
import { armName } from '../../domain/judge/report/arm-names.ts';
import { isProvenOtherwise } from '../../domain/judge/report/needed.ts';
import type { Needed } from '../../domain/judge/report/needed.ts';
import { countText, oddsText } from '../../domain/judge/report/odds.ts';
import { recentText } from '../../domain/judge/report/effect-text.ts';
import type { GuardrailReport, JudgeReport } from '../../domain/judge/types.ts';
import { rowText } from '../../domain/metrics/format.ts';
import { guardrailLabel } from '../../domain/plan/guardrail-label.ts';
import { VERDICT_TONES } from '../../domain/rollout/tone.ts';
import { oneLine } from '../../domain/text/printable.ts';
import { clipLine } from './clip.ts';
import type { Block } from './fit.ts';
import { intervalPlot, PLOT_LEGEND } from './interval-plot.ts';
import type { Paint } from './paint.ts';
import { table } from './table.ts';

export function guardrailName(row: Pick<GuardrailReport, 'metric' | 'name' | 'statistic' | 'mode'>): string {
  return `${oneLine(guardrailLabel(row))}${row.mode === 'enforce' ? '' : ` (${row.mode})`}`;
}

interface Style {
  readonly paint: Paint;
  readonly columns: number;
}

/** A row, and the evidence that it needs, as far as that is known. */
type Row = GuardrailReport & { readonly needed?: Needed | undefined };
type Rows = Omit<JudgeReport, 'guardrails'> & { readonly guardrails: readonly Row[] };

/** Under each row its interval and the evidence, where there are rows for them. */
export function guardrailBlocks(
  given: JudgeReport,
  { needed = [], ...style }: Style & { readonly needed?: readonly Needed[] | undefined },
): readonly Block[] {
  const report: Rows = { ...given, guardrails: given.guardrails.map((row, at) => ({ ...row, needed: needed[at] })) };
  const { guardrails } = report;
  if (guardrails.length === 0) return [];
  const shape = shapeFor(report, style.columns);
  const [head = '', ...rows] = tableLines(report, shape);
  const beside = Math.max(0, ...guardrails.map((row) => stringWidth(figuresText(row, shape))));
  const under = guardrails.map((row) => underLines(row, shape, { ...style, beside }));
  const recent = guardrails.map((row) => recentLine(row, style));
  const painted = rows.map((line, at) => paintRow(line, guardrails[at], style.paint));
  const withUnder = (which: (at: number) => readonly string[]): string[] => [
    style.paint('dim', head),
    ...painted.flatMap((line, at) => [line, ...which(at)]),
  ];
  const hasPlot = under.some(({ plot }) => plot.length > 0);
  return [
    {
      lines: withUnder((at) => [...(under[at]?.whole ?? []), ...(recent[at] ?? [])]),
      less: [
        { cost: COSTS.recent, lines: withUnder((at) => under[at]?.whole ?? []) },
        { cost: COSTS.plots, lines: withUnder((at) => under[at]?.figures ?? []) },
        { cost: COSTS.evidence, lines: withUnder(() => []) },
      ],
    },
    ...(hasPlot
      ? [
          {
            lines: [style.paint('dim', clipLine(PLOT_LEGEND, style.columns))],
            less: [{ cost: COSTS.legend, lines: [] }],
          },
        ]
      : []),
  ];
}

/** The lower the sooner it is left out. */
const COSTS = { legend: 24, recent: 35, plots: 50, evidence: 70 };

type Column = 'state' | 'candidate' | 'baseline' | 'limit' | 'n' | 'harm' | 'safe';

const ALL: readonly Column[] = ['state', 'candidate', 'baseline', 'limit', 'n', 'harm', 'safe'];
/** What moves to the line below, first the last. */
const MOVABLE: readonly (readonly Column[])[] = [['harm', 'safe'], ['n'], ['limit']];
const GAP = 2;
const MIN_NAME = 10;

interface Shape {
  readonly columns: readonly Column[];
  readonly below: readonly Column[];
  readonly nameWidth: number;
}

/** All columns where they fit; else a shorter name, and what can stand below stands there. */
function shapeFor(report: Rows, room: number): Shape {
  const below: Column[] = [];
  const width = (column: Column): number =>
    Math.max(stringWidth(titleOf(column, report)), ...report.guardrails.map((row) => stringWidth(cellOf(column, row))));
  const names = Math.max(stringWidth(NAME), ...report.guardrails.map((row) => stringWidth(guardrailName(row))));
  for (let moved = 0; ; moved += 1) {
    const columns = ALL.filter((column) => !below.includes(column));
    const left = room - columns.reduce((sum, column) => sum + GAP + width(column), 0);
    if (left >= Math.min(names, moved === 0 ? names : MIN_NAME + 9) || moved === MOVABLE.length)
      return { columns, below, nameWidth: Math.max(MIN_NAME, Math.min(names, left)) };
    below.push(...(MOVABLE[moved] ?? []));
  }
}

const NAME = 'guardrail';

function titleOf(column: Column, { noCard }: Pick<JudgeReport, 'noCard'>): string {
  if (column === 'candidate' || column === 'baseline') return armName(column, noCard);
  return { state: 'state', limit: 'limit', n: 'n', harm: 'harm', safe: 'safe' }[column];
}

function cellOf(column: Column, row: Row): string {
  const { n, logEvidence, needed } = row;
  switch (column) {
    case 'state':
      return stateText(row);
    case 'candidate':
      return oneLine(rowText(row, row.candidateValue));
    case 'baseline':
      return oneLine(rowText(row, row.baselineValue));
    case 'limit':
      return oneLine(rowText(row, row.limit));
    case 'n':
      return `${countText(n.candidate)}/${countText(n.baseline)}`;
    case 'harm':
    case 'safe':
      return `${shortOdds(logEvidence[column])}${needed === undefined ? '' : neededText(row, column, needed)}`;
  }
}

function neededText(row: Row, side: keyof Needed, needed: Needed): string {
  return isProvenOtherwise(row, side, needed) ? ' proven' : ` of ${shortOdds(needed[side])}`;
}

function stateText({ verdict, better, goal }: GuardrailReport): string {
  const isBetter = better === undefined ? '' : ', better';
  return `${verdict}${isBetter}${goal === undefined ? '' : goal.proven ? ', goal' : ', goal open'}`;
}

const MANY = Math.log(99_999);

/** No wider than `1:99999`. */
function shortOdds(logEvidence: number): string {
  return logEvidence <= MANY ? oddsText(logEvidence) : `1:1e${Math.floor(logEvidence / Math.LN10)}`;
}

function tableLines(report: Rows, { columns, nameWidth }: Shape): string[] {
  const right: readonly Column[] = ['candidate', 'baseline', 'limit', 'n', 'harm', 'safe'];
  return table(
    [{ title: NAME }, ...columns.map((column) => ({ title: titleOf(column, report), right: right.includes(column) }))],
    report.guardrails.map((row) => [
      clipLine(guardrailName(row), nameWidth),
      ...columns.map((column) => cellOf(column, row)),
    ]),
  );
}

/** The row in the colour of its verdict; without colour the word says it. */
function paintRow(line: string, row: GuardrailReport | undefined, paint: Paint): string {
  return row === undefined || row.verdict === 'undecided' ? line : paint(VERDICT_TONES[row.verdict], line);
}

const SET_IN = '  ';
const MAX_PLOT = 41;

interface Under {
  readonly whole: readonly string[];
  readonly figures: readonly string[];
  readonly plot: readonly string[];
}

/** What stands below the row, as there is no room in it. */
function figuresText(row: Row, { below }: Shape): string {
  if (row.verdict === 'noData') return '';
  return below
    .filter((column) => column !== 'limit' || row.limit !== null)
    .map((column) => `${column} ${cellOf(column, row)}`)
    .join('  ');
}

/** `beside`: the width of the figures below any row, so that all pictures are as wide. */
function underLines(row: Row, shape: Shape, { columns, paint, beside }: Style & { readonly beside: number }): Under {
  if (row.verdict === 'noData') return { whole: [], figures: [], plot: [] };
  const figures = figuresText(row, shape);
  const alone = figures === '' ? [] : [paint('dim', clipLine(`${SET_IN}${figures}`, columns))];
  const room = Math.min(MAX_PLOT, columns - SET_IN.length);
  const plot = intervalPlot(row, Math.min(room, columns - SET_IN.length - (beside === 0 ? 0 : beside + GAP)));
  if (plot !== null && plot.length >= MIN_BESIDE) {
    const line = `${SET_IN}${plot}${figures === '' ? '' : `  ${figures}`}`;
    // Beside figures it takes no row of its own.
    return { whole: [paint('dim', line)], figures: figures === '' ? [] : [paint('dim', line)], plot: [plot] };
  }
  const own = intervalPlot(row, room);
  return {
    whole: [...alone, ...(own === null ? [] : [paint('dim', `${SET_IN}${own}`)])],
    figures: alone,
    plot: own === null ? [] : [own],
  };
}

/** A narrower picture says little. */
const MIN_BESIDE = 25;

/** Beside the figures of the whole rollout, those of the latest cards. */
function recentLine(row: GuardrailReport, { columns, paint }: Style): string[] {
  const { recent } = row;
  if (recent === undefined) return [];
  const text =
    `${SET_IN}lately ${oneLine(rowText(row, recent.candidateValue))} vs ${oneLine(rowText(row, recent.baselineValue))}, ` +
    `n ${countText(recent.n.candidate)}/${countText(recent.n.baseline)}` +
    (recentText(row) === null ? '' : ': not as the whole rollout');
  return [paint(recentText(row) === null ? 'dim' : 'warn', clipLine(text, columns))];
}
