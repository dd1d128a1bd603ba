import type { Check } from '../check.ts';
import { htmlProblem } from '../check.ts';
import type { HtmlElement } from '../html.ts';
import { attributeOf } from '../html.ts';

/** `<meta>` that sets how the page around the card behaves. Refreshing and character sets have problems of their own. */
export const meta: Check = ({ elements }) =>
  elements.filter((element) => element.tag === 'meta').flatMap((element) => {
    const kind = kindOf(element);
    return EFFECTS.has(kind) ? [htmlProblem(element.at, {
      code: 'csp-meta',
      message: `The card sets ${kind} with <meta>, which ${EFFECTS.get(kind)}.`,
      remedy: 'Remove it: such things are for the page that shows the card.',
    })] : [];
  });

function kindOf(element: HtmlElement): string {
  return ['http-equiv', 'name'].map((name) => attributeOf(element, name)?.value.trim().toLowerCase() ?? '').find((kind) => EFFECTS.has(kind)) ?? '';
}

const EFFECTS: ReadonlyMap<string, string> = new Map([
  ['content-security-policy', 'puts a policy of its own beside that of the organisation'],
  ['content-security-policy-report-only', 'puts a policy of its own beside that of the organisation'],
  ['x-content-security-policy', 'puts a policy of its own beside that of the organisation'],
  ['set-cookie', 'writes a cookie'],
  ['origin-trial', 'switches features of the browser on'],
  ['accept-ch', 'has the browser tell other hosts about the agent'],
  ['delegate-ch', 'has the browser tell other hosts about the agent'],
  ['referrer', 'decides what other hosts learn of the page around the card'],
  ['monetization', 'pays others'],
]);
