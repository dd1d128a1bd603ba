import type { Token } from 'parse5';
import type { Problem } from '../../plan/problem.ts';
import { show } from '../../plan/problem.ts';
import type { Check } from '../check.ts';
import { htmlProblem } from '../check.ts';

/** Quotes of typography round the value of an attribute, which browsers take for a part of it: `href=“https://…”`. */
export const strayQuotes: Check = ({
  tokens,
  plan: {
    action: { html },
  },
}) =>
  (tokens?.startTags ?? []).flatMap((token) =>
    token.attrs.flatMap((attr) => {
      const source = STRAY.test(attr.value) ? attributeSource(token, attr, html) : '';
      return isStrayQuote(attr, source) ? [problemOf(token, attr)] : [];
    }),
  );

function problemOf(token: Token.TagToken, attr: Token.Attribute): Problem {
  const at = locationOf(token, attr) ?? token.location;
  return htmlProblem(
    { line: at?.startLine ?? 1, column: at?.startCol ?? 1 },
    {
      code: 'html-quotes',
      message:
        `${attr.name} of <${token.tagName}> is broken: the quote in front of ${show(attr.value.slice(1))} is none ` +
        'to a browser, but a part of the value, which then ends at the first blank.',
      remedy: `Write straight quotes: ${attr.name}="…".`,
    },
    'warning',
  );
}

/** Does the value begin with a quote that does not quote it? `source` is the attribute as it is written. */
export function isStrayQuote({ name, value }: Token.Attribute, source: string): boolean {
  if (!STRAY.test(value)) return false;
  const isQuoted = /^[^=]*=\s*["']/.test(source);
  return isQuoted ? HOLDS_URL.has(name) && !/^["']/.test(value) : source.includes('=');
}

/** An attribute as it is written. */
export function attributeSource(token: Token.TagToken, attr: Token.Attribute, html: string): string {
  const at = locationOf(token, attr);
  return at === undefined ? '' : html.slice(at.startOffset, at.endOffset);
}

/** Also those that a reference stands for (`&quot;`). */
const STRAY =
  /^["'`\u00b4\u00ab\u00bb\u2018-\u201f\u2032-\u2036\u2039\u203a\u275b-\u275e\u301d-\u301f\uff02\uff07\uff40]/;
/** None of these begins with a quote. */
const HOLDS_URL: ReadonlySet<string> = new Set([
  'href',
  'src',
  'srcset',
  'action',
  'formaction',
  'poster',
  'data',
  'cite',
  'background',
  'ping',
  'manifest',
]);

function locationOf({ location }: Token.TagToken, { prefix, name }: Token.Attribute): Token.Location | undefined {
  const places = location !== null && 'attrs' in location ? location.attrs : undefined;
  // Places go by the name as it was read, which in SVG is not the name of the attribute (`viewbox`).
  return places?.[(prefix ? `${prefix}:${name}` : name).toLowerCase()];
}
