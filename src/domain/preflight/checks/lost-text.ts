import type { Token } from 'parse5';
import { show } from '../../plan/problem.ts';
import type { Problem } from '../../plan/problem.ts';
import type { Unseen } from '../card-parser.ts';
import { OF_WORDS } from '../card-parser.ts';
import type { Check } from '../check.ts';
import { htmlProblem } from '../check.ts';
import { isHtmlAttribute } from '../compat/html-names.ts';
import { isHtmlElement } from '../known-elements.ts';
import { attributeSource, isStrayQuote } from './stray-quotes.ts';

/**
 * Text in angle brackets, and text behind a less-than, which browsers take for a tag or a comment:
 * `<teamlead@example.com>`,
 * `x<y & y>z`. Agents see nothing of it. Each text is told once, where it comes first.
 */
export const lostText: Check = ({
  tokens,
  plan: {
    action: { html },
  },
}) => {
  if (tokens === null) return [];
  const byText = new Map<string, { readonly at: Token.Location; times: number }>();
  for (const token of tokens.unseen) {
    if (token.location === null || !isText(token, html, tokens.closed)) continue;
    const text = html.slice(token.location.startOffset, token.location.endOffset);
    const known = byText.get(text);
    if (known === undefined) byText.set(text, { at: token.location, times: 1 });
    else known.times += 1;
  }
  return [...byText].map(([text, { at, times }]) => problemOf(text, at, times));
};

function problemOf(text: string, { startLine, startCol }: Token.Location, times: number): Problem {
  const often = times === 1 ? '' : ` It stands there ${times} times; this is the first.`;
  return htmlProblem(
    { line: startLine, column: startCol },
    {
      code: 'html-lost-text',
      message:
        `Agents will not see ${show(text.replaceAll(/\s+/g, ' '))}: browsers take it for a ` +
        `${/^<[!?/\d]/.test(text) && !/^<\/[a-z]/i.test(text) ? 'comment' : 'tag'}.${often}`,
      remedy: 'Write &lt; for < where it shall be read; remove it where not.',
    },
    'warning',
  );
}

function isText(token: Unseen, html: string, closed: ReadonlySet<string>): boolean {
  if ('data' in token) return isAccident(html.slice(token.location?.startOffset, token.location?.endOffset));
  const { tagName } = token;
  if (isHtmlElement(tagName))
    return hasWord(token, html) || (token.attrs.length === 0 && OF_WORDS.has(tagName) && !closed.has(tagName));
  // Custom elements, and those of other vocabularies that are written out: `<o:p></o:p>` of Word.
  return !(IN_A_VOCABULARY.test(tagName) && (token.selfClosing || closed.has(tagName)));
}

const IN_A_VOCABULARY = /^[a-z]\w*(?:-[^@/]*|:[a-z][\w-]*)$/;

/** Of what is a comment to a browser, that which nobody wrote as one. XML and Word write some of theirs otherwise. */
function isAccident(source: string): boolean {
  return !/^<(?:!--|\?xml|!\[(?:if\b|endif\b))/i.test(source);
}

/** A word of a sentence rather than an attribute: `<b and c>`. Each attribute is looked at once: there may be thousands. */
function hasWord(token: Token.TagToken, html: string): boolean {
  return (
    token.attrs.some((attr) => mayBeWord(attr) && !attributeSource(token, attr, html).includes('=')) &&
    !token.attrs.some((attr) => isStrayQuote(attr, attributeSource(token, attr, html)))
  );
}

function mayBeWord({ name, value, prefix }: Token.Attribute): boolean {
  return value === '' && !prefix && !isHtmlAttribute(name) && !/[-:@#[(*.]/.test(name);
}
