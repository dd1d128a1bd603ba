/** Where people say who they are. */
import { html } from 'hono/html';
import type { Parts } from '../parts.ts';
import { pageOf } from './layout.ts';

/** `places`: issuers at which people sign in. */
export async function signInPage(
  places: readonly string[],
  next: string,
  parts: Pick<Parts, 'signIn' | 'origins'>,
): Promise<string> {
  const command = `assist-rollouts console sign-in --url ${parts.origins.own}`;
  return pageOf({
    title: 'Sign in',
    stream: null,
    viewer: null,
    parts: { signIn: null },
    main: html`<h1>Sign in</h1>
      ${
        places.length === 0
          ? ''
          : html`<section aria-labelledby="places">
              <h2 id="places">At your identity provider</h2>
              ${places.map(
                (issuer) =>
                  html`<p>
                    <a
                      class="button"
                      href="/sign-in/oidc?issuer=${encodeURIComponent(issuer)}&next=${encodeURIComponent(next)}"
                      >Sign in at ${hostOf(issuer)}</a
                    >
                  </p>`,
              )}
            </section>`
      }
      <section aria-labelledby="with-key">
        <h2 id="with-key">With your key</h2>
        <p>On your own machine, where your key is:</p>
        <pre class="command">${command}</pre>
        <form method="post" action="/sign-in/key" id="sign-in-key">
          <input type="hidden" name="next" value="${next}" />
          <label
            >Open the link that it prints, or paste what stands behind its # here
            <textarea name="proof" rows="4" required spellcheck="false" autocomplete="off"></textarea>
          </label>
          <button>Sign in with your key</button>
        </form>
      </section>`,
  });
}

function hostOf(issuer: string): string {
  try {
    return new URL(issuer).host;
  } catch {
    return issuer;
  }
}
