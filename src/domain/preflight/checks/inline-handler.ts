import type { Problem } from '../../plan/problem.ts';
import type { Subject } from '../check.ts';
import { htmlProblem } from '../check.ts';
import type { HtmlAttribute, HtmlElement } from '../html.ts';
import { letsInline, orByHash } from '../inline-code.ts';

/** Attributes such as onclick; an empty one runs nothing. */
export function handlerProblems(element: HtmlElement, { name, value, at }: HtmlAttribute, subject: Subject): Problem[] {
  if (value.trim() === '' || letsInline(subject.settings.policy, 'script-src-attr', value)) return [];
  const otherwise = orByHash(subject, 'script-src-attr', value);
  return [
    htmlProblem(at, {
      code: 'csp-inline-handler',
      message: `<${element.tag}> handles an event inline with ${name}, which the content policy forbids.`,
      remedy: `Add the listener from a script file that script-src allows${otherwise}.`,
    }),
  ];
}
