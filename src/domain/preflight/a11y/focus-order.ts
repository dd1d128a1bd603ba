import { attributeOf } from '../html.ts';
import type { CardCheck } from './card-check.ts';
import { ruleProblem } from './rules.ts';

/** The keyboard goes through a card in the order in which it is read. */
export const focusOrder: CardCheck = (card) =>
  card.elements.flatMap((element) => {
    const tabindex = attributeOf(element, 'tabindex');
    if (tabindex === undefined || !(Number.parseInt(tabindex.value, 10) > 0)) return [];
    return [
      ruleProblem(
        tabindex.at,
        'tabindex',
        {
          message: `tabindex="${tabindex.value}" takes the keyboard here before everything else on the agent's page.`,
          remedy: 'Write tabindex="0", or leave it out, and put the elements into the order in which they are used.',
        },
        'warning',
      ),
    ];
  });
