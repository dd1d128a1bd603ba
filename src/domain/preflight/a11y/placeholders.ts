import { htmlProblem } from '../check.ts';
import { show } from '../../plan/problem.ts';
import type { Problem } from '../../plan/problem.ts';
import { placeWithin } from '../compat/usage.ts';
import type { Place } from '../html.ts';
import type { CardCheck } from './card-check.ts';

/** Nothing that somebody still had to fill in: neither in texts nor in attributes. */
export const placeholders: CardCheck = (card) => [
  ...card.texts
    .filter(({ parent }) => !isCode(parent?.tag ?? ''))
    .flatMap(({ text, at }) => inText(text, (offset) => placeWithin(text, at, offset))),
  ...card.elements.flatMap((element) =>
    element.attributes
      .filter(({ name }) => !/^(on|style$|pattern$)/.test(name))
      .flatMap(({ value, at }) => inText(value, () => at)),
  ),
];

/** Each pattern takes time in proportion to the text. */
const PATTERNS: readonly (readonly [RegExp, 'error' | 'warning'])[] = [
  [/\{\{[^{}]{0,200}\}\}/g, 'error'],
  [/\$\{[^{}]{0,200}\}/g, 'error'],
  [/<%[^<>]{0,200}%>/g, 'error'],
  // The last % may begin the next one.
  [/%[A-Z][A-Z0-9_]{2,60}(?=(%))/g, 'error'],
  [/\blorem ipsum\b/gi, 'error'],
  [/\b(?:TODO|FIXME|TBD|XXX)\b/g, 'warning'],
];

/** Examples of code may hold what looks like a placeholder. */
function isCode(tag: string): boolean {
  return /^(script|style|code|pre|samp|kbd|template|noscript)$/.test(tag);
}

/** Most texts hold none, and are not asked for each. */
const MAY_HOLD_ONE = /[{%]|ipsum|TODO|FIXME|TBD|XXX/i;

function inText(text: string, placeOf: (offset: number) => Place): Problem[] {
  if (!MAY_HOLD_ONE.test(text)) return [];
  return PATTERNS.flatMap(([pattern, severity]) =>
    [...text.matchAll(pattern)]
      .filter((match) => !isPercentEncoded(match, text))
      .map((match) =>
        htmlProblem(
          placeOf(match.index),
          {
            code: 'a11y-placeholder',
            message:
              `${show(match[0] + (match[1] ?? ''))} is a placeholder that nothing fills in: agents would read it ` +
              'as it stands.',
            remedy: 'Write what shall stand there.',
          },
          severity,
        ),
      ),
  );
}

/**
 * `%AC3%E7` of a URL: letters that are written as bytes, with plain ones between
 * (https://www.rfc-editor.org/rfc/rfc3986#section-2.1).
 */
function isPercentEncoded({ 0: found, index }: RegExpExecArray, text: string): boolean {
  return (
    /^%[\dA-F]{2}/.test(found) && /^%[\dA-Fa-f]{2}/.test(text.slice(index + found.length, index + found.length + 3))
  );
}
