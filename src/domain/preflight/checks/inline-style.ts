import type { Check } from '../check.ts';
import { htmlProblem } from '../check.ts';
import { permits } from '../content-policy.ts';

/** Styles in the html. Only a warning: the browser ignores them, and the card is shown without. */
export const inlineStyle: Check = ({ elements, settings }) => {
  if (permits(settings.policy, 'style-src', 'unsafe-inline')) return [];
  return elements.flatMap((element) => {
    const places = element.attributes.filter((attribute) => attribute.name === 'style').map((attribute) => attribute.at);
    if (element.tag === 'style') places.push(element.at);
    return places.map((place) => htmlProblem(place, {
      code: 'csp-inline-style',
      message: `The inline style of <${element.tag}> will be ignored: the content policy forbids it.`,
      remedy: 'Use classes and a stylesheet from a host that the policy allows.',
    }, 'warning'));
  });
};
