import type { Problem } from '../../plan/problem.ts';
import { problemAt } from '../../plan/problem.ts';
import type { Check } from '../check.ts';
import { HTML_PATH } from '../check.ts';

/** The html in bytes of UTF-8, as it goes over the wire. */
export const htmlSize: Check = ({ plan, settings }) => {
  const bytes = new TextEncoder().encode(plan.action.html).length;
  return bytes <= settings.maxHtmlBytes ? [] : [htmlTooLarge(`${bytes} bytes`, settings.maxHtmlBytes)];
};

/** Also of a file whose size alone says it. */
export function htmlTooLarge(seen: string, most: number): Problem {
  return problemAt(HTML_PATH, {
    code: 'plan-html-too-large',
    message: `The card has ${seen}; expected at most ${most}.`,
    remedy: 'Move images and scripts out of the html; link to them where the content policy allows.',
  });
}
