/** Every rollout of an action, newest first. */
import { html } from 'hono/html';
import { phaseWord } from '../../domain/rollout/phase-word.ts';
import type { HistoryRow } from '../../domain/registry/question.ts';
import { VERDICT_TONES } from '../../domain/rollout/tone.ts';
import type { Parts } from '../parts.ts';
import type { Viewer } from '../viewer.ts';
import { pageOf } from './layout.ts';
import { headOf } from '../../story/table.ts';
import { pathOf, proseOf, timeOf } from './markup.ts';
import { mark, toneOf } from './tones.ts';

const COLUMNS = ['Version', 'How it ended', 'Verdict', 'Cards', 'Began', 'By', 'Why', 'Report'] as const;

export async function historyPage(
  action: string,
  rows: readonly HistoryRow[],
  viewer: Viewer,
  parts: Pick<Parts, 'signIn'>,
): Promise<string> {
  return pageOf({
    title: `${action}: history`,
    stream: null,
    viewer,
    parts,
    main: html`<h1>${action}: history</h1>
      <p>
        <a href="${pathOf(action)}">The newest rollout</a> ·
        <a href="/audit?of=${encodeURIComponent(action)}">Its audit entries</a>
      </p>
      <table class="cells" role="table" aria-label="Rollouts of ${action}">
        ${headOf(COLUMNS)}
        ${rows.map(
          (row) =>
            html`<tbody role="rowgroup">
              ${line(action, row)}
            </tbody>`,
        )}
      </table>`,
  });
}

function line(action: string, row: HistoryRow) {
  const { version, baselineVersion, outcome, phase, verdict, cards, startedAt, startedBy, reason, description } = row;
  const state = outcome ?? phase;
  const cells = [
    html`<strong>${baselineVersion === null ? '' : `${baselineVersion} → `}${version}</strong>`,
    mark(toneOf(state), phaseWord(state)),
    verdict === null ? '–' : mark(VERDICT_TONES[verdict], verdict),
    cards === null ? '–' : `${cards.candidate} / ${cards.baseline}`,
    timeOf(startedAt),
    startedBy,
    html`${description === null ? '' : `${description}: `}${proseOf(reason)}`,
    html`<a href="${pathOf(action, undefined, '/report')}?rollout=${encodeURIComponent(row.rolloutId)}"
      >report<span class="unseen"> of ${version}</span></a
    >`,
  ];
  return html`<tr role="row">
    ${cells.map((cell, at) => html`<td role="cell" data-label="${COLUMNS[at]}">${cell}</td>`)}
  </tr>`;
}
