import type { Problem } from '../../plan/problem.ts';
import type { Check, Subject } from '../check.ts';
import { htmlProblem } from '../check.ts';
import type { HtmlElement, Place } from '../html.ts';
import type { InlineDirective } from '../inline-code.ts';
import { letsInline, orByHash } from '../inline-code.ts';

/** Styles in the html. Only a warning: the browser ignores them, and the card is shown without. */
export const inlineStyle: Check = (subject) =>
  subject.elements.flatMap((element) => [
    ...element.attributes
      .filter(({ name }) => name === 'style')
      .flatMap(({ at, value }) => ignored(element, 'style-src-attr', value, at, subject)),
    ...(element.tag === 'style' ? ignored(element, 'style-src-elem', element.text, element.at, subject) : []),
  ]);

function ignored(
  { tag }: HtmlElement,
  directive: InlineDirective,
  css: string,
  at: Place,
  subject: Subject,
): Problem[] {
  if (letsInline(subject.settings.policy, directive, css)) return [];
  const fault = {
    code: 'csp-inline-style' as const,
    message: `The inline style of <${tag}> will be ignored: the content policy forbids it.`,
    remedy: `Use classes and a stylesheet from a host that the policy allows${orByHash(subject, directive, css)}.`,
  };
  return [htmlProblem(at, fault, 'warning')];
}
