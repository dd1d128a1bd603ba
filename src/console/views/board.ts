/** Every rollout: first what needs a person, then all, as they are asked for. */
import { VERDICT_TONES } from '../../domain/rollout/tone.ts';
import { html } from 'hono/html';
import { guardrailLabel } from '../../domain/plan/guardrail-label.ts';
import type { Listing } from '../board.ts';
import type { BoardEntry } from '../board-reader.ts';
import type { Parts } from '../parts.ts';
import type { Fragments } from '../stream.ts';
import type { Viewer } from '../viewer.ts';
import { attentionItem, needsPerson, phaseOf, urgencyOf } from './attention.ts';
import type { BoardQuery } from './board-query.ts';
import { chosen, pageAddress, queryText, STATES, stateWord } from './board-query.ts';
import { reportShown } from './heading.ts';
import { pageOf } from './layout.ts';
import { headOf } from '../../story/table.ts';
import { ofWhom, pathOf, percentText, shownText, timeOf, untilOf } from './markup.ts';
import type { Markup } from './markup.ts';
import { nearnessBar, nearnessOf } from './nearness.ts';
import { rawOf, textOf } from './fragments.ts';
import { mark, phaseMark } from './tones.ts';

/** So many rows are sent anew when one of them has changed. */
const CHUNK = 20;
const MAX_ALARMS = 25;

export async function boardPage(
  listing: Listing,
  query: BoardQuery,
  viewer: Viewer,
  parts: Pick<Parts, 'signIn'>,
): Promise<string> {
  const fragments = await boardFragments(listing, query, viewer);
  const part = (id: string): Markup | string => rawOf(fragments, id);
  const chunks = Object.keys(fragments).filter((id) => id.startsWith('rows-'));
  return pageOf({
    title: 'Rollouts',
    stream: `/stream${queryText(query)}`,
    viewer,
    parts,
    main: html`<h1>Rollouts</h1>
      ${part('trouble')} ${part('attention')}
      <section aria-labelledby="all">
        <h2 id="all">All rollouts</h2>
        ${filterForm(query)} ${part('counts')}
        <table class="board" role="table" aria-labelledby="all">
          ${headOf(COLUMNS)} ${chunks.map(part)}
        </table>
      </section>`,
  });
}

const COLUMNS = ['Rollout', 'State', 'Step', 'Split', 'Guardrails', 'Began'] as const;

export async function boardFragments(listing: Listing, query: BoardQuery, viewer: Viewer): Promise<Fragments> {
  const seen = listing.entries.filter(
    ({ summary: { action } }) => action !== null && viewer.refusalOf('view', action) === null,
  );
  const { rows, count, pages } = chosen(seen, query);
  const chunks = Array.from({ length: Math.max(1, Math.ceil(rows.length / CHUNK)) }, (_, at) =>
    rows.slice(at * CHUNK, (at + 1) * CHUNK),
  );
  const alarms = seen.filter(needsPerson).toSorted((a, b) => urgencyOf(a) - urgencyOf(b));
  return {
    trouble: await textOf(
      html`<p id="trouble" class="trouble" role="status">${listing.trouble ?? silenceText(seen)}</p>`,
    ),
    attention: await textOf(attention(alarms)),
    counts: await textOf(
      html`<div id="counts">
        <p class="dim">${count} of ${seen.length}${pages > 1 ? `, page ${query.page} of ${pages}` : ''}</p>
        ${pages > 1 ? pager(query, pages) : ''}
      </div>`,
    ),
    ...Object.fromEntries(
      await Promise.all(chunks.map(async (some, at) => [`rows-${at}`, await textOf(chunk(some, at))] as const)),
    ),
  };
}

function silenceText(seen: readonly BoardEntry[]): Markup | '' {
  const since = seen.flatMap(({ silence }) => (silence === null ? [] : [silence.since])).toSorted();
  const [first] = since;
  if (first === undefined) return '';
  const running = seen.filter(({ summary: { endedAt } }) => endedAt === null).length;
  return html`${since.length} of ${running} rollouts that run ${since.length === 1 ? 'does' : 'do'} not answer, since
  ${timeOf(first)}: what is shown of ${since.length === 1 ? 'it' : 'them'} is as it was last seen.`;
}

function attention(alarms: readonly BoardEntry[]): Markup {
  if (alarms.length === 0)
    return html`<section id="attention" aria-labelledby="needs">
      <h2 id="needs">Needs attention</h2>
      <p>${mark('good', 'Nothing needs a person.')}</p>
    </section>`;
  return html`<section id="attention" aria-labelledby="needs">
    <h2 id="needs">Needs attention: ${alarms.length}</h2>
    <ul class="alarms">
      ${alarms.slice(0, MAX_ALARMS).map(attentionItem)}
    </ul>
    ${
      alarms.length > MAX_ALARMS
        ? html`<p><a href="/?state=attention">All ${alarms.length} that need attention</a></p>`
        : ''
    }
  </section>`;
}

function filterForm({ text, state }: BoardQuery): Markup {
  return html`<form class="filter" method="get" action="/" role="search" aria-label="Rollouts">
    <label>Action or version <input type="search" name="q" value="${text}" maxlength="200" /></label>
    <label
      >State
      <select name="state">
        ${STATES.map(
          (one) => html`<option value="${one}" ${one === state ? 'selected' : ''}>${stateWord(one)}</option>`,
        )}
      </select>
    </label>
    <button>Show</button>
  </form>`;
}

function pager(query: BoardQuery, pages: number): Markup {
  return html`<nav aria-label="Pages of rollouts" class="pager">
    ${query.page > 1 ? html`<a href="${pageAddress(query, query.page - 1)}">Newer</a>` : ''}
    ${query.page < pages ? html`<a href="${pageAddress(query, query.page + 1)}">Older</a>` : ''}
  </nav>`;
}

function chunk(rows: readonly BoardEntry[], at: number): Markup {
  return html`<tbody id="rows-${at}" role="rowgroup">
    ${
      rows.length === 0 && at === 0
        ? html`<tr role="row">
            <td role="cell" colspan="${COLUMNS.length}">No rollout is as asked for.</td>
          </tr>`
        : rows.map(row)
    }
  </tbody>`;
}

function row(entry: BoardEntry): Markup {
  const { summary, view } = entry;
  const action = summary.action ?? '';
  const cells: readonly Markup[] = [
    html`<a href="${pathOf(action, summary.runId)}">${action}</a> <span class="version">${summary.version}</span>`,
    html`${phaseMark(phaseOf(entry), view?.status.paused ?? false)} ${ageText(entry)}
    ${summary.override === null ? '' : html`<span class="dim">override</span>`}`,
    stepCell(view),
    splitCell(entry),
    guardrailCell(view),
    html`${timeOf(summary.startedAt)}`,
  ];
  return html`<tr role="row" id="row-${summary.runId}">
    ${cells.map((cell, at) => html`<td role="cell" data-label="${COLUMNS[at]}">${cell}</td>`)}
  </tr>`;
}

function ageText({ silence, seenAt }: BoardEntry): Markup | '' {
  if (silence !== null) return html`<span class="warn">no answer since ${timeOf(silence.since)}</span>`;
  return seenAt === null ? '' : html`<span class="dim">as of ${timeOf(seenAt)}</span>`;
}

function stepCell(view: BoardEntry['view']): Markup {
  if (view === null) return html`<span class="dim">–</span>`;
  const { steps, deadline, outcome } = view.status;
  const running = steps.find(({ state }) => state === 'running');
  const done = steps.filter(({ state }) => state === 'done').length;
  if (steps.length === 0 || outcome !== null) return html`<span class="dim">–</span>`;
  return html`<progress
      max="${steps.length}"
      value="${done}"
      aria-label="${done} of ${steps.length} steps are done"
    ></progress>
    ${running === undefined ? `${done} of ${steps.length}` : `${running.index + 1} of ${steps.length}: ${shownText(running.label)}`}
    ${deadline ? html`<span class="dim">until ${untilOf(deadline.at)}</span>` : ''}`;
}

function splitCell({ summary, view }: BoardEntry): Markup {
  const observed = view?.status.outcome === null ? view.progress?.observedSplitPercent : undefined;
  const asked = view?.status.splitPercent ?? summary.splitPercent;
  return html`${percentText(asked ?? null, 2)}${view === null ? '' : ofWhom(view.status)}
  ${observed == null ? '' : html`<span class="dim">observed ${percentText(observed)}</span>`}`;
}

function guardrailCell(view: BoardEntry['view']): Markup {
  const report = view === null ? null : reportShown(view);
  if (view === null || report === null) return html`<span class="dim">–</span>`;
  return html`<ul class="guardrails">
    ${report.guardrails.map((one, at) => {
      const near = nearnessOf(one, view.status.needed?.[at]);
      return html`<li>
        ${mark(VERDICT_TONES[one.verdict], one.verdict)} ${guardrailLabel(one)}
        ${near === null ? '' : nearnessBar(near)}
      </li>`;
    })}
  </ul>`;
}
