import type { Check } from '../check.ts';
import { htmlProblem } from '../check.ts';
import { permits } from '../content-policy.ts';
import { isInlineScript } from './script-kind.ts';

/** Scripts whose code stands in the html. */
export const inlineScript: Check = ({ elements, settings }) => {
  if (permits(settings.policy, 'script-src', 'unsafe-inline')) return [];
  return elements.filter(isInlineScript).map((element) => htmlProblem(element.at, {
    code: 'csp-inline-script',
    message: 'The card holds an inline script, which the content policy forbids.',
    remedy: 'Move the code into a file on a host that script-src allows, and load it with src.',
  }));
};
