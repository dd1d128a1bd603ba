/** What reaches agents at once is asked about with the figures as they are now. */
import { html } from 'hono/html';
import type { ActForm, PageAct } from '../acts.ts';
import type { Parts } from '../parts.ts';
import type { Viewer } from '../viewer.ts';
import { pageOf } from './layout.ts';
import { pathOf } from './markup.ts';

interface Asked {
  readonly act: PageAct;
  readonly action: string;
  readonly form: ActForm;
  /** What it would do. */
  readonly says: readonly string[];
}

export async function confirmPage(
  { act, action, form, says }: Asked,
  viewer: Viewer,
  parts: Pick<Parts, 'signIn'>,
): Promise<string> {
  const name = act.charAt(0).toUpperCase() + act.slice(1);
  return pageOf({
    title: `${name} ${action}?`,
    stream: null,
    viewer,
    parts,
    main: html`<h1>${name} ${action}?</h1>
      ${says.map((line) => html`<p class="says">${line}</p>`)}
      <p>Why: ${form.reason}</p>
      <form class="confirm" method="post" action="${pathOf(action, undefined, `/acts/${act}`)}">
        ${Object.entries({ ...form, confirmed: 'yes' }).map(
          ([field, value]) => html`<input type="hidden" name="${field}" value="${value}" />`,
        )}
        <button class="strong">Yes, ${act} ${action}</button>
        <a class="button" href="${pathOf(action, form.run)}">No, go back</a>
      </form>`,
  });
}
