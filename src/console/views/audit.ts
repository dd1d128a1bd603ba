/** A page of the audit log: an entry is a line, and opens into all that it says. */
import { html } from 'hono/html';
import type { AuditAsked, AuditFound, AuditRow } from '../audit.ts';
import type { Parts } from '../parts.ts';
import type { Viewer } from '../viewer.ts';
import { pageOf } from './layout.ts';
import { pathOf, proseOf, timeOf } from './markup.ts';
import type { Markup } from './markup.ts';

export async function auditPage(
  found: AuditFound,
  asked: AuditAsked,
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
      <p class="dim">${countText(found, asked)}</p>
      <ol class="audit">
        ${found.rows.map(entry)}
      </ol>
      ${pager(found, asked)}
      <p class="dim">
        <code>assist-rollouts audit list</code> tells it in a terminal, <code>audit verify</code> shows that nothing was
        changed.
      </p>`,
  });
}

function countText({ rows, older, size }: AuditFound, { of, actor, before }: AuditAsked): string {
  const which = of === '' && actor === '' ? 'that you may see' : 'that are asked for and you may see';
  if (rows.length === 0)
    return `No ${before === null ? '' : 'older '}entries ${which} of ${size} in the log${older === null ? '' : ' so far back'}.`;
  const age = before === null ? 'The newest' : 'Older entries:';
  return `${age} ${rows.length} ${which}, of ${size} in the log.`;
}

function entry({ leaf, at, actor, act, reason, action, version }: AuditRow): Markup {
  return html`<li>
    <details id="entry-${leaf}">
      <summary>
        ${timeOf(at)} <strong>${actor}</strong> ${act} ${action === null ? '' : `${action} ${version ?? ''}`}
        <span class="dim">${proseOf(reason)}</span>
      </summary>
      <p>${reason === '' ? 'No reason was given.' : proseOf(reason)}</p>
      <p class="dim">
        Entry
        ${leaf}${
          action === null
            ? '.'
            : html`; <a href="${pathOf(action, undefined, '/history')}">rollouts of ${action}</a>,
                <a href="${address({ of: action, actor: '', before: null })}">its entries</a>.`
        }
      </p>
    </details>
  </li>`;
}

function pager({ older }: AuditFound, asked: AuditAsked): Markup | '' {
  if (older === null && asked.before === null) return '';
  return html`<nav aria-label="Pages of the audit log" class="pager">
    ${asked.before === null ? '' : html`<a href="${address({ ...asked, before: null })}">Newest</a>`}
    ${older === null ? '' : html`<a href="${address({ ...asked, before: older })}">Older</a>`}
  </nav>`;
}

function address({ of, actor, before }: AuditAsked): string {
  const query = new URLSearchParams({
    ...(of !== '' && { of }),
    ...(actor !== '' && { actor }),
    ...(before !== null && { before: String(before) }),
  });
  return query.size === 0 ? '/audit' : `/audit?${query.toString()}`;
}
