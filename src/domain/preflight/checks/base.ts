import type { Check } from '../check.ts';
import { htmlProblem } from '../check.ts';

/** `<base>` bends every relative URL of the card and of the page around it. */
export const base: Check = ({ elements }) =>
  elements
    .filter((element) => element.tag === 'base')
    .map((element) =>
      htmlProblem(element.at, {
        code: 'csp-base',
        message: 'The card sets <base>, which changes where every relative link and script points.',
        remedy: 'Remove it and write the addresses out.',
      }),
    );
