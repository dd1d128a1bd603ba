import type { Problem } from '../../plan/plan.ts';
import type { Subject } from '../check.ts';
import { htmlProblem, offersHashes } from '../check.ts';
import { listsHash, permits } from '../content-policy.ts';
import type { HtmlAttribute, HtmlElement } from '../html.ts';
import { sha256Source } from '../sha256.ts';

/** Attributes such as onclick; an empty one runs nothing. */
export function handlerProblems(element: HtmlElement, attribute: HtmlAttribute, subject: Subject): readonly Problem[] {
  const isAllowed = permits(subject.settings.policy, 'script-src-attr', 'unsafe-inline');
  return isAllowed || attribute.value.trim() === '' ? [] : refused(element, attribute, subject);
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
