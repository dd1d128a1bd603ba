import { problemAt } from '../../plan/problem.ts';
import type { Check } from '../check.ts';
import { HTML_PATH } from '../check.ts';

/** The html in bytes of UTF-8, as it goes over the wire. */
export const htmlSize: Check = ({ plan, settings }) => {
  const bytes = new TextEncoder().encode(plan.action.html).length;
  if (bytes <= settings.maxHtmlBytes) return [];
  return [problemAt(HTML_PATH, {
    code: 'plan-html-too-large',
    message: `The card has ${bytes} bytes; expected at most ${settings.maxHtmlBytes}.`,
    remedy: 'Move images and scripts out of the html; link to them where the content policy allows.',
  })];
};
