/** What a person can do now, each as a form; nothing that is not possible is offered. */
import { html } from 'hono/html';
import { MAX_REASON_LENGTH } from '../../domain/rollout/actor.ts';
import { canName } from '../../domain/rollout/shown.ts';
import { guardrailLabel } from '../../domain/plan/guardrail-label.ts';
import type { Parts } from '../parts.ts';
import type { Viewer } from '../viewer.ts';
import type { Seen } from '../watch.ts';
import { reportShown } from './heading.ts';
import { pathOf } from './markup.ts';
import type { Markup } from './markup.ts';

const WORDS: Readonly<Record<string, readonly [name: string, what: string]>> = {
  pause: ['Pause', 'It stays where it stands; guardrails stay live.'],
  resume: ['Resume', 'It goes on, and what it was paused for is accepted as it is shown.'],
  approve: ['Approve', 'Gives the approval that is waited for; each person counts once.'],
  withdraw: ['Withdraw approval', 'Takes your approval back, until the step has gone on.'],
  advance: ['Advance', 'Leaves the bake at hand now; never past harm, never over an approval.'],
  promote: ['Promote', 'Skips what is left and shows it to everybody; you are asked once more.'],
  override: [
    'Override',
    'Lets one harm pass as it is shown now, or approvals, or a closed window; you are asked once more.',
  ],
  abort: ['Abort', 'Rolls back now; you are asked once more.'],
  recover: ['Recover', 'Brings the baseline back to all conversations; you are asked once more.'],
  undo: ['Go back', 'Goes back to the version that was proven before; you are asked once more.'],
};

const STRONG = ['abort', 'recover', 'undo'];

export interface Acting {
  readonly viewer: Viewer;
  /** Names the form, so that one that is sent twice is taken once. */
  readonly once: string;
}

export function actsPart({ view }: Seen, { viewer, once }: Acting, { signIn }: Pick<Parts, 'signIn'>): Markup {
  const { status } = view;
  const can = [...status.canDo, ...(status.outcome === 'promoted' ? ['undo'] : [])];
  const acts = can.filter((act) => viewer.refusalOf(act, status.action) === null);
  if (can.length === 0) return html`<section id="acts" hidden></section>`;
  return html`<section id="acts" aria-labelledby="acts-title">
    <h2 id="acts-title">What you can do</h2>
    ${
      viewer.name === null
        ? html`<p>
            ${signIn === null ? 'Here you can only look.' : html`<a href="/sign-in?next=${encodeURIComponent(pathOf(status.action, view.runId))}">Sign in</a> to act.`}
            Possible now: ${can.join(', ')}.
          </p>`
        : acts.length === 0
          ? html`<p>Possible now, but not by you: ${can.join(', ')}.</p>`
          : acts.map((act) => form(act, view, { viewer, once }))
    }
  </section>`;
}

function form(act: string, view: Seen['view'], { viewer, once }: Acting): Markup {
  const { status, runId } = view;
  const [name, what] = WORDS[act] ?? [act, ''];
  const { pause, step } = canName(act);
  const at = status.steps.findIndex(({ state }) => state === 'running');
  return html`<details class="act" id="act-${act}">
    <summary>${name}</summary>
    <form method="post" action="${pathOf(status.action, undefined, `/acts/${act}`)}">
      <p>${what}</p>
      <input type="hidden" name="token" value="${viewer.formToken}" />
      <input type="hidden" name="run" value="${runId}" />
      <input type="hidden" name="once" value="${once}" />
      ${pause && status.paused ? html`<input type="hidden" name="pause" value="${status.pauses ?? 0}" />` : ''}
      ${step && at >= 0 ? html`<input type="hidden" name="step" value="${at + 1}" />` : ''}
      ${act === 'override' ? overrideFields(view) : ''}
      <label
        >Why (stands in the audit log)
        <input name="reason" id="reason-${act}" required maxlength="${MAX_REASON_LENGTH}" autocomplete="off" />
      </label>
      <button class="${STRONG.includes(act) ? 'strong' : ''}">${name} ${status.action}</button>
    </form>
  </details>`;
}

function overrideFields(view: Seen['view']): Markup {
  return html`<label
      >Harm of
      <select name="guardrail" id="override-guardrail">
        <option value="">none</option>
        ${(reportShown(view)?.guardrails ?? []).map((row) => html`<option>${guardrailLabel(row)}</option>`)}
      </select>
    </label>
    <label><input type="checkbox" name="approvals" value="true" /> approvals that are still to come</label>
    <label><input type="checkbox" name="window" value="true" /> a closed change window</label>
    <label
      >Minutes that it holds
      <input name="minutes" id="override-minutes" inputmode="numeric" pattern="[0-9]{1,5}" value="60"
    /></label>`;
}
