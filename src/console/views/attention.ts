/** What needs a person: what happened, what agents see meanwhile, and what to do. */
import { html } from 'hono/html';
import { shareText } from '../../domain/split/audience.ts';
import { isCaredFor } from '../../domain/guardian/recovery.ts';
import { stateNamed } from '../../domain/guardian/seen.ts';
import { isLost } from '../board-reader.ts';
import type { BoardEntry } from '../board-reader.ts';
import type { Silence } from '../words.ts';
import { pathOf, proseOf, timeOf, untilOf } from './markup.ts';
import type { Markup } from './markup.ts';
import { phaseMark } from './tones.ts';
import { runbookSections } from '../../domain/rollout/runbook.ts';
import { isLostPhase, LOST_PHASES } from '../../domain/rollout/status.ts';
import { whatToDo } from '../../domain/rollout/what-to-do.ts';

type View = NonNullable<BoardEntry['view']>;

const WAITS_FOR_A_PERSON: readonly string[] = ['needsAttention', 'held', 'awaitingApproval', 'paused', ...LOST_PHASES];

/** What a run published last that is over without a word of its own is not what is so. */
export function phaseOf({ summary, view }: BoardEntry): string {
  return (
    view?.status.phase ?? (isLost(summary) ? stateNamed(summary.state) : (summary.phase ?? summary.state.toLowerCase()))
  );
}

export function needsPerson(entry: BoardEntry): boolean {
  const { summary, view, isLeftAlone, silence } = entry;
  if (summary.outcome !== null) return false;
  if (isLost(summary)) return isLeftAlone && !isCaredFor(view?.lost?.recovery ?? null);
  if (silence !== null) return true;
  return view === null ? WAITS_FOR_A_PERSON.includes(phaseOf(entry)) : asksPerson(view);
}

export function asksPerson({ status, progress, troubles }: View): boolean {
  return (
    WAITS_FOR_A_PERSON.includes(status.phase) ||
    status.paused ||
    (status.blindSince ?? null) !== null ||
    status.phase === 'rollingBack' ||
    troubles.length > 0 ||
    progress?.unserved !== undefined ||
    progress?.unseen !== undefined
  );
}

/** Where cards that nobody wanted may still be seen stands first. */
export function urgencyOf(entry: BoardEntry): number {
  const phase = phaseOf(entry);
  if (isLostPhase(phase) || phase === 'needsAttention') return 0;
  if (phase === 'rollingBack' || (entry.view?.status.blindSince ?? null) !== null || entry.silence !== null) return 1;
  return phase === 'held' || (entry.view?.troubles.length ?? 0) > 0 ? 2 : 3;
}

export function attentionItem(entry: BoardEntry): Markup {
  const { summary, view, silence } = entry;
  const action = summary.action ?? '';
  const phase = phaseOf(entry);
  return html`<li class="alarm ${urgencyOf(entry) < 2 ? 'bad' : 'warn'}" id="needs-${summary.runId}">
    <h3>
      <a href="${pathOf(action, summary.runId)}">${action} ${summary.version}</a>
      ${phaseMark(phase, view?.status.paused ?? false)}
    </h3>
    ${silence !== null ? silent(entry, silence) : view === null ? html`<p class="dim">It is being asked what it waits for.</p>` : told(view)}
  </li>`;
}

/** What it said before is of then. */
function silent({ view, seenAt }: BoardEntry, { since, why, remedy }: Silence): Markup {
  return html`<p><strong>It does not answer, since</strong> ${timeOf(since)}: ${proseOf(why)}</p>
    <p><strong>What to do:</strong> ${proseOf(remedy)}</p>
    ${
      view === null || seenAt === null
        ? ''
        : html`<p class="dim">What follows is as it was seen at ${timeOf(seenAt)}.</p>
            ${asksPerson(view) ? told(view) : html`<p><strong>Agents see:</strong> ${agentsSee(view.status)}</p>`}`
    }`;
}

/** On the board, and on the page of the one. */
export function told({ status, troubles, progress }: View): Markup {
  const { byHand, deadline, blindSince } = status;
  return html`${whyPart(status)}
    ${byHand === undefined ? html`<p><strong>Agents see:</strong> ${agentsSee(status)}</p>` : html`<p><strong>${byHand.agentsSee}</strong></p>`}
    ${blindSince ? html`<p><strong>No judge that can act has looked since</strong> ${timeOf(blindSince)}.</p>` : ''}
    ${[progress?.unserved, progress?.unseen].map((clause) => (clause === undefined ? '' : html`<p>${proseOf(clause)}</p>`))}
    ${troubles.map(({ activity, attempt, failure, nextTryAt, isPaused }) =>
      isPaused
        ? html`<p>
            <strong>${activity} is paused in Temporal</strong>, and not tried until it is unpaused there (attempt
            ${attempt}). ${proseOf(failure)}
          </p>`
        : html`<p>
            <strong>${activity} failed</strong> (attempt ${attempt},
            ${nextTryAt === null ? 'being tried now' : html`tried again at ${untilOf(nextTryAt)}`}): ${proseOf(failure)}
          </p>`,
    )}
    <p><strong>What to do:</strong> ${whatToDo(status)}</p>
    ${
      byHand === undefined
        ? ''
        : html`<p>By hand in the organisation${byHand.writes.length > 1 ? ', in this order' : ''}:</p>
            <ol class="writes">
              ${byHand.writes.map((line) => html`<li>${line}</li>`)}
            </ol>`
    }
    ${deadline ? html`<p>${deadline.what}: until ${untilOf(deadline.at)}, then ${deadline.action}.</p>` : ''}
    <p>
      <strong>Runbook:</strong>
      ${runbookSections(status).map(({ title, anchor }, at) => html`${at === 0 ? '' : '; '}<a href="/runbook#${anchor}">${title}</a>`)}
    </p>
    ${links(status)}`;
}

/** Of an approval, what the approver is asked; why the rollout was started says nothing of that. */
function whyPart({ phase, paused, waitingFor, reason }: View['status']): Markup | '' {
  if (phase === 'awaitingApproval' && !paused) return html`<p><strong>Asked for:</strong> ${proseOf(waitingFor)}</p>`;
  return reason === '' ? '' : html`<p><strong>Why:</strong> ${proseOf(reason)}</p>`;
}

function agentsSee({ version, splitPercent, splitOf, outcome }: View['status']): string {
  if (outcome !== null || splitPercent === 0) return `nothing of ${version} by this rollout.`;
  return `${version} in ${shareText(splitPercent, splitOf)}.`;
}

/** Of the plan; there is no other address on a page. */
export function links({ links: given = [] }: Pick<View['status'], 'links'>): Markup | '' {
  if (given.length === 0) return '';
  return html`<p class="links">
    ${given.map(({ name, url }) => html`<a href="${url}" rel="noreferrer">${name}</a> `)}
  </p>`;
}
