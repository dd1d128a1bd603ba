/** The newest entries of the audit log, as they are asked for. */
import { html } from 'hono/html';
import type { Parts } from '../parts.ts';
import type { Viewer } from '../viewer.ts';
import { pageOf } from './layout.ts';
import { headOf, pathOf, shownText, timeOf } from './markup.ts';

export interface AuditRow {
  readonly leaf: number;
  readonly at: string;
  readonly actor: string;
  readonly act: string;
  readonly reason: string;
  readonly action: string | null;
  readonly version: string | null;
}

const COLUMNS = ['Entry', 'At', 'Rollout', 'Who', 'What', 'Why'] as const;

/** `size`: of the whole log. */
export async function auditPage(
  rows: readonly AuditRow[],
  asked: { readonly of: string; readonly actor: string },
  size: number,
  viewer: Viewer,
  parts: Pick<Parts, 'signIn'>,
): Promise<string> {
  return pageOf({
    title: 'Audit log',
    stream: null,
    viewer,
    parts,
    main: html`<h1>Audit log</h1>
      <form class="filter" method="get" action="/audit" role="search" aria-label="Audit log">
        <label>Action, or id of a rollout <input type="search" name="of" value="${asked.of}" maxlength="200" /></label>
        <label>Who <input type="search" name="actor" value="${asked.actor}" maxlength="200" /></label>
        <button>Show</button>
      </form>
      <p class="dim">
        The newest ${rows.length} of ${size} entries that are asked for; <code>assist-rollouts audit list</code> shows
        all, <code>audit verify</code> that nothing was changed.
      </p>
      <table class="cells" role="table" aria-label="Audit log">
        ${headOf(COLUMNS)}
        ${rows.toReversed().map(
          ({ leaf, at, actor, act, reason, action, version }) =>
            html`<tbody role="rowgroup">
              <tr role="row">
                <td role="cell" data-label="Entry">${leaf}</td>
                <td role="cell" data-label="At">${timeOf(at)}</td>
                <td role="cell" data-label="Rollout">
                  ${action === null ? '–' : html`<a href="${pathOf(action, undefined, '/history')}">${action}</a> ${version}`}
                </td>
                <td role="cell" data-label="Who">${actor}</td>
                <td role="cell" data-label="What">${act}</td>
                <td role="cell" data-label="Why">${shownText(reason)}</td>
              </tr>
            </tbody>`,
        )}
      </table>`,
  });
}
