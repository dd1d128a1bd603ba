/** The report of a rollout as one page that needs nothing else: no script, no network, no file beside it. */
import { secondText, withSeconds } from '../domain/text/instant.ts';
import { html, raw } from 'hono/html';
import { stringify } from 'yaml';
import type { About } from '../domain/plan/about.ts';
import { isCard } from '../domain/plan/plan.ts';
import { writePlan } from '../domain/plan/write-plan.ts';
import type { ContentPolicy } from '../domain/preflight/content-policy.ts';
import { armLabel } from '../domain/rollout/deployment.ts';
import { phaseWord } from '../domain/rollout/phase-word.ts';
import { endText, timeToSafetyText, timeToUndoText } from '../domain/rollout/outcome-text.ts';
import { isServedBy } from '../domain/rollout/status.ts';
import { cardFrame } from '../preview/card-frame.ts';
import { deliveryText, destinationText } from '../domain/story/sent-message.ts';
import { expectedFigure } from './expected.ts';
import { figures } from './figures.ts';
import { STYLE } from './style.ts';
import type { Story } from '../domain/story/story.ts';

export interface PageInput {
  readonly story: Story;
  /** Under which the card is shown. */
  readonly policy: ContentPolicy;
  /** ISO instant. */
  readonly writtenAt: string;
}

/** Under which a process of ours serves it. */
export const REPORT_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data: https:; font-src data: https:; form-action 'none'; " +
  "base-uri 'none'; frame-ancestors 'none'; sandbox allow-popups";

/** The page as text. */
export async function reportPage({ story, policy, writtenAt }: PageInput): Promise<string> {
  const { rollout } = story;
  const title = `${rollout.action} ${rollout.version}: ${phaseWord(rollout.outcome ?? rollout.phase)}`;
  const page = await html`<html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta
        http-equiv="Content-Security-Policy"
        content="default-src 'none'; style-src 'unsafe-inline'; img-src data: https:; font-src data: https:; form-action 'none'"
      />
      <title>${title}</title>
      <style>
        ${raw(STYLE)}
      </style>
    </head>
    <body>
      <main>
        ${heading(story)} ${figures(story)} ${expected(story, writtenAt)} ${timeline(story)}
        ${messages(story, writtenAt)} ${plan(story)} ${cards(story, policy)} ${evidence(story)}
        <p class="dim">Written ${secondText(writtenAt)}. All times are UTC.</p>
      </main>
    </body>
  </html>`;
  return `<!doctype html>\n${String(page)}\n`;
}

function heading({ rollout }: Story) {
  const { action, version, outcome, phase, reason, deployment, safety, startedBy, startedAt, endedAt } = rollout;
  const tone = outcome === null ? 'warn' : isServedBy(outcome) ? 'good' : 'bad';
  const proof =
    outcome === null || outcome === 'rejected'
      ? ''
      : `, ${endText({ ...rollout, baselineVersion: deployment?.baseline?.version ?? null })}`;
  return html`<header>
    <h1>${action} ${version}</h1>
    <p class="outcome ${tone}">${phaseWord(outcome ?? phase)}${proof}</p>
    ${about(rollout.plan ?? {})} ${reason === '' ? '' : html`<p>${withSeconds(reason)}</p>`}
    ${outcome === 'rolledBack' && safety !== null ? html`<p>${timeToSafetyText(safety)}</p>` : ''}
    ${outcome === 'undone' && safety !== null ? html`<p>${timeToUndoText(safety)}</p>` : ''}
    <p class="dim">
      Started ${secondText(startedAt)} by ${startedBy}
      (${rollout.verifiedBy ?? 'claimed, not verified'})${
        endedAt === null ? ', not ended yet' : `, ended ${secondText(endedAt)}`
      }${deployment === null ? '' : `, against ${armLabel(deployment.baseline)}`}.
    </p>
  </header>`;
}

/** Who reads it may follow them: they are the only addresses in it. */
function about({ description, links = [] }: About) {
  return html`${description === undefined ? '' : html`<p>${description}</p>`}
  ${links.length === 0 ? '' : html`<p>${links.map(({ name, url }) => html`<a href="${url}" rel="noreferrer">${name}</a> `)}</p>`}`;
}

function expected(story: Story, writtenAt: string) {
  if (story.steps.length === 0) return '';
  return html`<section>
    <h2>Forecast and what came</h2>
    ${expectedFigure(story, Date.parse(writtenAt))}
  </section>`;
}

function timeline({ entries }: Story) {
  if (entries.length === 0) return '';
  return html`<section>
    <h2>What happened</h2>
    <div class="scroll" role="region" aria-label="What happened" tabindex="0">
      <table class="log" role="table">
        <thead role="rowgroup">
          <tr role="row">
            <th role="columnheader">At (UTC)</th>
            <th role="columnheader">Who</th>
            <th role="columnheader">What</th>
            <th role="columnheader">Why</th>
          </tr>
        </thead>
        <tbody role="rowgroup">
          ${entries.map(
            ({ at, actor, act, reason }) =>
              html`<tr role="row">
                <td role="cell" class="nowrap">${secondText(at)}</td>
                <td role="cell">${actor}</td>
                <td role="cell">${act}</td>
                <td role="cell">${withSeconds(reason)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}

function messages({ messages: sent }: Story, writtenAt: string) {
  if (sent === null || sent.length === 0) return '';
  return html`<section>
    <h2>Who was told</h2>
    <div class="scroll" role="region" aria-label="Who was told" tabindex="0">
      <table>
        <thead>
          <tr>
            <th>At (UTC)</th>
            <th>Destination</th>
            <th>Message</th>
            <th>What became of it</th>
          </tr>
        </thead>
        <tbody>
          ${sent.map(
            (message) =>
              html`<tr>
                <td class="nowrap">${secondText(message.queuedAt)}</td>
                <td>${destinationText(message)}</td>
                <td>${message.headline}</td>
                <td>${deliveryText(message, Date.parse(writtenAt))}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}

function plan({ rollout }: Story) {
  if (rollout.plan === null) return '';
  return html`<section>
    <h2>The plan</h2>
    <details>
      <summary>As it was run</summary>
      <pre>${stringify(writePlan(rollout.plan), { lineWidth: 0 })}</pre>
    </details>
  </section>`;
}

function cards({ rollout, baselineCard: baseline }: Story, policy: ContentPolicy) {
  const candidate = rollout.plan?.action;
  const shown = [
    ...(baseline === null ? [] : [{ as: 'baseline', card: baseline }]),
    ...(candidate !== undefined && isCard(candidate) ? [{ as: 'candidate', card: candidate }] : []),
  ];
  if (shown.length === 0) return '';
  return html`<section>
    <h2>What agents see</h2>
    <div class="pictures">
      ${shown.map(
        ({ as, card }) =>
          html`<figure>
            ${raw(cardFrame(card.html, policy, `${card.name} ${card.version}`))}
            <figcaption>${as} ${card.version}, ${card.ui.size}, ${card.ui.position}</figcaption>
          </figure>`,
      )}
    </div>
    <p class="dim">Nothing of a card runs here.</p>
  </section>`;
}

function evidence({ rollout, judged }: Story) {
  return html`<section>
    <h2>Proof</h2>
    <p>Rollout <code>${rollout.rolloutId}</code></p>
    ${
      rollout.contentSha256 === null
        ? ''
        : html`<p>Content of the version, SHA-256 <code>${rollout.contentSha256}</code></p>`
    }
    ${
      judged === null
        ? ''
        : html`<p>Decision record of ${judged.looks} looks, SHA-256 <code>${judged.sha256}</code></p>
            <p class="dim">
              <code>assist-rollouts explain ${rollout.action} --rollout ${rollout.rolloutId}</code> takes the verdict
              again from it; <code>assist-rollouts audit verify</code> shows that nothing of the log was changed.
            </p>`
    }
  </section>`;
}
