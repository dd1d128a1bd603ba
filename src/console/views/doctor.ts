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

interface LevelShown {
  readonly word: string;
  readonly several: string;
  readonly tone: Tone;
}

const LEVELS: Readonly<Record<Finding['level'], LevelShown>> = {
  error: { word: 'error', several: 'errors', tone: 'bad' },
  warning: { word: 'warning', several: 'warnings', tone: 'warn' },
  notChecked: { word: 'not checked', several: 'not checked', tone: 'dim' },
  ok: { word: 'ok', several: 'ok', tone: 'good' },
};

export function doctorPage({ findings, at }: Examined, viewer: Viewer, parts: Pick<Parts, 'signIn'>): Promise<string> {
  const counts = Object.entries(LEVELS).flatMap(([level, { word, several }]) => {
    const count = findings.filter((finding) => finding.level === level).length;
    return count === 0 ? [] : [`${count} ${count > 1 ? several : word}`];
  });
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
      ${areasOf(findings).map(([title, found]) => areaOf(title, found))}`,
  });
}

/** What is in the way comes first: its area, and within that. */
function areasOf(findings: readonly Finding[]): [title: string, found: readonly Finding[]][] {
  const order = Object.keys(LEVELS);
  return (Object.keys(AREAS) as Area[])
    .map((area) => findings.filter((finding) => finding.area === area))
    .map((found) => found.toSorted((a, b) => order.indexOf(a.level) - order.indexOf(b.level)))
    .toSorted((a, b) => hasTrouble(b) - hasTrouble(a))
    .flatMap((found) => (found[0] === undefined ? [] : [[AREAS[found[0].area], found]]));
}

function hasTrouble(found: readonly Finding[]): number {
  return found.some(({ level }) => level === 'error' || level === 'warning') ? 1 : 0;
}

function areaOf(title: string, findings: readonly Finding[]): Markup {
  const fine = findings.filter(({ level }) => level === 'ok');
  return html`<section>
    <h2>${title}</h2>
    ${list(findings.filter(({ level }) => level !== 'ok'))}
    ${
      fine.length === 0
        ? ''
        : html`<details>
            <summary>${mark('good', `${fine.length} ok`)}</summary>
            ${list(fine)}
          </details>`
    }
  </section>`;
}

function list(findings: readonly Finding[]): Markup | '' {
  if (findings.length === 0) return '';
  return html`<ul class="findings">
    ${findings.map(
      ({ check, level, seen, expected, wayOut }) =>
        html`<li>
          ${mark(LEVELS[level].tone, LEVELS[level].word)} <strong>${check}</strong>: ${seen}
          ${expected ? html`<div class="dim">Expected: ${expected}</div>` : ''}
          ${wayOut ? html`<div>Way out: ${wayOut}</div>` : ''}
        </li>`,
    )}
  </ul>`;
}
