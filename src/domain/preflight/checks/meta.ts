import { show } from '../../plan/problem.ts';
import type { Check } from '../check.ts';
import { htmlProblem } from '../check.ts';
import type { HtmlElement } from '../html.ts';
import { attributeOf } from '../html.ts';

/**
 * `<meta>` that sets how the page around the card behaves. Refreshing and character sets have problems of their own.
 */
export const meta: Check = ({ elements }) =>
  elements
    .filter((element) => element.tag === 'meta')
    .flatMap((element) => {
      const [kind, effect] = effectOf(element) ?? [];
      return kind === undefined
        ? []
        : [
            htmlProblem(element.at, {
              code: 'csp-meta',
              message: `The card sets ${kind} with <meta>, which ${effect}.`,
              remedy: 'Remove it: such things are for the page that shows the card.',
            }),
          ];
    });

/** A header that is not known here may be one that some browser obeys. */
function effectOf(element: HtmlElement): readonly [kind: string, effect: string] | undefined {
  const [header = '', name = ''] = ['http-equiv', 'name'].map((attribute) =>
    attributeOf(element, attribute)?.value.trim().toLowerCase(),
  );
  const known = [header, name].find((kind) => EFFECTS.has(kind));
  if (known !== undefined) return [known, EFFECTS.get(known) ?? ''];
  return header === '' || IDLE.has(header)
    ? undefined
    : [show(header.slice(0, 40)), 'speaks for the server that sends the page'];
}

/** Refreshing has a problem of its own; the rest says nothing that a page is not told anyway. */
const IDLE: ReadonlySet<string> = new Set([
  'refresh',
  'content-type',
  'content-language',
  'content-style-type',
  'content-script-type',
  'x-ua-compatible',
  'cache-control',
  'pragma',
  'expires',
  'imagetoolbar',
  'cleartype',
]);

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
