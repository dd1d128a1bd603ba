import type { Problem } from '../../plan/plan.ts';
import type { Check, Subject } from '../check.ts';
import { htmlProblem, offersHashes } from '../check.ts';
import { listsHash, permits } from '../content-policy.ts';
import type { HtmlAttribute, HtmlElement } from '../html.ts';
import { sha256Source } from '../sha256.ts';

/**
 * Attributes such as onclick. Every attribute that begins with "on" counts, so that no new event is missed; also one
 * that SVG would animate into being.
 */
export const inlineHandler: Check = (subject) => {
  if (permits(subject.settings.policy, 'script-src-attr', 'unsafe-inline')) return [];
  return subject.elements.flatMap((element) =>
    element.attributes.filter(isHandler).flatMap((attribute) => refused(element, attribute, subject)),
  );
};

/** Is this attribute code that runs when something happens? */
export function isHandler({ name, value }: HtmlAttribute): boolean {
  return /^on[a-z]/.test(name) || (name === 'attributename' && /^\s*on[a-z]/i.test(value));
}

function refused(element: HtmlElement, attribute: HtmlAttribute, subject: Subject): Problem[] {
  const { policy } = subject.settings;
  const offered = offersHashes(subject);
  const byHash = permits(policy, 'script-src-attr', 'unsafe-hashes');
  const hash = byHash || offered ? sha256Source(attribute.value) : undefined;
  if (byHash && hash !== undefined && listsHash(policy, 'script-src-attr', hash)) return [];
  return [
    htmlProblem(attribute.at, {
      code: 'csp-inline-handler',
      message: `<${element.tag}> handles an event inline with ${attribute.name}, which the content policy forbids.`,
      remedy: `Add the listener from a script file that script-src allows${offered ? `; or have 'unsafe-hashes' and '${hash}' added to script-src` : ''}.`,
    }),
  ];
}
