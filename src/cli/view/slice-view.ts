/** Slices under the guardrails: the sentence that decides, and of each its difference against what is harm to it. */
import stringWidth from 'string-width';
import { effectText } from '../../domain/judge/report/effect-text.ts';
import { countText } from '../../domain/judge/report/odds.ts';
import { nearness, sliceLines, sliceName, sliceValueText } from '../../domain/judge/report/slice-report.ts';
import type { JudgeReport, SliceReport } from '../../domain/judge/types.ts';
import { rateText } from '../../domain/metrics/format.ts';
import { VERDICT_TONES } from '../../domain/rollout/tone.ts';
import { clipLine } from './clip.ts';
import type { Block } from './fit.ts';
import { intervalPlot } from './interval-plot.ts';
import type { Paint } from './paint.ts';
import { shownText } from './units.ts';
import { wrapLine } from './wrap.ts';

interface Style {
  readonly paint: Paint;
  readonly columns: number;
}

/** The nearest to harm first; pictures go before figures, and figures before the sentence. */
export function sliceBlocks({ slices = [] }: JudgeReport, style: Style): readonly Block[] {
  const sentences = sliceLines(slices).flatMap((line) => wrapLine(shownText(line), style.columns));
  const sorted = slices.toSorted((a, b) => nearness(b) - nearness(a));
  const heads = sorted.map((slice) => headLines(slice, style));
  const width = Math.max(0, ...sorted.map((slice) => stringWidth(differenceOf(slice))));
  const under = sorted.map((slice) => underLine(slice, width, style));
  return [
    { lines: sentences },
    {
      lines: heads.flatMap((head, at) => [...head, ...(under[at] ?? [])]),
      less: [
        { cost: COSTS.plots, lines: heads.flat() },
        { cost: COSTS.rows, lines: [] },
      ],
    },
  ];
}

/** The lower, the sooner it is left out. */
const COSTS = { plots: 26, rows: 28 };
const SET_IN = '  ';
const MAX_PLOT = 41;

function headLines(slice: SliceReport, { paint, columns }: Style): readonly string[] {
  const { verdict, n, metric, statistic } = slice;
  const text =
    `${clipLine(shownText(sliceName(slice)), MAX_NAME)}: ${metric}${statistic === undefined ? '' : ` ${statistic}`} ${verdict}, ` +
    `${slice.candidateValue === null ? '–' : rateText(slice.candidateValue)} vs ${sliceValueText(slice, slice.baselineValue)}, ` +
    `n ${countText(n.candidate)}/${countText(n.baseline)}`;
  const lines = wrapLine(text, columns);
  return verdict === 'undecided' ? lines : lines.map((line) => paint(VERDICT_TONES[verdict], line));
}

const MAX_NAME = 24;

function differenceOf(slice: SliceReport): string {
  return slice.effect === null ? '' : effectText(slice, slice.effect);
}

/** Its margin is what is harm to a slice. */
function underLine(slice: SliceReport, width: number, { paint, columns }: Style): readonly string[] {
  const plot = intervalPlot(
    { ...slice, limit: slice.harmful },
    Math.min(MAX_PLOT, columns - 2 * SET_IN.length - width),
  );
  const difference = differenceOf(slice);
  if (difference === '') return [];
  return [paint('dim', clipLine(`${SET_IN}${plot === null ? '' : `${plot}${SET_IN}`}${difference}`, columns))];
}
