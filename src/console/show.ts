/** Fills the models of the pages, and has them written. */
import { html, raw } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';
import { figures } from '../story/figures.ts';
import type { ActForm, PageAct } from './acts.ts';
import type { Parts } from './parts.ts';
import type { Listing } from './board.ts';
import type { PlanForecast, PlanLook } from './plans.ts';
import type { Fragments } from './stream.ts';
import type { Viewer } from './viewer.ts';
import type { Seen } from './watch.ts';

type Markup = HtmlEscapedString | Promise<HtmlEscapedString>;

export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

async function page(title: string, stream: string | null, viewer: Viewer | null, main: Markup): Promise<string> {
  const body = await html`<html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <title>${title}</title>
      <link rel="stylesheet" href="/assets/page.css" />
      <script type="module" src="/assets/page.js"></script>
    </head>
    <body ${stream === null ? '' : raw(`data-stream="${stream}"`)}>
      <header>
        <a href="/">Rollouts</a> <a href="/plan">Plan</a> ${viewer?.name ?? html`<a href="/sign-in">Sign in</a>`}
      </header>
      <main>${main}</main>
    </body>
  </html>`;
  return `<!doctype html>\n${String(body)}\n`;
}

export async function problemPage(
  problem: Problem,
  viewer: Viewer | null,
  parts: Parts,
  here: string,
): Promise<string> {
  const signIn =
    parts.signIn === null ? '' : html`<p><a href="/sign-in?next=${encodeURIComponent(here)}">Sign in</a></p>`;
  return page(
    problem.message,
    null,
    viewer,
    html`<h1>${problem.message}</h1>
      <p>${problem.remedy}</p>
      ${signIn}`,
  );
}

async function boardTable(listing: Listing, viewer: Viewer): Promise<string> {
  const shown = listing.entries.filter(
    ({ summary: { action } }) => action !== null && viewer.refusalOf('view', action) === null,
  );
  return String(
    await html`<table id="board">
      ${shown.map(
        ({ summary, view }) =>
          html`<tr>
            <td>
              <a href="/rollouts/${encodeURIComponent(summary.action ?? '')}?run=${summary.runId}">${summary.action}</a>
            </td>
            <td>${summary.version}</td>
            <td>${view?.status.phase ?? summary.phase}</td>
            <td>${view?.status.waitingFor ?? ''}</td>
            <td>${summary.splitPercent}</td>
          </tr>`,
      )}
    </table>`,
  );
}

export async function boardPage(listing: Listing, viewer: Viewer, _parts: Parts): Promise<string> {
  return page(
    'Rollouts',
    '/stream',
    viewer,
    html`<h1>Rollouts</h1>
      ${raw(await boardTable(listing, viewer))}`,
  );
}

export async function boardFragments(listing: Listing, viewer: Viewer, _parts: Parts): Promise<Fragments> {
  return { board: await boardTable(listing, viewer) };
}

export interface Shown {
  readonly viewer: Viewer;
  readonly run: string | undefined;
  readonly done: string | null;
}

export async function rolloutPage(seen: Seen, shown: Shown, parts: Parts): Promise<string> {
  const { status } = seen.view;
  const fragments = await rolloutFragments(seen, shown, parts);
  const at = `/rollouts/${encodeURIComponent(status.action)}`;
  const query = shown.run === undefined ? '' : `?run=${encodeURIComponent(shown.run)}`;
  return page(
    status.action,
    `${at}/stream${query}`,
    shown.viewer,
    html`<h1>${status.action} ${status.version}</h1>
      <p>${shown.done ?? ''}</p>
      ${Object.values(fragments).map((text) => raw(text))}`,
  );
}

export async function rolloutFragments({ view, told }: Seen, { viewer }: Shown, _parts: Parts): Promise<Fragments> {
  const { status } = view;
  const text = async (markup: Markup): Promise<string> => String(await markup);
  const at = `/rollouts/${encodeURIComponent(status.action)}/acts`;
  return {
    status: await text(
      html`<section id="status">
        <p>${status.phase}: ${status.waitingFor}</p>
        <p>${status.reason}</p>
      </section>`,
    ),
    acts: await text(
      html`<section id="acts">
        ${
          viewer.name === null
            ? ''
            : status.canDo.map(
                (act) =>
                  html`<form method="post" action="${at}/${act}">
                    <input type="hidden" name="token" value="${viewer.formToken}" />
                    <input type="hidden" name="run" value="${view.runId}" />
                    <input name="reason" aria-label="reason" /><button>${act}</button>
                  </form>`,
              )
        }
      </section>`,
    ),
    story: await text(
      html`<section id="story">${told.missing ?? ''} ${told.story === null ? '' : figures(told.story)}</section>`,
    ),
  };
}

export interface Confirmed {
  readonly act: PageAct;
  readonly action: string;
  readonly form: ActForm;
  readonly says: readonly string[];
}

export async function confirmPage(
  { act, action, form, says }: Confirmed,
  viewer: Viewer,
  _parts: Parts,
): Promise<string> {
  const fields = Object.entries({ ...form, confirmed: 'yes' });
  return page(
    `${act} ${action}?`,
    null,
    viewer,
    html`<h1>${act} ${action}?</h1>
      ${says.map((line) => html`<p>${line}</p>`)}
      <form method="post" action="/rollouts/${encodeURIComponent(action)}/acts/${act}">
        ${fields.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`)}
        <button>${act}</button>
      </form>`,
  );
}

export async function signInPage(places: readonly string[], next: string, _parts: Parts): Promise<string> {
  return page(
    'Sign in',
    null,
    null,
    html`<h1>Sign in</h1>
      ${places.map(
        (issuer) =>
          html`<p>
            <a href="/sign-in/oidc?issuer=${encodeURIComponent(issuer)}&next=${encodeURIComponent(next)}">${issuer}</a>
          </p>`,
      )}
      <form method="post" action="/sign-in/key">
        <input type="hidden" name="next" value="${next}" />
        <label>What <code>assist-rollouts console sign-in</code> printed <textarea name="proof"></textarea></label>
        <button>Sign in with your key</button>
      </form>`,
  );
}

export interface Edited {
  readonly text: string;
  readonly cardsPerHour: number | null;
  readonly reason: string;
  readonly look: PlanLook | null;
  readonly forecast: PlanForecast | string | null;
}

export async function planPage(edited: Edited, viewer: Viewer, parts: Parts): Promise<string> {
  const fragments = await planFragments(edited, viewer, parts);
  return page(
    'Plan',
    null,
    viewer,
    html`<h1>Plan</h1>
      <form method="post" action="/plan/check">
        <input type="hidden" name="token" value="${viewer.formToken}" />
        <textarea name="plan">${edited.text}</textarea><input name="reason" value="${edited.reason}" />
        <button>Check</button><button name="forecast" value="yes">Forecast</button
        ><button formaction="/plan/start">Start</button>
      </form>
      ${Object.values(fragments).map((text) => raw(text))}`,
  );
}

export async function planFragments({ look, forecast }: Edited, _viewer: Viewer, _parts: Parts): Promise<Fragments> {
  return {
    lint: String(
      await html`<ul id="lint">
        ${(look?.problems ?? []).map(({ line, column, message, remedy }) => html`<li>${line}:${column} ${message} ${remedy}</li>`)}
      </ul>`,
    ),
    forecast: String(
      await html`<p id="forecast">${typeof forecast === 'string' ? forecast : (forecast?.forecast.sentence ?? '')}</p>`,
    ),
  };
}
