import type { Problem } from '../../plan/plan.ts';
import { htmlProblem } from '../check.ts';
import { DEEPEST } from '../card-parser.ts';
import type { Place, Reading } from '../html.ts';

/** What is wrong with how the card reads, rather than with what it says. */
export function readingProblems({ unfinished, tooComplex }: Reading): Problem[] {
  const problems = unfinished.map((at) =>
    htmlProblem(at, {
      code: 'csp-unfinished',
      message:
        'The card ends within a tag, a comment or a text element, which then swallows what the page has behind ' +
        'the card.',
      remedy: 'Close what is open: a quote, ">", "-->" or an end tag.',
    }),
  );
  return tooComplex === undefined ? problems : [...problems, complexity(tooComplex.what, tooComplex.at)];
}

function complexity(what: string, at: Place): Problem {
  return htmlProblem(at, {
    code: 'csp-complexity',
    message: `The card ${what}; browsers flatten or choke on such a card, so it was not read to its end.`,
    remedy: `Show less in one card, nest less (no card needs ${DEEPEST} levels), and close the elements that stay open.`,
  });
}

/** What is wrong with elements that only appear when the card is read a second time: one problem for each place. */
export function mutationProblems(emerging: readonly Problem[]): Problem[] {
  const byPlace = new Map(
    emerging
      .filter(({ severity }) => severity === 'error')
      .map((problem) => [`${problem.line}:${problem.column}`, problem]),
  );
  return [...byPlace.values()].map(({ message, line = 1, column = 1 }) =>
    htmlProblem(
      { line, column },
      {
        code: 'csp-mutation',
        message: `Near here the card turns into other html when a page copies it. ${message}`,
        remedy:
          'Write the html plainly: close every element, and keep style, svg, math, noscript and comments out of ' +
          'one another.',
      },
    ),
  );
}
