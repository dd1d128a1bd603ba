import type { Problem } from '../../plan/plan.ts';
import type { Check, Subject } from '../check.ts';
import { htmlProblem, offersHashes } from '../check.ts';
import { listsHash, listsHashes, permits } from '../content-policy.ts';
import type { HtmlElement, Place } from '../html.ts';
import { sha256Source } from '../sha256.ts';

/** Styles in the html. Only a warning: the browser ignores them, and the card is shown without. */
export const inlineStyle: Check = (subject) =>
  subject.elements.flatMap((element) => [...attributeProblems(element, subject), ...elementProblems(element, subject)]);

function attributeProblems(element: HtmlElement, subject: Subject): Problem[] {
  const { policy } = subject.settings;
  const offered = offersHashes(subject);
  if (permits(policy, 'style-src-attr', 'unsafe-inline')) return [];
  const byHash = permits(policy, 'style-src-attr', 'unsafe-hashes');
  return element.attributes
    .filter(
      ({ name, value }) => name === 'style' && !(byHash && listsHash(policy, 'style-src-attr', sha256Source(value))),
    )
    .map(({ at, value }) =>
      ignored(
        element.tag,
        at,
        offered ? `; or have 'unsafe-hashes' and '${sha256Source(value)}' added to style-src` : '',
      ),
    );
}

function elementProblems(element: HtmlElement, subject: Subject): Problem[] {
  const { policy } = subject.settings;
  const offered = offersHashes(subject);
  if (element.tag !== 'style' || permits(policy, 'style-src-elem', 'unsafe-inline')) return [];
  const hash = offered || listsHashes(policy, 'style-src-elem') ? sha256Source(element.text) : '';
  if (listsHash(policy, 'style-src-elem', hash)) return [];
  return [ignored('style', element.at, offered ? `; or have '${hash}' added to style-src` : '')];
}

function ignored(tag: string, at: Place, orElse = ''): Problem {
  return htmlProblem(
    at,
    {
      code: 'csp-inline-style',
      message: `The inline style of <${tag}> will be ignored: the content policy forbids it.`,
      remedy: `Use classes and a stylesheet from a host that the policy allows${orElse}.`,
    },
    'warning',
  );
}
