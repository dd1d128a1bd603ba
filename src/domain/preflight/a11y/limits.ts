import { htmlProblem } from '../check.ts';
import type { CardCheck } from './card-check.ts';

/** An agent reads a card while talking: beyond these it is no card but a page. */
const MAX_ELEMENTS = 1_000;
const MAX_DEPTH = 32;
const MAX_WORDS = 1_500;

/** Size and nesting within what can be read at a glance. */
export const limits: CardCheck = (card) => {
  const first = card.elements[0]?.at ?? { line: 1, column: 1 };
  const words = card.texts.reduce((sum, { text }) => sum + (text.match(/\S+/g)?.length ?? 0), 0);
  const tooDeep = card.elements.find(({ depth }) => depth > MAX_DEPTH);
  return [
    ...(card.elements.length > MAX_ELEMENTS
      ? [htmlProblem(first, size(`${card.elements.length} elements`, `${MAX_ELEMENTS}`), 'warning')]
      : []),
    ...(words > MAX_WORDS ? [htmlProblem(first, size(`${words} words`, `${MAX_WORDS}`), 'warning')] : []),
    ...(tooDeep === undefined
      ? []
      : [
          htmlProblem(
            tooDeep.at,
            {
              code: 'a11y-nesting',
              message: `<${tooDeep.tag}> stands ${tooDeep.depth} elements deep; expected at most ${MAX_DEPTH}.`,
              remedy: 'Take out wrappers that do nothing.',
            },
            'warning',
          ),
        ]),
  ];
};

function size(seen: string, expected: string) {
  return {
    code: 'a11y-size' as const,
    message: `The card has ${seen}; expected at most ${expected}.`,
    remedy: 'Keep what helps in the call, and link to the rest.',
  };
}
