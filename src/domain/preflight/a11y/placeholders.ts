import { htmlProblem } from '../check.ts';
import { show } from '../../plan/problem.ts';
import type { Problem } from '../../plan/plan.ts';
import { placeWithin } from '../compat/usage.ts';
import type { Place } from '../html.ts';
import type { CardCheck } from './card-check.ts';

/** Nothing that somebody still had to fill in: neither in texts nor in attributes. */
export const placeholders: CardCheck = (card) => [
  ...card.texts.filter(({ parent }) => !isCode(parent?.tag ?? '')).flatMap(({ text, at }) => inText(text, (offset) => placeWithin(text, at, offset))),
  ...card.elements.flatMap((element) => element.attributes.filter(({ name }) => !/^(on|style$|pattern$)/.test(name)).flatMap(({ value, at }) => inText(value, () => at))),
];

/** Each pattern takes time in proportion to the text. */
const PATTERNS: readonly (readonly [RegExp, 'error' | 'warning'])[] = [
  [/\{\{[^{}]{0,200}\}\}/g, 'error'],
  [/\$\{[^{}]{0,200}\}/g, 'error'],
  [/<%[^<>]{0,200}%>/g, 'error'],
  [/%[A-Z][A-Z0-9_]{2,60}%/g, 'error'],
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
  return PATTERNS.flatMap(([pattern, severity]) => [...text.matchAll(pattern)].map((match) => htmlProblem(placeOf(match.index), {
    code: 'a11y-placeholder',
    message: `${show(match[0])} is a placeholder that nothing fills in: agents would read it as it stands.`,
    remedy: 'Write what shall stand there.',
  }, severity)));
}

