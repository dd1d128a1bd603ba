/** What was refused or is not there: what it is, and the way out. */
import { html } from 'hono/html';
import type { Parts } from '../parts.ts';
import type { Viewer } from '../viewer.ts';
import { pageOf } from './layout.ts';

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
    main: html`<h1>${message}</h1>
      <p>${remedy}</p>
      ${asksSignIn ? html`<p><a class="button" href="/sign-in?next=${encodeURIComponent(here)}">Sign in</a></p>` : ''}
      ${here === '/' || asksSignIn || code.endsWith('not-found') ? '' : html`<p><a href="${here}">Back to where you were</a></p>`}
      <p><a href="/">All rollouts</a></p>
      <p class="dim"><code>${code}</code></p>`,
  });
}
