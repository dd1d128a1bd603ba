/** Everything that the product needs, as it was found: by area, with the way out of what is not as it must be. */
import { html } from 'hono/html';
import { AREAS } from '../../doctor/finding.ts';
import type { Area, Finding } from '../../doctor/finding.ts';
import type { Examined } from '../examination.ts';
import type { Parts } from '../parts.ts';
import type { Viewer } from '../viewer.ts';
import { pageOf } from './layout.ts';
import { timeOf } from './markup.ts';
import type { Markup } from './markup.ts';
import { mark } from './tones.ts';
import type { Tone } from './tones.ts';

const LEVELS: Readonly<Record<Finding['level'], { readonly word: string; readonly tone: Tone }>> = {
  error: { word: 'error', tone: 'bad' },
  warning: { word: 'warning', tone: 'warn' },
  notChecked: { word: 'not checked', tone: 'dim' },
  ok: { word: 'ok', tone: 'good' },
};

export function doctorPage({ findings, at }: Examined, viewer: Viewer, parts: Pick<Parts, 'signIn'>): Promise<string> {
  const counts = Object.entries(LEVELS).flatMap(([level, { word }]) => {
    const count = findings.filter((finding) => finding.level === level).length;
    return count === 0 ? [] : [`${count} ${word}`];
  });
  const areas = (Object.keys(AREAS) as Area[]).filter((area) => findings.some((finding) => finding.area === area));
  return pageOf({
    title: 'Doctor',
    stream: null,
    viewer,
    parts,
    main: html`<h1>Doctor</h1>
      <p>
        ${counts.join(', ')}. Looked at ${timeOf(at)} where this console runs; <code>assist-rollouts doctor</code> looks
        where you type it.
      </p>
      ${areas.map((area) =>
        areaOf(
          area,
          findings.filter((finding) => finding.area === area),
        ),
      )}`,
  });
}

/** What is in the way comes first. */
function areaOf(area: Area, findings: readonly Finding[]): Markup {
  const order = Object.keys(LEVELS);
  const sorted = findings.toSorted((a, b) => order.indexOf(a.level) - order.indexOf(b.level));
  return html`<section>
    <h2>${AREAS[area]}</h2>
    <ul class="findings">
      ${sorted.map(
        ({ check, level, seen, expected, wayOut }) =>
          html`<li>
            ${mark(LEVELS[level].tone, LEVELS[level].word)} <strong>${check}</strong>: ${seen}
            ${expected ? html`<div class="dim">Expected: ${expected}</div>` : ''}
            ${wayOut ? html`<div>Way out: ${wayOut}</div>` : ''}
          </li>`,
      )}
    </ul>
  </section>`;
}
