import type { Check } from '../check.ts';
import { htmlProblem } from '../check.ts';
import { permits, resolveUrl } from '../content-policy.ts';
import { URL_ATTRIBUTES } from './url-attributes.ts';

/** Links that run code. The URL parser sees through the blanks, tabs and case that hide them. */
export const javascriptUrl: Check = ({ elements, settings }) => {
  if (permits(settings.policy, 'script-src', 'unsafe-inline')) return [];
  return elements.flatMap((element) =>
    element.attributes
      .filter((attribute) => URL_ATTRIBUTES.has(attribute.name) && runsCode(attribute.value))
      .map((attribute) => htmlProblem(attribute.at, {
        code: 'csp-javascript-url',
        message: `The ${attribute.name} of <${element.tag}> is a javascript: URL, which the content policy forbids.`,
        remedy: 'Use a button and add its listener from a script file that script-src allows.',
      })),
  );
};

/** SVG animations list several values with semicolons. */
function runsCode(value: string): boolean {
  return [value, ...value.split(';')].some((part) => CODE_SCHEMES.has(resolveUrl(part)?.protocol ?? ''));
}

const CODE_SCHEMES = new Set(['javascript:', 'vbscript:']);
