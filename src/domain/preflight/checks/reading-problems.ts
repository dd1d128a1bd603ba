import type { Fault, Problem } from '../../plan/problem.ts';
import { MAX_DEPTH } from '../card-parser.ts';
import { htmlProblem } from '../check.ts';
import type { Reading } from '../read-card.ts';

/** What is wrong with how the card reads, rather than with what it says. */
export function readingProblems({ unfinished, mutation, tooComplex }: Reading): Problem[] {
  return [
    ...(unfinished === null ? [] : [htmlProblem(unfinished, UNFINISHED)]),
    ...(mutation === null ? [] : [htmlProblem(mutation.near, mutationFault(mutation.element.tag))]),
    ...(tooComplex === null ? [] : [htmlProblem(tooComplex.at, complexity(tooComplex.what))]),
  ];
}

const UNFINISHED: Fault = {
  code: 'csp-unfinished',
  message:
    'The card ends within a tag, a comment or a text element, which then swallows what the page has behind the card.',
  remedy: 'Close what is open: a quote, ">", "-->" or an end tag.',
};

function mutationFault(tag: string): Fault {
  return {
    code: 'csp-mutation',
    message: `Near here the card turns into other html when a page copies it: a <${tag}> that was not there.`,
    remedy:
      'Write the html plainly: close every element, and keep style, svg, math, noscript and comments out of one ' +
      'another.',
  };
}

function complexity(what: string): Fault {
  return {
    code: 'csp-complexity',
    message: `The card ${what}; browsers flatten or choke on such a card, so it was not read to its end.`,
    remedy:
      `Show less in one card, nest less (no card needs ${MAX_DEPTH} levels), and close the elements that stay ` +
      'open.',
  };
}
