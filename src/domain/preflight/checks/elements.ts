import type { Fault, Problem } from '../../plan/problem.ts';
import type { Check } from '../check.ts';
import { htmlProblem } from '../check.ts';
import type { HtmlElement } from '../html.ts';
import { attributeOf } from '../html.ts';
import { elementKind } from '../known-elements.ts';
import { metaFault } from './meta.ts';

/** Elements that a card may not hold, by name. */
export const elements: Check = (subject) => subject.elements.flatMap(problemsOf);

function problemsOf(element: HtmlElement): Problem[] {
  if (hidesContent(element)) return [htmlProblem(element.at, SHADOW_ROOT, 'warning')];
  const fault = element.tag === 'meta' ? metaFault(element) : faultOf(element);
  return fault === undefined ? [] : [htmlProblem(element.at, fault)];
}

function faultOf(element: HtmlElement): Fault | undefined {
  switch (elementKind(element)) {
    case 'base':
      return BASE;
    case 'frame':
      return frame(element);
    case 'program':
      return {
        code: 'csp-object',
        message: `The card embeds a document or program with <${element.tag}>; what it does was not judged.`,
        remedy: 'Put the content into the card itself, or link to it.',
      };
    default:
      return undefined;
  }
}

/** `<base>` bends every relative URL of the card and of the page around it. */
const BASE: Fault = {
  code: 'csp-base',
  message: 'The card sets <base>, which changes where every relative link and script points.',
  remedy: 'Remove it and write the addresses out.',
};

/** Pages within the card, wherever they come from, also when they are written into `srcdoc`. */
function frame(element: HtmlElement): Fault {
  return {
    code: 'csp-iframe',
    message:
      attributeOf(element, 'srcdoc') === undefined
        ? `The card holds another page in <${element.tag}>; what it shows can change without a rollout.`
        : `The card holds another page in the srcdoc of <${element.tag}>, with scripts and styles of its own.`,
    remedy: 'Put the content into the card itself, or link to it.',
  };
}

function hidesContent(element: HtmlElement): boolean {
  return (
    element.tag === 'template' &&
    ['shadowrootmode', 'shadowroot'].some((name) => attributeOf(element, name) !== undefined)
  );
}

/** Only a warning: what is in it was read too. */
const SHADOW_ROOT: Fault = {
  code: 'csp-shadow-root',
  message: 'The card hides content in a declarative shadow root, where the styles of the page do not reach it.',
  remedy: 'Put the content into the card itself, or define the element in a script file that script-src allows.',
};
