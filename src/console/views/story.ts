/** What is told beside the status: pictures over time, cards, acts, the plan. */
import { html } from 'hono/html';
import { stringify } from 'yaml';
import { isCard } from '../../domain/plan/plan.ts';
import type { CardVersion } from '../../domain/plan/plan.ts';
import { writePlan } from '../../domain/plan/write-plan.ts';
import type { JudgeReport } from '../../domain/judge/types.ts';
import { expectedFigure } from '../../story/expected.ts';
import { guardrailPictures, wholePictures } from '../../story/figures.ts';
import { guardrailLabel } from '../../domain/plan/guardrail-label.ts';
import type { StoryEntry } from '../../domain/story/entry.ts';
import type { Seen } from '../watch.ts';
import { pathOf, proseOf, timeOf } from './markup.ts';
import type { Markup } from './markup.ts';

export function picturesPart({ told }: Seen, report: JudgeReport | null): Markup {
  const { story } = told;
  const judged = story?.judged ?? null;
  if (story === null || judged === null || report === null)
    return html`<section id="pictures" aria-label="Over time">
      ${told.missing === null ? '' : html`<p class="dim">${told.missing}</p>`}
    </section>`;
  return html`<section id="pictures" aria-labelledby="pictures-title">
    <h2 id="pictures-title">Over time</h2>
    ${wholePictures(story)}
    ${judged.report.guardrails.map(
      (row, index) =>
        html`<section aria-label="${guardrailLabel(row)}">
          <h3>${guardrailLabel(row)}</h3>
          ${guardrailPictures(judged, row, index)}
        </section>`,
    )}
  </section>`;
}

/** Nobody is sent a table four times a second. */
const SAID_EVERY_MS = 5_000;

/** `nowMs`: till then the step at hand has lasted. */
export function expectedPart({ told: { story } }: Seen, nowMs: number): Markup {
  if (story === null || story.steps.length === 0) return html`<section id="expected" hidden></section>`;
  return html`<section id="expected" aria-labelledby="expected-title">
    <h2 id="expected-title">Forecast and what came</h2>
    ${expectedFigure(story, nowMs - (nowMs % SAID_EVERY_MS))}
  </section>`;
}

const MAX_ENTRIES = 200;

export function logPart({ told }: Seen): Markup {
  const entries = told.story?.entries ?? [];
  if (entries.length === 0) return html`<section id="log" hidden></section>`;
  const people = entries.filter(({ actor }) => actor !== 'engine');
  const messages = entries.filter(({ act }) => act === 'notified');
  return html`<section id="log" aria-labelledby="log-title">
    <h2 id="log-title">What happened</h2>
    ${list('By people', people, true)} ${list('Messages of the plan', messages, true)}
    ${list('The whole log, newest first', entries, false)}
  </section>`;
}

function list(name: string, entries: readonly StoryEntry[], isOpen: boolean): Markup | '' {
  if (entries.length === 0) return '';
  return html`<details id="log-${name.toLowerCase().replaceAll(/\W+/g, '-')}" ${isOpen ? 'open' : ''}>
    <summary>${name}: ${entries.length}</summary>
    <ol class="log">
      ${entries
        .slice(-MAX_ENTRIES)
        .toReversed()
        .map(
          ({ at, actor, act, reason }) =>
            html`<li>
              ${timeOf(at)} <strong>${actor}</strong> ${act}${reason === '' ? '' : html`: ${proseOf(reason)}`}
            </li>`,
        )}
    </ol>
  </details>`;
}

/** In frames of an address of their own, where nothing runs. */
export function cardsPart({ view: { status, runId }, told: { story } }: Seen): Markup {
  const candidate = story?.rollout.plan?.action;
  const shown = [
    ...(story?.baselineCard == null ? [] : [{ arm: 'baseline', card: story.baselineCard }]),
    ...(candidate !== undefined && isCard(candidate) ? [{ arm: 'candidate', card: candidate }] : []),
  ];
  if (shown.length === 0) return html`<section id="cards" hidden></section>`;
  return html`<section id="cards" aria-labelledby="cards-title">
    <h2 id="cards-title">What agents see</h2>
    <div class="pictures">
      ${shown.map(({ arm, card }) => frame(arm, card, pathOf(status.action, runId, `/cards/${arm}`)))}
    </div>
    <p class="dim">Nothing of a card runs here.</p>
  </section>`;
}

function frame(arm: string, { name, version, ui }: CardVersion, address: string): Markup {
  return html`<figure>
    <iframe
      class="card"
      sandbox=""
      referrerpolicy="no-referrer"
      src="${address}"
      title="${arm}: ${name} ${version}"
    ></iframe>
    <figcaption>${arm} ${version}, ${ui.size}, ${ui.position}</figcaption>
  </figure>`;
}

export function planPart({ view, told: { story } }: Seen): Markup {
  const { status, runId, url } = view;
  const plan = story?.rollout.plan ?? null;
  return html`<section id="plan" aria-labelledby="plan-title">
    <h2 id="plan-title">Plan and proof</h2>
    ${story === null ? '' : html`<p>Started by ${story.rollout.startedBy} (${story.rollout.verifiedBy ?? 'claimed, not verified'}).</p>`}
    ${
      plan === null
        ? ''
        : html`<details id="plan-text">
            <summary>The plan as it is run</summary>
            <pre tabindex="0">${stringify(writePlan(plan), { lineWidth: 0 })}</pre>
          </details>`
    }
    <ul>
      <li><a href="${pathOf(status.action, runId, '/report')}">Report</a> (one file, fit to hand on)</li>
      <li><a href="${pathOf(status.action, undefined, '/history')}">All rollouts of ${status.action}</a></li>
      ${url === null ? '' : html`<li><a href="${url}" rel="noreferrer">Its run in the Temporal Web UI</a></li>`}
      <li>Rollout <code>${status.rolloutId}</code></li>
      ${story?.judged == null ? '' : html`<li>Decision record of ${story.judged.looks} looks, SHA-256 <code>${story.judged.sha256}</code></li>`}
    </ul>
  </section>`;
}
