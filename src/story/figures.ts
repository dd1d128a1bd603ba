/** What the judge saw and said: a table, a sentence and pictures for each guardrail. */
import { html } from 'hono/html';
import { countsText } from '../domain/judge/report/arm-names.ts';
import { onTimeText } from '../domain/judge/report/circumstances.ts';
import { recentText } from '../domain/judge/report/effect-text.ts';
import { learnedText } from '../domain/judge/report/learned-report.ts';
import { isProvenOtherwise, neededOf } from '../domain/judge/report/needed.ts';
import type { Needed } from '../domain/judge/report/needed.ts';
import { sliceLines } from '../domain/judge/report/slice-report.ts';
import type { GuardrailReport, JudgeReport } from '../domain/judge/types.ts';
import { rowText } from '../domain/metrics/format.ts';
import { guardrailLabel } from '../domain/plan/guardrail-label.ts';
import { modeText } from '../domain/plan/mode-text.ts';
import { forestFigure } from './forest.ts';
import { effectChart, evidenceChart, latencyChart, splitChart } from './charts.ts';
import { VERDICT_TONES } from '../domain/rollout/tone.ts';
import { provenSplits } from '../domain/story/proven-splits.ts';
import type { Judged, Story } from '../domain/story/story.ts';

export function figures(story: Story) {
  const { judged, rollout } = story;
  if (judged === null)
    return html`<section>
      <h2>Verdict</h2>
      <p>${rollout.report === null ? 'Nothing was judged.' : rollout.report.reason}</p>
      ${rollout.report === null ? '' : html`<p class="dim">Its decision record is not kept any more.</p>`}
    </section>`;
  const { report } = judged;
  return html`<section>
      <h2>Verdict: <span class="${VERDICT_TONES[report.verdict]}">${report.verdict}</span></h2>
      <p>${report.reason}</p>
      <p class="dim">${countsText(report)}</p>
      ${table(judged)} ${slices(report)}
    </section>
    ${whole(story, judged)} ${report.guardrails.map((row, index) => guardrail(judged, row, index))}`;
}

function slices(report: JudgeReport) {
  if (report.slices === undefined || report.slices.length === 0) return '';
  return html`<h3>Slices</h3>
    ${sliceLines(report.slices).map((line) => html`<p>${line}</p>`)} ${forestFigure(report)}`;
}

function table({ report }: Judged) {
  return html`<div class="scroll" role="region" aria-label="Guardrails" tabindex="0">
    <table>
      <thead>
        <tr>
          <th>Guardrail</th>
          <th>Verdict</th>
          <th class="number">Candidate</th>
          <th class="number">Baseline</th>
          <th class="number">Tolerated to</th>
          <th class="number">Margin at</th>
          <th class="number">Cards</th>
        </tr>
      </thead>
      <tbody>
        ${report.guardrails.map(
          (row) =>
            html`<tr>
              <td>${guardrailLabel(row)}${modeText(row.mode)}</td>
              <td class="${VERDICT_TONES[row.verdict]}">${row.verdict}</td>
              <td class="number">${rowText(row, row.candidateValue)}</td>
              <td class="number">${rowText(row, row.baselineValue)}</td>
              <td class="number">${rowText(row, row.tolerated ?? null)}</td>
              <td class="number">${rowText(row, row.limit)}</td>
              <td class="number">${row.n.candidate} / ${row.n.baseline}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function whole(story: Story, { course }: Judged) {
  if (course === null)
    return html`<p class="dim">The record was made by other rules of the judge, so its course is not drawn here.</p>`;
  if (course.points.length === 0) return '';
  return html`<section>
    <h2>Over time</h2>
    ${wholePictures(story)}
  </section>`;
}

/** The split, and how late the cards of both arms came. */
export function wholePictures({ judged, entries }: Pick<Story, 'judged' | 'entries'>) {
  const course = judged?.course ?? null;
  if (course === null || course.points.length === 0) return '';
  const isTimed = course.latency.baseline !== null || course.latency.candidate !== null;
  return html`<div class="pictures">
    <figure>
      ${splitChart(course, provenSplits(entries))}
      <figcaption>
        Share of the conversations that see the
        candidate${course.splits.some(({ percent }) => percent === null) ? '; shaded: cards were settling, and did not tell it yet' : ''}
      </figcaption>
    </figure>
    ${
      isTimed
        ? html`<figure>
            ${latencyChart(course)}
            <figcaption>Cards there after so long: candidate solid, baseline dashed</figcaption>
          </figure>`
        : ''
    }
  </div>`;
}

function guardrail(judged: Judged, row: GuardrailReport, index: number) {
  const more = [recentText(row), onTimeText(row), learnedText(row)].filter((text) => text !== null);
  return html`<section>
    <h3>${guardrailLabel(row)}: <span class="${VERDICT_TONES[row.verdict]}">${row.verdict}</span></h3>
    <p>${row.sentence}</p>
    ${more.map((text) => html`<p class="dim">${text}</p>`)} ${guardrailPictures(judged, row, index)}
  </section>`;
}

/** Its difference with the interval that closes over time, and the evidence both ways. */
export function guardrailPictures({ course, guardrails }: Judged, row: GuardrailReport, index: number) {
  const asked = guardrails[index];
  const needed = neededOf(guardrails)[index];
  return course === null || asked === undefined || needed === undefined || course.points.length === 0
    ? ''
    : html`<div class="pictures">
        ${
          row.effect == null
            ? ''
            : html`<figure>
                ${effectChart(course, index, row)}
                <figcaption>
                  Difference from the baseline; the band holds the true one at every look at once, with a chance of at
                  most ${asked.alpha} to miss
                </figcaption>
              </figure>`
        }
        <figure>
          ${evidenceChart(course, index, needed, row)}
          <figcaption>
            Evidence of what a verdict needs: harm solid, safe
            dashed${isElsewhere(row, needed) ? '; the verdict fell by another test than this evidence of all looks' : ''}
          </figcaption>
        </figure>
      </div>`;
}

function isElsewhere(row: GuardrailReport, needed: Needed): boolean {
  return isProvenOtherwise(row, 'harm', needed) || isProvenOtherwise(row, 'safe', needed);
}
