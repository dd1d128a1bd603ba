/** The steps of a rollout, as they are taken. */
import { html } from 'hono/html';
import type { Seen } from '../watch.ts';
import { shownText } from './markup.ts';
import type { Markup } from './markup.ts';

const SIGNS = { done: '✔', running: '▶', pending: '·', stopped: '✖', skipped: '–' } as const;

export function stepsPart({ view: { status } }: Seen): Markup {
  const { steps, outcome } = status;
  if (steps.length === 0) return html`<section id="steps" hidden></section>`;
  const done = steps.filter(({ state }) => state === 'done').length;
  return html`<section id="steps" aria-labelledby="steps-title">
    <h2 id="steps-title">Steps</h2>
    ${outcome === null ? html`<p><progress max="${steps.length}" value="${done}" aria-label="${done} of ${steps.length} steps are done"></progress> <span class="dim">${done} of ${steps.length} done</span></p>` : ''}
    <ol class="steps">
      ${steps.map(
        ({ label, state }) =>
          html`<li class="${state}" ${state === 'running' ? 'aria-current="step"' : ''}>
            <span aria-hidden="true">${SIGNS[state]}</span> ${shownText(label)}
            <span class="state">${state === 'stopped' ? 'stopped here' : state}</span>
          </li>`,
      )}
    </ol>
  </section>`;
}
