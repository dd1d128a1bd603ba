/**
 * Slices beside the whole: a row each, with its difference and interval drawn on one scale. A table, so that all of it is
 * text too; pictures are as wide as their column, and the words as large as any others, on a phone and on paper.
 */
import { scaleLinear } from 'd3-scale';
import { html } from 'hono/html';
import type { JudgeReport } from '../domain/judge/types.ts';
import { VERDICT_TONES } from '../domain/rollout/tone.ts';
import { forestOf, forestRange } from '../domain/story/forest.ts';
import type { ForestPlace, ForestRow } from '../domain/story/forest.ts';
import { headOf } from './table.ts';

const COLUMNS = ['Slice', 'Against the margins', 'Difference', 'Candidate vs baseline', 'Harm at', 'Cards'] as const;
const [, , DIFFERENCE, VALUES, HARM_AT, CARDS] = COLUMNS;

type Scale = (margins: number) => number;

/** Empty where the plan asks for none, or none was seen. */
export function forestFigure(report: JudgeReport) {
  const rows = forestOf(report);
  if (!rows.some(({ kind }) => kind === 'slice')) return '';
  const [from, to] = forestRange(rows);
  const scale = scaleLinear([from, to], [EDGE, 100 - EDGE]).clamp(true);
  const at: Scale = (margins) => Number(scale(margins).toFixed(2));
  const reaches = [from, to] as const;
  return html`<figure>
    <table class="stacked" role="table" aria-label="Slices beside the whole">
      ${headOf(COLUMNS)}
      <tbody role="rowgroup">
        ${rows.map((row) => rowOf(row, at, reaches))}
      </tbody>
      <tfoot role="rowgroup">
        <tr role="row">
          <td role="cell">margins worse</td>
          <td role="cell" class="plotted">${axis(scale.ticks(TICKS), at)}</td>
          <td role="cell" class="filler" colspan="${COLUMNS.length - 2}"></td>
        </tr>
      </tfoot>
    </table>
    <figcaption>
      Each slice by the guardrail that shows most there. Right is worse: solid, as the baseline; dotted, tolerated;
      dashed, harm (of the whole one margin, of a slice as many as the plan says). All intervals of slices hold at every
      look at once; they prove nothing safe.
    </figcaption>
  </figure>`;
}

const EDGE = 3;
const TICKS = 5;

function rowOf(row: ForestRow, at: Scale, reaches: readonly [number, number]) {
  const { kind, name, guardrail, verdict, tipped, difference, evidence, place, n } = row;
  return html`<tr role="row" class="${kind}${verdict === 'harm' ? ' harmed' : ''}">
    <th scope="row" role="rowheader">
      ${name}
      <span class="dim">${guardrail}</span>
      <span class="${VERDICT_TONES[verdict]}">${verdict}${tipped ? ', tipped the verdict' : ''}</span>
    </th>
    <td role="cell" class="plotted">${place === null ? '–' : interval(kind, place, at, reaches)}</td>
    <td role="cell" data-label="${DIFFERENCE}">${joined(difference ?? 'no cards of both arms yet')}</td>
    <td role="cell" data-label="${VALUES}">${joined(`${row.candidate} vs ${row.baseline}`)}</td>
    <td role="cell" data-label="${HARM_AT}">
      ${joined(row.harmful)} <span class="dim">tolerated to ${joined(row.tolerated)}</span>
    </td>
    <td role="cell" data-label="${CARDS}">
      ${n.candidate} / ${n.baseline}
      ${evidence === null ? '' : html`<span class="dim">evidence of harm ${evidence}</span>`}
    </td>
  </tr>`;
}

/** No unit stands on a line of its own. */
function joined(text: string): string {
  return text.replaceAll(/(?<=\d) (?=%|pp|ms)/g, '\u00a0');
}

const HEIGHT = 24;
const MIDDLE = HEIGHT / 2;

/** Hidden from whoever hears the table: the cells beside it say the same. */
function interval(kind: ForestRow['kind'], place: ForestPlace, at: Scale, [from, to]: readonly [number, number]) {
  const { estimate, better, worse, tolerated, harmful } = place;
  const [left, right] = [better === null || better < from ? null : better, worse === null || worse > to ? null : worse];
  return html`<svg height="${HEIGHT}" width="100%" aria-hidden="true">
    ${upright('zero', at(0))} ${upright('mark tolerance', at(tolerated))} ${upright('mark margin', at(harmful))}
    <line class="reach" x1="${at(left ?? from)}%" x2="${at(right ?? to)}%" y1="${MIDDLE}" y2="${MIDDLE}" />
    ${[left === null ? arrow(at(from), -1) : cap(at(left)), right === null ? arrow(at(to), 1) : cap(at(right))]}
    ${placed(at(estimate), kind === 'whole' ? 'M0,-7L7,0L0,7L-7,0Z' : 'M-5,0a5,5,0,1,0,10,0a5,5,0,1,0,-10,0Z')}
  </svg>`;
}

function upright(style: string, x: number) {
  return html`<line class="${style}" x1="${x}%" x2="${x}%" y1="0" y2="${HEIGHT}" />`;
}

function cap(x: number) {
  return html`<line class="reach" x1="${x}%" x2="${x}%" y1="${MIDDLE - 5}" y2="${MIDDLE + 5}" />`;
}

/** It goes on beyond the edge. */
function arrow(x: number, to: 1 | -1) {
  return placed(x, `M${9 * to},0L0,-5V5Z`);
}

/** A shape of its own size about that place. */
function placed(x: number, path: string) {
  return html`<svg x="${x}%" y="${MIDDLE}" overflow="visible"><path class="dot" d="${path}" /></svg>`;
}

function axis(ticks: readonly number[], at: Scale) {
  const words = ticks.map((tick) => `${tick}`.replace('-', '−'));
  return html`<svg height="${HEIGHT}" width="100%" role="img" aria-label="0: as the baseline; 1: one margin worse">
    ${ticks.map(
      (tick, index) =>
        html`<line class="zero" x1="${at(tick)}%" x2="${at(tick)}%" y1="0" y2="5" /><text
            class="middle"
            x="${at(tick)}%"
            y="18"
            >${words[index]}</text
          >`,
    )}
  </svg>`;
}
