import type { Problem } from '../../plan/plan.ts';
import type { Check, Subject } from '../check.ts';
import { htmlProblem, offersHashes } from '../check.ts';
import { attributeOf } from '../html.ts';
import type { HtmlElement } from '../html.ts';
import { listsHash, listsHashes, permits } from '../content-policy.ts';
import { sha256Source } from '../sha256.ts';
import { isInlineScript } from './script-kind.ts';

/** Scripts whose code stands in the html, and that the policy does not list by their hash. */
export const inlineScript: Check = (subject) =>
  permits(subject.settings.policy, 'script-src-elem', 'unsafe-inline')
    ? []
    : subject.elements.filter(isInlineScript).flatMap((element) => refused(element, subject));

function refused(element: HtmlElement, subject: Subject): Problem[] {
  const { policy } = subject.settings;
  const offered = offersHashes(subject);
  const hash = offered || listsHashes(policy, 'script-src-elem') ? sha256Source(element.text) : '';
  if (listsHash(policy, 'script-src-elem', hash)) return [];
  const type = attributeOf(element, 'type')?.value.trim().toLowerCase();
  return [
    htmlProblem(element.at, {
      code: 'csp-inline-script',
      message: `The card holds an inline ${NAMES.get(type ?? '') ?? 'script'}, which the content policy forbids.`,
      remedy: `Move the code into a file on a host that script-src allows, and load it with src${offered ? `; or have '${hash}' added to script-src` : ''}.`,
    }),
  ];
}

const NAMES = new Map([
  ['importmap', 'import map'],
  ['speculationrules', 'set of speculation rules'],
  ['webbundle', 'bundle of resources'],
]);
