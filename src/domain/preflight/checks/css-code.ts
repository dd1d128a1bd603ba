import type { Fault, Problem } from '../../plan/problem.ts';
import { show } from '../../plan/problem.ts';
import { attributeUse } from '../attribute-use.ts';
import type { Check, Subject } from '../check.ts';
import { htmlProblem } from '../check.ts';
import type { CssFinding } from '../css-findings.ts';
import { cssFindings } from '../css-findings.ts';
import type { HtmlAttribute, HtmlElement, Place } from '../html.ts';
import { Lines } from '../lines.ts';
import { refusedUrl } from '../urls.ts';

/** What styles load and run, wherever CSS may stand: elements, attributes, and the drawing attributes of SVG. */
export const cssCode: Check = (subject) =>
  subject.elements.flatMap((element) => [...inElement(element, subject), ...inAttributes(element, subject)]);

function inElement(element: HtmlElement, subject: Subject): Problem[] {
  if (element.tag !== 'style') return [];
  const lines = new Lines(element.text, element.textAt);
  return cssFindings(element.text).flatMap((finding) =>
    problemsOf(finding, lines.at(finding.offset), '<style>', subject),
  );
}

function inAttributes(element: HtmlElement, subject: Subject): Problem[] {
  return element.attributes
    .filter((attribute) => attribute.name === 'style' || isDrawing(element, attribute))
    .flatMap(({ name, value, at }) =>
      cssFindings(value).flatMap((finding) => problemsOf(finding, at, `<${element.tag} ${name}>`, subject)),
    );
}

/** As SVG has many; in HTML any that nobody knows. */
function isDrawing(element: HtmlElement, { name, value }: HtmlAttribute): boolean {
  const mayHoldCss = element.namespace === 'html' ? /url\(/i : /[(\\]/;
  if (!mayHoldCss.test(value)) return false;
  const use = attributeUse(element, name);
  return use !== 'text' && use !== 'handler' && use !== 'link';
}

function problemsOf(finding: CssFinding, at: Place, where: string, { settings: { policy } }: Subject): Problem[] {
  if (finding.kind !== 'load') return [htmlProblem(at, faultOf(finding, where))];
  const refused = refusedUrl(policy, finding.directive, finding.url, at, `${finding.what} in ${where}`);
  return refused === undefined ? [] : [refused];
}

function faultOf({ kind, what }: CssFinding, where: string): Fault {
  if (kind === 'code')
    return {
      code: 'csp-css',
      message: `The CSS of ${where} runs code with ${what}, which some browsers obey.`,
      remedy: 'Remove it.',
    };
  return {
    code: 'csp-css',
    message: `The CSS of ${where} hides a name behind escapes (${show(what)}).`,
    remedy: 'Write the name out.',
  };
}
