/** What every page has around what it is about. */
import { html } from 'hono/html';
import type { Parts } from '../parts.ts';
import type { Viewer } from '../viewer.ts';
import type { Markup } from './markup.ts';

export interface Page {
  readonly title: string;
  /** Where what is new is told; null: nothing is. */
  readonly stream: string | null;
  /** Null: it is not known who looks. */
  readonly viewer: Viewer | null;
  readonly parts: Pick<Parts, 'signIn'>;
  readonly main: Markup;
}

export async function pageOf({ title, stream, viewer, parts, main }: Page): Promise<string> {
  const page = await html`<html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <title>${title} – Assist Rollouts</title>
      <link rel="icon" href="data:," />
      <link rel="stylesheet" href="/assets/pictures.css" />
      <link rel="stylesheet" href="/assets/page.css" />
      <script type="module" src="/assets/page.js"></script>
    </head>
    <body ${stream === null ? '' : html`data-stream="${stream}"`}>
      <a class="skip" href="#main">Skip to content</a>
      <header class="bar">
        <a class="brand" href="/">Assist Rollouts</a>
        <nav aria-label="Pages">
          <a href="/">Rollouts</a> <a href="/plan">Plan</a> <a href="/audit">Audit</a> <a href="/doctor">Doctor</a>
          <a href="/runbook">Runbook</a>
        </nav>
        <span id="live" role="status"></span>
        ${who(viewer, parts)}
      </header>
      <main id="main" tabindex="-1">${main}</main>
      <footer class="dim">Times are <span id="zone">UTC</span>.</footer>
    </body>
  </html>`;
  return `<!doctype html>\n${String(page)}\n`;
}

function who(viewer: Viewer | null, { signIn }: Pick<Parts, 'signIn'>): Markup | '' {
  if (viewer?.name == null) return signIn === null ? '' : html`<a class="who" href="/sign-in">Sign in</a>`;
  if (signIn === null) return html`<span class="who dim">${viewer.name}</span>`;
  return html`<form class="who" method="post" action="/sign-out">
    <span class="dim">${viewer.name}</span>
    <input type="hidden" name="token" value="${viewer.formToken}" />
    <button class="quiet">Sign out</button>
  </form>`;
}
