/** What was refused or is not there: what it is, and the way out. */
import { html } from 'hono/html';
import type { Parts } from '../parts.ts';
import type { Viewer } from '../viewer.ts';
import { pageOf } from './layout.ts';
import type { Markup } from './markup.ts';

interface Problem {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

export async function problemPage(
  { code, message, remedy }: Problem,
  viewer: Viewer | null,
  parts: Pick<Parts, 'signIn'>,
  here: string,
): Promise<string> {
  const asksSignIn = parts.signIn !== null && viewer?.name == null;
  return pageOf({
    title: message,
    stream: null,
    viewer,
    parts,
    main: html`<h1>${withCode(message)}</h1>
      <p>${withCode(remedy)}</p>
      ${asksSignIn ? html`<p><a class="button" href="/sign-in?next=${encodeURIComponent(here)}">Sign in</a></p>` : ''}
      ${here === '/' || asksSignIn || code.endsWith('not-found') ? '' : html`<p><a href="${here}">Back to where you were</a></p>`}
      <p><a href="/">All rollouts</a></p>
      <p class="dim"><code>${code}</code></p>`,
  });
}

/** What stands between backticks is to be typed. */
function withCode(text: string): Markup {
  return html`${text.split('`').map((part, at) => (at % 2 === 0 ? part : html`<code>${part}</code>`))}`;
}
