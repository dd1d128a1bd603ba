import type { Check } from '../check.ts';
import { htmlProblem } from '../check.ts';
import { permits } from '../content-policy.ts';

/** Attributes such as onclick. Every attribute that begins with "on" counts, so that no new event is missed. */
export const inlineHandler: Check = ({ elements, settings }) => {
  if (permits(settings.policy, 'script-src', 'unsafe-inline')) return [];
  return elements.flatMap((element) =>
    element.attributes
      .filter((attribute) => /^on[a-z]/.test(attribute.name))
      .map((attribute) => htmlProblem(attribute.at, {
        code: 'csp-inline-handler',
        message: `<${element.tag}> handles an event inline with ${attribute.name}, which the content policy forbids.`,
        remedy: 'Add the listener from a script file that script-src allows.',
      })),
  );
};
