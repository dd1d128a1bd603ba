import type { Problem } from '../../plan/problem.ts';
import type { Check, Subject } from '../check.ts';
import { htmlProblem } from '../check.ts';
import { attributeOf } from '../html.ts';
import type { HtmlElement } from '../html.ts';
import { letsInline, orByHash } from '../inline-code.ts';
import { isInlineScript } from './script-kind.ts';

/** Scripts whose code stands in the html, and that the policy does not list by their hash. */
export const inlineScript: Check = (subject) =>
  subject.elements.filter(isInlineScript).flatMap((element) => refused(element, subject));

function refused(element: HtmlElement, subject: Subject): Problem[] {
  if (letsInline(subject.settings.policy, 'script-src-elem', element.text)) return [];
  const type = attributeOf(element, 'type')?.value.trim().toLowerCase();
  const otherwise = orByHash(subject, 'script-src-elem', element.text);
  return [
    htmlProblem(element.at, {
      code: 'csp-inline-script',
      message: `The card holds an inline ${NAMES.get(type ?? '') ?? 'script'}, which the content policy forbids.`,
      remedy: `Move the code into a file on a host that script-src allows, and load it with src${otherwise}.`,
    }),
  ];
}

const NAMES = new Map([
  ['importmap', 'import map'],
  ['speculationrules', 'set of speculation rules'],
  ['webbundle', 'bundle of resources'],
]);
