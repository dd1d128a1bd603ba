/** Each guardrail: its figures, lately beside those of the whole rollout, and how near it is to its verdicts. */
import { html } from 'hono/html';
import { onTimeText } from '../../domain/judge/report/circumstances.ts';
import { effectText } from '../../domain/judge/report/effect-text.ts';
import { learnedText } from '../../domain/judge/report/learned-report.ts';
import type { GuardrailReport, JudgeReport } from '../../domain/judge/types.ts';
import { rowText } from '../../domain/metrics/format.ts';
import { guardrailLabel } from '../../domain/plan/guardrail-label.ts';
import type { Needed } from '../../domain/judge/report/needed.ts';
import { modeText } from '../../domain/plan/mode-text.ts';
import { VERDICT_TONES } from '../../domain/rollout/tone.ts';
import { forestFigure } from '../../story/forest.ts';
import type { Markup } from './markup.ts';
import { nearnessBar, nearnessOf, nearnessText } from './nearness.ts';
import { mark } from './tones.ts';

const COLUMNS = [
  'Guardrail',
  'Verdict',
  'Candidate',
  'Baseline',
  'Tolerated to',
  'Margin at',
  'Cards',
  'Near to harm and to safe',
];
const LEFT = 2;

/** `needed`: of each, where it is known. */
export function guardrailsPart(report: JudgeReport | null, needed: readonly Needed[] = []): Markup {
  if (report === null || report.guardrails.length === 0) return html`<section id="guardrails" hidden></section>`;
  return html`<section id="guardrails" aria-labelledby="guardrails-title">
    <h2 id="guardrails-title">Guardrails</h2>
    <table class="cells" role="table" aria-labelledby="guardrails-title">
      <thead role="rowgroup">
        <tr role="row">
          ${COLUMNS.map((column, at) => html`<th scope="col" role="columnheader" class="${isNumber(at) ? 'number' : ''}">${column}</th>`)}
        </tr>
      </thead>
      ${harmFirst(report.guardrails).map(([row, index]) => group(row, needed[index]))}
    </table>
    ${slices(report)}
  </section>`;
}

/** What stopped it is read first; the place of each among all tells what it needs. */
function harmFirst(rows: readonly GuardrailReport[]): readonly (readonly [GuardrailReport, number])[] {
  const isHarm = ([{ verdict }]: readonly [GuardrailReport, number]): number => Number(verdict === 'harm');
  return rows.map((row, index) => [row, index] as const).toSorted((a, b) => isHarm(b) - isHarm(a));
}

function isNumber(column: number): boolean {
  return column >= LEFT && column < COLUMNS.length - 1;
}

function group(row: GuardrailReport, needed: Needed | undefined): Markup {
  const near = nearnessOf(row, needed);
  const label = guardrailLabel(row);
  const { recent, effect } = row;
  const show = (value: number | null | undefined): string => rowText(row, value ?? null);
  const cells = [
    html`<strong>${label}</strong>${modeText(row.mode)}`,
    html`${mark(VERDICT_TONES[row.verdict], row.verdict)}${row.better === undefined ? '' : ', better'}${row.goal === undefined ? '' : row.goal.proven ? ', goal reached' : ', goal open'}`,
    show(row.candidateValue),
    show(row.baselineValue),
    show(row.tolerated),
    show(row.limit),
    `${row.n.candidate} / ${row.n.baseline}`,
    near === null ? html`–` : html`${nearnessBar(near)} <span class="dim">${nearnessText(near)}</span>`,
  ];
  const more = [onTimeText(row), learnedText(row)].filter((text) => text !== null);
  return html`<tbody role="rowgroup">
    <tr role="row">
      ${cells.map((cell, at) => html`<td role="cell" class="${isNumber(at) ? 'number' : ''}" data-label="${COLUMNS[at]}">${cell}</td>`)}
    </tr>
    ${
      recent === undefined
        ? ''
        : html`<tr role="row" class="recent">
            <td role="cell" colspan="2" data-label="Latest cards">
              latest cards:
              ${effectText(row, recent.effect)}${effect == null ? '' : `; whole rollout: ${effectText(row, effect)}`}
            </td>
            <td role="cell" class="number" data-label="Candidate">${show(recent.candidateValue)}</td>
            <td role="cell" class="number" data-label="Baseline">${show(recent.baselineValue)}</td>
            <td role="cell" colspan="2" class="filler"></td>
            <td role="cell" class="number" data-label="Cards">${recent.n.candidate} / ${recent.n.baseline}</td>
            <td role="cell" class="filler"></td>
          </tr>`
    }
    <tr role="row" class="sentence">
      <td role="cell" colspan="${COLUMNS.length}">
        <details id="words-${label.replaceAll(/\W+/g, '-')}">
          <summary>In words</summary>
          ${[row.sentence, ...more].map((text) => html`<p>${text}</p>`)}
        </details>
      </td>
    </tr>
  </tbody>`;
}

function slices(report: JudgeReport): Markup | '' {
  const { slices: all = [] } = report;
  if (all.length === 0) return '';
  const harmed = all.filter(({ verdict }) => verdict === 'harm').length;
  return html`<h3>Slices: ${all.length} followed, ${harmed === 0 ? 'none' : harmed} harmed</h3>
    ${forestFigure(report)}`;
}
