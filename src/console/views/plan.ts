/** The editor of plans: what is wrong is told while it is written, what to expect when that is asked. */
import { html } from 'hono/html';
import { MAX_REASON_LENGTH } from '../../domain/rollout/actor.ts';
import { formatDuration } from '../../domain/shared/duration.ts';
import type { Forecast } from '../../domain/forecast/forecast.ts';
import { guardrailLabel } from '../../domain/plan/guardrail-label.ts';
import type { Parts } from '../parts.ts';
import type { PlanForecast, PlanLook } from '../plans.ts';
import type { Fragments } from '../stream.ts';
import type { Viewer } from '../viewer.ts';
import { rawOf, textOf } from './fragments.ts';
import { pageOf } from './layout.ts';
import { percentText } from './markup.ts';
import type { Markup } from './markup.ts';
import { mark } from './tones.ts';

export interface Edited {
  readonly text: string;
  readonly cardsPerHour: number | null;
  readonly reason: string;
  /** Names the form, so that one that is sent twice is taken once. */
  readonly once: string;
  /** Null: nothing was looked at yet. */
  readonly look: PlanLook | null;
  /** A text: why there is none. */
  readonly forecast: PlanForecast | string | null;
}

export async function planPage(edited: Edited, viewer: Viewer, parts: Pick<Parts, 'signIn'>): Promise<string> {
  const fragments = await planFragments(edited);
  return pageOf({
    title: 'Plan',
    stream: null,
    viewer,
    parts,
    main: html`<h1>A plan</h1>
      ${viewer.name === null ? html`<p>Whoever checks and starts plans here signs in first.</p>` : editor(edited, viewer, fragments)}`,
  });
}

function editor(edited: Edited, viewer: Viewer, fragments: Fragments): Markup {
  return html`<form method="post" action="/plan/check" id="plan-form" class="plan">
    <input type="hidden" name="token" value="${viewer.formToken}" />
    <input type="hidden" name="once" value="${edited.once}" />
    <label for="plan-yaml">Plan (YAML, with the card in it: <code>html: { inline: … }</code>)</label>
    <textarea id="plan-yaml" name="plan" rows="24" spellcheck="false" autocapitalize="off" aria-describedby="lint">
${edited.text}</textarea>
    ${rawOf(fragments, 'lint')}
    <div class="fields">
      <label
        >Cards an hour, if not as measured
        <input name="cardsPerHour" inputmode="numeric" pattern="[0-9]{1,9}" value="${edited.cardsPerHour ?? ''}" />
      </label>
      <button formnovalidate>Check</button>
      <button formnovalidate name="forecast" value="yes">Forecast</button>
    </div>
    ${rawOf(fragments, 'forecast')}
    <div class="fields">
      <label
        >Why it is started (stands in the audit log)
        <input name="reason" required maxlength="${MAX_REASON_LENGTH}" value="${edited.reason}"
      /></label>
      <button class="strong" formaction="/plan/start">Start the rollout</button>
    </div>
  </form>`;
}

export async function planFragments({ look, forecast }: Edited): Promise<Fragments> {
  return { lint: await textOf(lint(look)), forecast: await textOf(forecastPart(forecast)) };
}

function lint(look: PlanLook | null): Markup {
  if (look === null) return html`<div id="lint" role="status"></div>`;
  const { problems, plan, steps, openings } = look;
  return html`<div id="lint" role="status">
    <p>
      ${plan === null ? mark('bad', 'It cannot be started like this.') : mark('good', `${plan.action.name} ${plan.action.version}: fit to start.`)}
    </p>
    ${
      problems.length === 0
        ? ''
        : html`<ul class="findings">
            ${problems.map(problemItem)}
          </ul>`
    }
    ${
      steps.length === 0
        ? ''
        : html`<ol>
            ${steps.map((step) => html`<li>${step}</li>`)}
          </ol>`
    }
    ${openings.map((line) => html`<p>${line}</p>`)}
  </div>`;
}

function problemItem({ severity, line, column, message, remedy, code }: PlanLook['problems'][number]): Markup {
  return html`<li>
    ${mark(severity === 'error' ? 'bad' : 'warn', severity)}
    ${line === undefined ? '' : html`<strong>line ${line}, column ${column ?? 1}:</strong> `}${message} ${remedy}
    <code>${code}</code>
  </li>`;
}

function forecastPart(forecast: Edited['forecast']): Markup {
  if (forecast === null) return html`<div id="forecast" role="status"></div>`;
  if (typeof forecast === 'string') return html`<div id="forecast" role="status"><p>${forecast}</p></div>`;
  const { forecast: said, assumed, from } = forecast;
  return html`<div id="forecast" role="status">
    <h2>What to expect</h2>
    <p>${said.sentence}</p>
    <h3>A harmless version</h3>
    <dl class="facts">
      ${outcomes(said).map(
        ([name, value]) =>
          html`<div>
            <dt>${name}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
    </dl>
    <h3 id="each-guardrail">Each guardrail</h3>
    <table aria-labelledby="each-guardrail">
      <thead>
        <tr>
          <th scope="col">Guardrail</th>
          <th scope="col">Harm of twice its margin is caught</th>
          <th scope="col">A harmless version is proven safe</th>
        </tr>
      </thead>
      <tbody>
        ${said.guardrails.map(
          (row) =>
            html`<tr>
              <td>${guardrailLabel(row)}</td>
              <td>${shareText(row.caught)}${afterText(row.caughtAfterMs)}</td>
              <td>${shareText(row.provenSafe)}${afterText(row.safeAfterMs)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
    <p class="dim">
      Assumed: ${assumed.cardsPerHour} cards an hour, ${from}. ${said.promoted.of} simulated rollouts: enough to tell an
      hour from a day.
    </p>
  </div>`;
}

function shareText({ hits, of }: Forecast['promoted']): string {
  return percentText((hits / Math.max(1, of)) * 100, 0);
}

function afterText(ms: number | null): string {
  return ms === null ? '' : `, after ${formatDuration(ms)}`;
}

function outcomes(said: Forecast): readonly (readonly [string, string])[] {
  return [
    ['Promoted', shareText(said.promoted)],
    ['Rolled back wrongly', shareText(said.wronglyRolledBack)],
    ['Undecided', shareText(said.undecided)],
    ['Ends after', formatDuration(said.endsAfterMs)],
  ];
}
